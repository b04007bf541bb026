import { formatBaht } from '../../core/amount.ts';
import type { Decimal } from '../../core/decimal.ts';
import { type Grouping, groupings, type Part } from '../../core/portfolio/aggregate.ts';
import { asAmount, asPercent, asProfit } from '../../core/portfolio/format.ts';
import { readPerformance } from '../../core/portfolio/growth.ts';
import { findAccount, type Portfolio, readPortfolio } from '../../core/portfolio/portfolio.ts';
import { type CommandContext, command } from '../command.ts';
import { opaque, optional, word } from '../fields.ts';
import { portfolioChart } from '../files/portfolioChart.ts';
import { portfolioFile } from '../files/portfolioCsv.ts';
import type { Button, Reply, Say } from '../reply.ts';
import { accountOf, decode, encode, type Shown, usualView } from './portfolioView.ts';

const MOST_OPENED = 4;
const MOST_NAMED = 8;

/** How much is said line by line: under a picture there is room for a quarter of what a message holds. */
const room = { message: { parts: 12, stale: 6 }, picture: { parts: 4, stale: 2 } } as const;

/** What an answer about a portfolio has to say of itself: what is old, what is left out, what is only part of the truth. */
export function notesOf(portfolio: Portfolio, place: keyof typeof room = 'message'): Say[] {
  const { stale, off, unpriced, dust, usdtInThb } = portfolio;
  const named = (names: readonly string[]) =>
    names.length > MOST_NAMED ? `${names.slice(0, MOST_NAMED).join(', ')} …` : names.join(', ');
  const more = stale.slice(room[place].stale).map(({ label }) => label);
  return [
    ...stale.slice(0, room[place].stale).map(({ label, exchange, trouble, since, readAt }): Say => {
      const why = { label, exchange, trouble: trouble ?? 'none' };
      if (!readAt) return ['portfolio.stale_never', why];
      return since ? ['portfolio.stale_since', { ...why, readAt, since }] : ['portfolio.stale', { ...why, readAt }];
    }),
    ...(more.length > 0 ? [['portfolio.stale_more', { count: more.length, names: named(more) }] as const] : []),
    ...(off.length > 0 ? [['portfolio.off', { names: named(off.map(({ label }) => label)) }] as const] : []),
    ...(unpriced.length > 0 ? [['portfolio.unpriced', { names: named(unpriced) }] as const] : []),
    ...(dust.count > 0 ? [['portfolio.dust', { count: dust.count, usdt: asAmount(dust.valueUsdt) }] as const] : []),
    ...(portfolio.hasStaleRates || usdtInThb?.isStale ? [['portfolio.rates_stale'] as const] : []),
    ...(usdtInThb ? [] : [['portfolio.no_baht'] as const]),
    ...(portfolio.isIncomplete && portfolio.positions.length > 0 ? [['portfolio.incomplete'] as const] : []),
    ...(portfolio.isApproximate ? [['portfolio.approximate'] as const] : []),
  ];
}

/** Whose rate of the baht, and from when. */
function rateFact({ usdtInThb }: Portfolio): NonNullable<Reply['facts']> {
  if (!usdtInThb?.at) return [];
  const sources = usdtInThb.steps.map((step) => step.rate.source.replace(/^demo:demo$/, 'demo'));
  const source = [...new Set(sources)].join(' → ');
  const price = usdtInThb.price.toDecimalPlaces(4).toFixed();
  return [{ label: ['portfolio.rate'], value: ['portfolio.rate_value', { price, source, at: usdtInThb.at }] }];
}

function factsOf(portfolio: Portfolio): NonNullable<Reply['facts']> {
  const { worth, exposure, utilisationRate } = portfolio;
  const usdt = (label: Say, value: Decimal) => ({ label, value: { text: `${asProfit(value)} USDT` } });
  return [
    ...(worth.thbSatang === null
      ? []
      : [{ label: ['portfolio.total_thb'] as const, value: { text: formatBaht(worth.thbSatang) } }]),
    ...(worth.usd ? [{ label: ['portfolio.total_usd'] as const, value: { text: `$${asAmount(worth.usd)}` } }] : []),
    { label: ['portfolio.total_usdt'], value: { text: `${asAmount(worth.usdt)} USDT` } },
    usdt(['portfolio.unrealised'], portfolio.unrealisedUsdt),
    usdt(['portfolio.realised', { method: portfolio.preference.costMethod }], portfolio.realisedUsdt),
    {
      label: ['portfolio.exposure'],
      value: [
        'portfolio.exposure_value',
        {
          long: asAmount(exposure.longUsdt),
          short: asAmount(exposure.shortUsdt),
          net: asAmount(exposure.netUsdt),
          gross: asAmount(exposure.grossUsdt),
        },
      ],
    },
    ...(utilisationRate === null
      ? []
      : [{ label: ['portfolio.utilisation'] as const, value: { text: asPercent(utilisationRate) } }]),
    ...rateFact(portfolio),
  ];
}

const shareOf = (part: Decimal, whole: Decimal) => (whole.gt(0) ? asPercent(part.div(whole).toNumber()) : '–');

function partSay(part: Part, { by, worth }: Portfolio): Say {
  const usdt = asAmount(part.equityUsdt);
  const share = shareOf(part.equityUsdt, worth.usdt);
  return part.label === ''
    ? ['portfolio.part_none', { usdt, share }]
    : ['portfolio.part', { label: part.label, by, usdt, share }];
}

