import { accountRoutes } from './pages/account.ts';
import { adjustmentRoutes } from './pages/adjustments.ts';
import { auditRoutes } from './pages/audit.ts';
import { auditCheckRoutes } from './pages/auditCheck.ts';
import { backtestRoutes } from './pages/backtest.ts';
import { backtestsRoutes } from './pages/backtests.ts';
import { broadcastFormRoutes } from './pages/broadcastForm.ts';
import { broadcastRoutes } from './pages/broadcasts.ts';
import { contractRoutes } from './pages/contract.ts';
import { contractsRoutes } from './pages/contracts.ts';
import { couponRoutes } from './pages/coupons.ts';
import { dashboardRoutes } from './pages/dashboard.ts';
import { documentRoutes } from './pages/documents.ts';
import { doorRoutes } from './pages/door.ts';
import { exchangeAccountRoutes } from './pages/exchangeAccounts.ts';
import { exportRoutes } from './pages/exports.ts';
import { guildRoutes } from './pages/guilds.ts';
import { jobRoutes } from './pages/jobs.ts';
import { noticeRoutes } from './pages/notices.ts';
import { operatorRoutes } from './pages/operators.ts';
import { paymentRoutes } from './pages/payments.ts';
import { planPageRoutes } from './pages/plan.ts';
import { planRoutes } from './pages/plans.ts';
import { reconciliationRoutes } from './pages/reconciliation.ts';
import { salesTaxRoutes } from './pages/salesTax.ts';
import { settingRoutes } from './pages/settings.ts';
import { suspenseRoutes } from './pages/suspense.ts';
import { topupRoutes } from './pages/topup.ts';
import { userPageRoutes } from './pages/user.ts';
import { userListRoutes } from './pages/userLists.ts';
import { userPortfolioRoutes } from './pages/userPortfolio.ts';
import { userRoutes } from './pages/users.ts';
import type { Route } from './visit.ts';

/** Every page and every form of the panel, with who may use it. */
export const routes: readonly Route[] = [
  ...doorRoutes,
  ...accountRoutes,
  ...dashboardRoutes,
  ...exportRoutes,
  ...paymentRoutes,
  ...topupRoutes,
  ...suspenseRoutes,
  ...reconciliationRoutes,
  ...jobRoutes,
  ...settingRoutes,
  ...noticeRoutes,
  ...broadcastFormRoutes,
  ...broadcastRoutes,
  ...salesTaxRoutes, // before the documents: its paths look like theirs
  ...documentRoutes,
  ...userRoutes,
  ...userPageRoutes,
  ...userListRoutes,
  ...exchangeAccountRoutes,
  ...userPortfolioRoutes,
  ...adjustmentRoutes,
  ...backtestsRoutes, // before the runs: the queue's path looks like one
  ...backtestRoutes,
  ...auditCheckRoutes,
  ...contractsRoutes,
  ...contractRoutes,
  ...planRoutes, // before one plan: `new` would be taken for an id
  ...planPageRoutes,
  ...couponRoutes,
  ...guildRoutes,
  ...auditRoutes,
  ...operatorRoutes,
];
