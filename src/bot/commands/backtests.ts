import { htmlReport } from '../../core/backtest/htmlReport.ts';
import { backtestInWords, resultOf, runName } from '../../core/backtest/inWords.ts';
import { listRuns, readRun } from '../../core/backtest/runs.ts';
import { tradesCsv } from '../../core/backtest/tradesCsv.ts';
import type { TradeRow } from '../../core/backtest/work.ts';
import { fail } from '../../core/error.ts';
import { formatPercent, translate } from '../../core/text/text.ts';
import { type CommandContext, command } from '../command.ts';
import { opaque, optional, word } from '../fields.ts';
import type { Button, Reply } from '../reply.ts';

const MOST_PAGES = 1_000;

export const backtests = command({
  name: 'backtests',
  audience: 'private',
  args: { page: optional(word({ name: 'page', label: ['field.page'], hint: ['field.page_hint'] })) },
  async run(ctx, { page }) {
    const number = Number(page ?? 1);
    const asked = Number.isInteger(number) && number > 0 && number <= MOST_PAGES ? number : 1;
    return listReply(ctx, asked);
  },
});

async function listReply(ctx: CommandContext, page: number): Promise<Reply> {
  const { items, hasMore } = await listRuns(ctx, { userId: ctx.user.id, page });
  const rows = items.map((run): Button[] => {
    const state =
      run.status === 'done' && run.totalReturnPct !== null
        ? formatPercent(ctx.language, run.totalReturnPct)
        : translate(ctx.language, `run.state_${run.status}`);
    const kind = translate(ctx.language, `run.kind_${run.kind}`);
    return [{ say: ['run.row', { ...runName(ctx.language, run.request), kind, state }], does: 'run.show', on: run.id }];
  });
  const turn: Button[] = [
    ...(page > 1 ? [{ say: ['button.previous'] as const, does: 'backtests', on: String(page - 1) }] : []),
    ...(hasMore ? [{ say: ['button.next'] as const, does: 'backtests', on: String(page + 1) }] : []),
  ];
  return {
    title: ['run.list_title'],
    say: [items.length > 0 ? ['run.list_note'] : ['run.list_empty']],
    buttons: [
      ...rows,
      ...(turn.length > 0 ? [turn] : []),
      [
        { say: ['button.strategies'], does: 'strategies' },
        { say: ['button.menu'], does: 'menu' },
      ],
    ],
    sensitive: true,
  };
}

/** What a file about a run is called: only letters that every system takes. */
const fileName = (run: { request: Record<string, unknown> }, ending: string) =>
  ['strategy', 'symbol', 'timeframe']
    .map((part) => String(run.request[part]).replaceAll(/[^A-Za-z0-9]+/g, '-'))
    .join('_')
    .concat(`.${ending}`);

/** A single run of one's own that has a result. */
async function finished(ctx: CommandContext, runId: string) {
  const run = await readRun(ctx, { userId: ctx.user.id, runId });
  return run.status === 'done' && run.kind === 'backtest' ? run : fail('run.not_done');
}

export const runTrades = command({
  name: 'run.trades',
  audience: 'private',
  hidden: true,
  args: { runId: opaque() },
  async run(ctx, { runId }) {
    const run = await finished(ctx, runId);
    const trades = (run.trades ?? []) as readonly TradeRow[]; // as the pool wrote them
    if (trades.length === 0) return { toast: ['run.no_trades'], sensitive: true };
    return {
      say: ['run.trades_sent', { count: trades.length, all: resultOf<'backtest'>(run).report.trades }],
      file: {
        name: fileName(run, 'csv'),
        mime: 'text/csv',
        content: Buffer.from(tradesCsv(trades)),
      },
      sensitive: true,
      fresh: true,
    };
  },
});

export const runReport = command({
  name: 'run.report',
  audience: 'private',
  hidden: true,
  args: { runId: opaque() },
  async run(ctx, { runId }) {
    const run = await finished(ctx, runId);
    const svg = await ctx.painter.svg(backtestInWords(ctx.language, run).chart);
    const page = htmlReport(ctx.language, run, { svg, madeAt: ctx.clock.now() });
    return {
      say: ['run.report_sent'],
      file: { name: fileName(run, 'html'), mime: 'text/html', content: Buffer.from(page) },
      sensitive: true,
      fresh: true,
    };
  },
});
