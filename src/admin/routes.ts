import { accountRoutes } from './pages/account.ts';
import { auditRoutes } from './pages/audit.ts';
import { broadcastFormRoutes } from './pages/broadcastForm.ts';
import { broadcastRoutes } from './pages/broadcasts.ts';
import { dashboardRoutes } from './pages/dashboard.ts';
import { documentRoutes } from './pages/documents.ts';
import { doorRoutes } from './pages/door.ts';
import { jobRoutes } from './pages/jobs.ts';
import { noticeRoutes } from './pages/notices.ts';
import { operatorRoutes } from './pages/operators.ts';
import { paymentRoutes } from './pages/payments.ts';
import { reconciliationRoutes } from './pages/reconciliation.ts';
import { salesTaxRoutes } from './pages/salesTax.ts';
import { settingRoutes } from './pages/settings.ts';
import { suspenseRoutes } from './pages/suspense.ts';
import { topupRoutes } from './pages/topup.ts';
import type { Route } from './visit.ts';

/** Every page and every form of the panel, with who may use it. */
export const routes: readonly Route[] = [
  ...doorRoutes,
  ...accountRoutes,
  ...dashboardRoutes,
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
  ...auditRoutes,
  ...operatorRoutes,
];
