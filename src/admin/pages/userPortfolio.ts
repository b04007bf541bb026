import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import { type PersonPortfolio, readPersonPortfolio, valueChart } from '../../core/ops/personPortfolio.ts';
import { asAmount, asPercent, asProfit, asQty } from '../../core/portfolio/format.ts';
import { at, badge, card, facts, type Html, none, table } from '../draw.ts';
import { page } from '../layout.ts';
import { part, query, type Route, type SignedIn } from '../visit.ts';
import { dashboardFiles } from './dashboardCharts.ts';
import { personName } from './users.ts';

/** Beyond these an operator asks for the person's own file. */
const MOST_ROWS = 50;

function totals(visit: SignedIn, { portfolio }: PersonPortfolio): Html {
  const { say } = visit;
  const { worth, exposure, usdtInThb } = portfolio;
  return card(
    say(`portfolio_${portfolio.realm}`),
    facts([
      ...(worth.thbSatang === null ? [] : [[say('portfolio_thb'), formatBaht(worth.thbSatang)] as const]),
      [say('portfolio_usdt'), asAmount(worth.usdt)],
      [say('portfolio_unrealised'), asProfit(portfolio.unrealisedUsdt)],
      [say('portfolio_realised'), asProfit(portfolio.realisedUsdt)],
      [say('portfolio_net'), `${asAmount(exposure.netUsdt)} / ${asAmount(exposure.grossUsdt)}`],
      [say('portfolio_used'), portfolio.utilisationRate === null ? '–' : asPercent(portfolio.utilisationRate)],
      ...(usdtInThb?.at
        ? [
            [
              'USDT/THB',
              html`${usdtInThb.price.toDecimalPlaces(4).toFixed()} (${usdtInThb.steps.map(({ rate }) => rate.source).join(' → ')}, ${at(visit, usdtInThb.at)})`,
            ] as const,
          ]
        : []),
      ...(portfolio.unpriced.length > 0 ? [[say('portfolio_unpriced'), portfolio.unpriced.join(', ')] as const] : []),
    ]),
  );
}

function accounts(visit: SignedIn, { portfolio }: PersonPortfolio): Html {
  const { say } = visit;
  const stale = new Map(portfolio.stale.map((one) => [one.id, one]));
  const state = (id: string) => {
    const old = stale.get(id);
    if (!old) return badge(say('portfolio_fresh'), 'green');
    return html`${badge(say('portfolio_stale'), 'yellow')} ${old.trouble ? html`<code>${old.trouble}</code> ` : none}${old.readAt ? at(visit, old.readAt) : none}`;
  };
  const read = portfolio.parts.map((one) => [
    one.label,
    asAmount(one.equityUsdt),
    asProfit(one.unrealisedUsdt),
    asProfit(one.realisedUsdt),
    state(one.key),
  ]);
  const never = portfolio.stale.filter((one) => one.readAt === null);
  const rows = [
    ...read,
    ...never.map(({ id, label }) => [label, '–', '–', '–', state(id)]),
    ...portfolio.off.map(({ label }) => [label, '–', '–', '–', badge(say('portfolio_off'), 'secondary')]),
  ];
  const columns = ['account', 'usdt', 'unrealised', 'realised', 'state'].map((key) => say(`portfolio_${key}`));
  return card(say('portfolio_accounts'), table(columns, rows, say('portfolio_no_accounts')));
}

function positions(visit: SignedIn, { portfolio }: PersonPortfolio): Html {
  const { say } = visit;
  const rows = portfolio.positions
    .slice(0, MOST_ROWS)
    .map((one) => [
      one.symbol,
      say(`portfolio_${one.side}`),
      asQty(one.qty),
      one.valueUsdt ? asAmount(one.valueUsdt) : '–',
      one.unrealisedUsdt ? `${asProfit(one.unrealisedUsdt)}${one.isIncomplete ? ' *' : ''}` : '–',
    ]);
  const more = portfolio.positions.length - rows.length;
  const columns = ['asset', 'side', 'qty', 'usdt', 'unrealised'].map((key) => say(`portfolio_${key}`));
  const notes = [
    ...(more > 0 ? [say('portfolio_more', { count: more })] : []),
    ...(portfolio.isIncomplete && rows.length > 0 ? [say('portfolio_incomplete')] : []),
  ];
  const below = notes.map((note) => html`<p class="text-secondary px-3 mb-2">${note}</p>`);
  return card(say('portfolio_positions'), html`${table(columns, rows, say('nothing_yet'))}${below}`);
}

/** A picture of the last snapshots. */
function curve(visit: SignedIn, { growth }: PersonPortfolio): Html {
  const { say, language } = visit;
  const title = say('portfolio_value');
  if (growth.curve.length < 2)
    return card(title, html`<div class="card-body text-secondary">${say('portfolio_no_curve')}</div>`);
  return html`<div id="charts"><section class="card chart-card mb-3" id="chart-value"><div class="card-header"><h2 class="card-title">${title}</h2></div>
<div class="chart" role="img" aria-label="${title}" data-chart="${JSON.stringify(valueChart(language, growth))}" data-tones="blue"></div></section></div>`;
}

async function portfolioPage(visit: SignedIn) {
  const { ctx, say } = visit;
  const found = await readPersonPortfolio(ctx, { userId: part(visit, 'id'), realm: query(visit, 'realm') });
  const name = personName(visit, found.user);
  const here = `/admin/users/${found.user.id}`;
  const other = found.portfolio.realms.find((realm) => realm !== found.portfolio.realm);
  const toOther = other ? html` · <a href="${here}/portfolio?realm=${other}">${say(`portfolio_${other}`)}</a>` : none;
  return page(
    visit,
    say('portfolio_of', { name }),
    html`${dashboardFiles()}<p class="text-break"><a href="${here}">${say('person_back', { name })}</a>${toOther}</p>
${totals(visit, found)}${curve(visit, found)}${accounts(visit, found)}${positions(visit, found)}`,
  );
}

export const userPortfolioRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/users/:id/portfolio', who: 'users.read', run: portfolioPage },
];
