import { sealAudit, verifyAudit } from '../core/audit.ts';
import { forgetRuns } from '../core/backtest/runs.ts';
import { forgetUpdates } from '../core/chats/inbox.ts';
import { forgetOldQuestions } from '../core/chats/question.ts';
import { days, later } from '../core/clock.ts';
import { refreshUsedSymbols, sourcesInUse } from '../core/market/symbolList.ts';
import { findDifferences, forgetReconciliations, reconcile } from '../core/money/reconcile.ts';
import { expireTopups } from '../core/money/topup.ts';
import { watchAudit } from '../core/notices/alert.ts';
import { forgetNotices } from '../core/notices/notice.ts';
import { sendBroadcasts } from '../core/ops/sendBroadcasts.ts';
import { evaluateAlerts } from '../core/portfolio/alerts.ts';
import { refreshRates } from '../core/portfolio/rateTable.ts';
import { takeSnapshots, thinSnapshots } from '../core/portfolio/snapshot.ts';
import { syncHistory } from '../core/portfolio/sync.ts';
import { tellHolders } from '../core/rental/reprice.ts';
import { previewSweep, sweepContracts } from '../core/rental/sweep.ts';
import { previewRoles, syncRoles } from '../core/rental/syncRoles.ts';
import { remindOfKeys } from '../core/trading/expiry.ts';
import { forgetAccountLinks } from '../core/trading/link.ts';
import { sealKeys } from '../core/trading/sealedKey.ts';
import { previewSync, syncAccounts } from '../core/trading/sync.ts';
import { type Job, job } from './job.ts';

const isList = (value: unknown): value is unknown[] => Array.isArray(value);

/** Everything that runs unasked. */
export const jobs: readonly Job[] = [
  job({ name: 'topups.expire', cron: '* * * * *', timeoutMs: 30_000, run: expireTopups }),
  job({ name: 'broadcasts.send', cron: '* * * * *', timeoutMs: 55_000, run: sendBroadcasts }),
  job({
    name: 'contracts.sweep',
    cron: '* * * * *',
    timeoutMs: 300_000,
    run: async (ctx) => ({ ...(await sweepContracts(ctx)), ...(await tellHolders(ctx)) }),
    preview: async (ctx) => ({ ...(await previewSweep(ctx)) }),
    failed: ({ broken }) => typeof broken === 'number' && broken > 0,
  }),
  job({
    name: 'roles.sync',
    cron: '* * * * *',
    timeoutMs: 120_000,
    run: async (ctx) => ({ ...(await syncRoles(ctx)) }),
    preview: previewRoles,
  }),
  job({
    name: 'accounts.sync',
    cron: '*/30 * * * * *',
    timeoutMs: 300_000,
    run: async (ctx) => ({ ...(await syncAccounts(ctx)) }),
    preview: previewSync,
  }),
  job({
    name: 'accounts.keys',
    cron: '20 9 * * *',
    timeoutMs: 300_000,
    run: async (ctx) => ({ ...(await remindOfKeys(ctx)), links: await forgetAccountLinks(ctx) }),
  }),
  job({
    name: 'accounts.seal',
    cron: '10 4 * * *',
    timeoutMs: 600_000,
    run: sealKeys,
    failed: ({ lost }) => typeof lost === 'number' && lost > 0,
  }),
  job({ name: 'rates.refresh', cron: '*/30 * * * * *', timeoutMs: 55_000, run: refreshRates }),
  job({
    name: 'portfolio.history',
    // Each account every few minutes; one that is new within a minute.
    cron: '* * * * *',
    timeoutMs: 280_000,
    run: async (ctx) => ({ ...(await syncHistory(ctx)) }),
  }),
  job({ name: 'portfolio.snapshot', cron: '*/5 * * * *', timeoutMs: 280_000, run: takeSnapshots }),
  job({ name: 'portfolio.alerts', cron: '* * * * *', timeoutMs: 55_000, run: evaluateAlerts }),
  job({ name: 'portfolio.thin', cron: '20 * * * *', timeoutMs: 300_000, run: thinSnapshots }),
  job({ name: 'audit.seal', cron: '* * * * *', timeoutMs: 55_000, run: sealAudit }),
  job({
    name: 'audit.verify',
    cron: '15 3 * * *',
    timeoutMs: 600_000,
    run: watchAudit,
    preview: verifyAudit,
    failed: ({ faults }) => isList(faults) && faults.length > 0,
  }),
  job({
    name: 'ledger.reconcile',
    cron: '30 3 * * *',
    timeoutMs: 600_000,
    run: (ctx) => reconcile(ctx, { askedBy: ctx.askedBy }),
    preview: findDifferences,
    failed: ({ differences }) => isList(differences) && differences.length > 0,
  }),
  job({
    name: 'market.symbols',
    cron: '10 4 * * *',
    timeoutMs: 300_000,
    run: refreshUsedSymbols,
    preview: async (ctx) => ({ sources: await sourcesInUse(ctx) }),
    failed: ({ troubles }) => typeof troubles === 'object' && troubles !== null && Object.keys(troubles).length > 0,
  }),
  job({
    name: 'chats.forget',
    cron: '45 * * * *',
    timeoutMs: 60_000,
    // Platforms repeat an update for a day at most; a week leaves room.
    run: async (ctx) => ({
      updates: await forgetUpdates(ctx, later(ctx.clock.now(), -days(7))),
      questions: await forgetOldQuestions(ctx),
    }),
  }),
  job({
    name: 'backtests.forget',
    cron: '40 4 * * *',
    timeoutMs: 60_000,
    run: async (ctx) => ({ runs: await forgetRuns(ctx, later(ctx.clock.now(), -days(180))) }),
  }),
  job({
    name: 'notices.forget',
    cron: '50 4 * * *',
    timeoutMs: 60_000,
    run: async (ctx) => ({ notices: await forgetNotices(ctx, later(ctx.clock.now(), -days(400))) }),
  }),
  job({
    name: 'reconciliations.forget',
    cron: '55 4 * * *',
    timeoutMs: 60_000,
    run: async (ctx) => ({ runs: await forgetReconciliations(ctx, later(ctx.clock.now(), -days(400))) }),
  }),
];
