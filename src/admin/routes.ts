import { accountRoutes } from './pages/account.ts';
import { auditRoutes } from './pages/audit.ts';
import { contractRoutes } from './pages/contract.ts';
import { contractsRoutes } from './pages/contracts.ts';
import { couponRoutes } from './pages/coupons.ts';
import { dashboardRoutes } from './pages/dashboard.ts';
import { doorRoutes } from './pages/door.ts';
import { operatorRoutes } from './pages/operators.ts';
import { paymentRoutes } from './pages/payments.ts';
import { planRoutes } from './pages/plans.ts';
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
  ...contractsRoutes,
  ...contractRoutes,
  ...planRoutes,
  ...couponRoutes,
  ...auditRoutes,
  ...operatorRoutes,
];