/** Where a part of a list leads. */
function openPart(view: Shown, by: Grouping, part: Part): Button {
  const scope = by === 'group' ? ({ by: 'group_of', key: part.accountIds[0] ?? '' } as const) : { by, key: part.key };
  const on = encode({ ...view, by: 'account', scope, page: 1, fresh: false });
  return { say: part.label ? ['portfolio.open', { label: part.label }] : ['portfolio.open_none'], does: 'pf', on };
}

function buttonsOf(view: Shown, portfolio: Portfolio): Button[][] {
  const at = (change: Partial<Shown>) => encode({ ...view, fresh: false, page: 1, ...change });
  const other = portfolio.realms.find((realm) => realm !== portfolio.realm);
  const opened = view.scope?.by === 'account' ? [] : portfolio.parts.slice(0, MOST_OPENED);
  return [
    [
      { say: ['portfolio.refresh'], does: 'pf', on: at({ fresh: true }), style: 'primary' },
      { say: ['portfolio.positions'], does: 'pos', on: at({}) },
      { say: ['portfolio.performance'], does: 'perf', on: at({ by: 'account' }) },
      { say: ['button.csv'], does: 'pf.csv', on: at({}) },
    ],
    view.scope
      ? [{ say: ['portfolio.everything'], does: 'pf', on: at({ scope: undefined }) }]
      : groupings.map((by): Button => ({ say: ['portfolio.by', { by }], does: 'pf', on: at({ by }) })),
    ...(opened.length > 1 ? [opened.map((part) => openPart(view, portfolio.by, part))] : []),
    [
      { say: ['portfolio.alerts'], does: 'alerts' },
      { say: ['portfolio.settings'], does: 'valuation' },
      ...(other
        ? [
            {
              say: ['portfolio.realm', { realm: other }] as const,
              does: 'pf',
              on: encode({ ...usualView, realm: other }),
            },
          ]
        : []),
      { say: ['button.menu'], does: 'menu' },
    ],
  ];
}

const none: Reply = {
  title: ['portfolio.title', { realm: 'real' }],
  say: ['portfolio.none'],
  buttons: [[{ say: ['button.menu'], does: 'menu' }]],
  sensitive: true,
};

/** What a view is of, where it is not of everything. */
export function scopeSay({ scope, parts }: Portfolio): Say[] {
  if (!scope) return [];
  const label = scope.by === 'account' ? (parts[0]?.label ?? '') : scope.key;
  return [label ? ['portfolio.only', { by: scope.by, label }] : ['portfolio.only_none']];
}

async function portfolioReply(ctx: CommandContext, view: Shown, pictured: boolean): Promise<Reply> {
  const { by, realm, scope, fresh } = view;
  const portfolio = await readPortfolio(ctx, { userId: ctx.user.id, by, realm, scope, fresh });
  if (portfolio.realms.length === 0) return none;
  const place = pictured ? 'picture' : 'message';
  const parts = portfolio.parts.slice(0, room[place].parts).map((part) => partSay(part, portfolio));
  const more = portfolio.parts.length - parts.length;
  const growth = pictured ? await growthOf(ctx, view, portfolio) : undefined;
  return {
    title: ['portfolio.title', { realm: portfolio.realm }],
    say: [
      ...scopeSay(portfolio),
      ...notesOf(portfolio, place),
      ...parts,
      ...(more > 0 ? [['portfolio.more', { count: more }] as const] : []),
      ['portfolio.as_of', { at: portfolio.at }],
    ],
    facts: factsOf(portfolio),
    ...(growth ? { image: { chart: portfolioChart(ctx.language, portfolio, growth) } } : {}),
    buttons: buttonsOf(view, portfolio),
    sensitive: true,
  };
}

/** The curve beside the figures: of the account shown, or of everything. */
const growthOf = (ctx: CommandContext, view: Shown, { realm, scope }: Portfolio) =>
  scope && scope.by !== 'account'
    ? undefined
    : readPerformance(ctx, { userId: ctx.user.id, period: view.period, realm, accountId: accountOf(view) });

const accountField = optional(
  word({ name: 'account', label: ['field.portfolio_account'], hint: ['field.portfolio_account_hint'] }),
);

/** The view of an account that somebody named, or of everything. */
export async function viewOf(ctx: CommandContext, label: string | undefined): Promise<Shown> {
  if (label === undefined) return usualView;
  const key = await findAccount(ctx, { userId: ctx.user.id, label });
  return { ...usualView, scope: { by: 'account', key } };
}

export const portfolio = command({
  name: 'portfolio',
  audience: 'private',
  args: { account: accountField },
  run: async (ctx, { account }) => portfolioReply(ctx, await viewOf(ctx, account), true),
});

/** The same from a button: asked anew it comes with its picture, otherwise its words take the place of those before. */
export const portfolioView = command({
  name: 'pf',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  run: (ctx, { view }) => portfolioReply(ctx, decode(view), decode(view).fresh),
});

export const portfolioCsv = command({
  name: 'pf.csv',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  async run(ctx, { view }) {
    const { by, realm, scope } = decode(view);
    const portfolio = await readPortfolio(ctx, { userId: ctx.user.id, by, realm, scope });
    return {
      say: ['portfolio.csv_note', { count: portfolio.positions.length }],
      file: portfolioFile(ctx.language, portfolio),
      sensitive: true,
    };
  },
});
