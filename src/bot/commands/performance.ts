import { asPercent, asProfit } from '../../core/portfolio/format.ts';
import { type Growth, type Pair, type Period, periods, readPerformance } from '../../core/portfolio/growth.ts';
import type { Figure, Performance } from '../../core/portfolio/performance.ts';
import { readPortfolio } from '../../core/portfolio/portfolio.ts';
import { LEAST_COMMON_DAYS } from '../../core/portfolio/risk.ts';
import { type CommandContext, command } from '../command.ts';
import { oneOf, opaque, optional } from '../fields.ts';
import { portfolioChart } from '../files/portfolioChart.ts';
import type { Button, Reply, Say, Value } from '../reply.ts';
import { accountOf, decode, encode, type Shown, usualView } from './portfolioView.ts';

const MOST_PAIRS = 15;

/** A figure, or how many days there are of how many that it takes. */
function saidOf(figure: Figure, write: (value: number) => string): Value {
  if ('value' in figure) return { text: write(figure.value) };
  return figure.have >= figure.need ? ['performance.flat'] : ['performance.too_little', { ...figure }];
}

const ratio = (value: number) => value.toFixed(2).replace('-', '−');

function factsOf(figures: Performance): NonNullable<Reply['facts']> {
  const { returnRate, maxDrawdown, sharpe, sortino, var95, var99, shortfall95, shortfall99 } = figures;
  const percent = (label: Say, figure: Figure) => ({ label, value: saidOf(figure, asPercent) });
  return [
    percent(['performance.return'], returnRate),
    { label: ['performance.profit'], value: { text: `${asProfit(figures.profitUsdt)} USDT` } },
    { label: ['performance.flow'], value: { text: `${asProfit(figures.flowUsdt)} USDT` } },
    percent(['performance.drawdown'], maxDrawdown),
    { label: ['performance.sharpe'], value: saidOf(sharpe, ratio) },
    { label: ['performance.sortino'], value: saidOf(sortino, ratio) },
    percent(['performance.var', { level: '95' }], var95),
    percent(['performance.var', { level: '99' }], var99),
    percent(['performance.shortfall', { level: '95' }], shortfall95),
    percent(['performance.shortfall', { level: '99' }], shortfall99),
  ];
}

function pairSay({ a, b, value }: Pair): Say {
  if (value === null) return ['performance.pair_flat', { a, b }];
  if (typeof value === 'number') return ['performance.pair', { a, b, value: ratio(value) }];
  return ['performance.pair_short', { a, b, have: value.have, need: LEAST_COMMON_DAYS }];
}

function saysOf({ account, performance, correlations }: Growth): Say[] {
  return [
    ...(account ? [['portfolio.only', { by: 'account', label: account.label }] as const] : []),
    ...(performance
      ? [['performance.span', { from: performance.fromAt, to: performance.toAt, days: performance.days }] as const]
      : [['performance.none'] as const]),
    ...(performance && performance.partial > 0
      ? [['performance.partial', { count: performance.partial }] as const]
      : []),
    ...(correlations.length > 0 ? [['performance.pairs'] as const] : []),
    ...correlations.slice(0, MOST_PAIRS).map(pairSay),
  ];
}

async function performanceReply(ctx: CommandContext, view: Shown): Promise<Reply> {
  const [userId, accountId] = [ctx.user.id, accountOf(view)];
  const scope = accountId === undefined ? undefined : ({ by: 'account', key: accountId } as const);
  const growth = await readPerformance(ctx, { userId, period: view.period, realm: view.realm, accountId });
  const portfolio = await readPortfolio(ctx, { userId, realm: growth.realm, scope });
  const at = (change: Partial<Shown>) => encode({ ...usualView, realm: view.realm, scope, ...change });
  const choices = periods.map(
    (period): Button => ({
      say: ['performance.period', { period: `p${period}` }],
      does: 'perf',
      on: at({ period }),
      ...(period === view.period ? { style: 'primary' } : {}),
    }),
  );
  const accounts = scope ? [] : portfolio.parts.slice(0, 4);
  return {
    title: ['performance.title', { period: `p${view.period}`, realm: growth.realm }],
    say: saysOf(growth),
    facts: growth.performance ? factsOf(growth.performance) : [],
    ...(growth.curve.length > 1 ? { image: { chart: portfolioChart(ctx.language, portfolio, growth) } } : {}),
    buttons: [
      choices,
      ...(accounts.length > 1
        ? [
            accounts.map(
              (part): Button => ({
                say: ['portfolio.open', { label: part.label }],
                does: 'perf',
                on: at({ scope: { by: 'account', key: part.key }, period: view.period }),
              }),
            ),
          ]
        : []),
      [
        ...(scope ? [{ say: ['portfolio.everything'] as const, does: 'perf', on: at({ scope: undefined }) }] : []),
        { say: ['portfolio.button'], does: 'pf', on: at({}) },
        { say: ['button.menu'], does: 'menu' },
      ],
    ],
    sensitive: true,
  };
}

export const performance = command({
  name: 'performance',
  audience: 'private',
  args: {
    period: optional(
      oneOf<Period>({
        name: 'period',
        label: ['field.period'],
        hint: ['field.period_hint'],
        choices: periods.map((value) => ({ say: ['performance.period', { period: `p${value}` }] as const, value })),
      }),
    ),
  },
  run: (ctx, { period = usualView.period }) => performanceReply(ctx, { ...usualView, period }),
});

export const performanceView = command({
  name: 'perf',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  run: (ctx, { view }) => performanceReply(ctx, decode(view)),
});
