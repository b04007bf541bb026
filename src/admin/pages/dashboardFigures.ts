import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import { pingDatabase } from '../../core/db.ts';
import { type ExchangeLight, type ExchangeState, readExchangeLight } from '../../core/ops/exchangeLight.ts';
import { type Figures, type Period, readFigures } from '../../core/ops/figures.ts';
import { type GatewayLight, type GatewayState, readGatewayLight } from '../../core/ops/gatewayLight.ts';
import { type RentalFigures, readRentalFigures } from '../../core/ops/rentalFigures.ts';
import { formatAt, hasText } from '../../core/text/text.ts';
import { type Html, none } from '../draw.ts';
import type { SignedIn } from '../visit.ts';

const colours = { connected: 'green', starting: 'yellow', waiting: 'yellow', failing: 'red' } as const;
type Status = keyof typeof colours;
const PATIENCE_MS = 2_000;

const statusOf: Record<GatewayState, Status> = {
  unconfigured: 'failing',
  refused: 'failing',
  connected: 'connected',
  waiting: 'waiting',
};

/** What the gateway's light means, in words; without a moment where there is none. */
function gatewayWords({ language, say }: SignedIn, { state, receivedAt, refusedAt }: GatewayLight): string {
  if (state === 'unconfigured') return say('gateway_unconfigured');
  if (state === 'refused' && refusedAt) return say('gateway_refused', { at: formatAt(language, refusedAt) });
  return receivedAt ? say('gateway_received', { at: formatAt(language, receivedAt) }) : say('gateway_silent');
}

const exchangesStatus: Record<ExchangeState, Status> = {
  unused: 'waiting',
  connected: 'connected',
  partly: 'waiting',
  away: 'failing',
};

const exchangeWords = ({ say }: SignedIn, { state, away }: ExchangeLight): string =>
  away.length > 0
    ? say('exchanges_away', { names: away.join(', ') })
    : state === 'unused'
      ? say('exchanges_unused')
      : '';

function light(visit: SignedIn, name: string, status: Status, more = ''): Html {
  const { language, say } = visit;
  const label = hasText(language, `panel.part_${name}`) ? say(`part_${name}`) : name;
  return html`<li class="light tone-${colours[status]}" ${more ? html`title="${more}"` : none}><span class="dot" aria-hidden="true"></span><span>${label}: ${say(`light_${status}`)}${more ? html`<span class="visually-hidden"> (${more})</span>` : none}</span></li>`;
}

async function lights(visit: SignedIn): Promise<Html> {
  const { ctx, options, say } = visit;
  const late = new Promise<'failing'>((resolve) => setTimeout(() => resolve('failing'), PATIENCE_MS).unref());
  const ping = pingDatabase(ctx.db).then(
    () => 'connected' as const,
    () => 'failing' as const,
  );
  const gateway = await readGatewayLight(ctx, { configured: options.gatewayConfigured });
  const exchanges = await readExchangeLight(ctx);
  return html`<ul class="lights" aria-label="${say('lights')}">${light(visit, 'database', await Promise.race([ping, late]))}
${options.lights.map(({ name, status }) => light(visit, name, status()))}
${light(visit, 'gateway', statusOf[gateway.state], gatewayWords(visit, gateway))}
${light(visit, 'exchanges', exchangesStatus[exchanges.state], exchangeWords(visit, exchanges))}</ul>`;
}

interface Figure {
  name: string;
  value: Html | string;
  /** The same over a longer time, or what the value is made of. */
  more?: Html | string;
}

const figure = ({ name, value, more }: Figure): Html =>
  html`<div class="card figure"><dt>${name}</dt><dd class="figure-value">${value}</dd>${more ? html`<dd class="figure-more">${more}</dd>` : none}</div>`;

const percent = (value: number | null) => (value === null ? '–' : `${value} %`);

/** Today large, the last thirty days below it. */
function flow(visit: SignedIn, { today, last30Days }: Figures): Html {
  const { say } = visit;
  const over = (value: string) => html`<span>${say('last_30_days')}</span> <strong>${value}</strong>`;
  const paidOf = ({ settled, topups }: Period) => say('figure_topups_of', { settled, topups });
  return html`<h2 class="part-title">${say('today')}</h2><dl class="figures">
${figure({ name: say('figure_paid'), value: formatBaht(today.paidSatang), more: over(formatBaht(last30Days.paidSatang)) })}
${figure({ name: say('figure_topups'), value: paidOf(today), more: over(paidOf(last30Days)) })}
${figure({ name: say('figure_conversion'), value: percent(today.conversionPercent), more: over(percent(last30Days.conversionPercent)) })}
${figure({ name: say('figure_users'), value: String(today.newUsers), more: over(String(last30Days.newUsers)) })}</dl>`;
}

function stock(visit: SignedIn, figures: Figures, rental: RentalFigures): Html {
  const { say } = visit;
  const { suspenseCount: count, suspenseSatang } = figures;
  const { paying, mrrSatang, decided, renewed, renewalPercent } = rental;
  const held = html`<a href="/admin/suspense">${formatBaht(suspenseSatang)}</a>`;
  return html`<h2 class="part-title">${say('now')}</h2><dl class="figures">
${figure({ name: say('figure_wallets'), value: formatBaht(figures.walletSatang), more: say('figure_wallets_more') })}
${figure({ name: say('figure_suspense'), value: held, more: say('figure_suspense_more', { count }) })}
${figure({ name: say('figure_mrr'), value: mrrSatang === null ? '–' : formatBaht(mrrSatang), more: say('figure_mrr_more', { count: paying }) })}
${figure({ name: say('figure_renewal'), value: percent(renewalPercent), more: decided === 0 ? say('figure_renewal_none') : say('figure_renewal_more', { renewed, decided }) })}</dl>`;
}

/** What changes by itself; the page fetches it again every 20 seconds, and as soon as something has happened. */
export async function figuresPart(visit: SignedIn): Promise<Html> {
  const { ctx } = visit;
  const [figures, rental] = await Promise.all([readFigures(ctx), readRentalFigures(ctx)]);
  return html`<div id="figures" hx-get="/admin/figures" hx-trigger="every 20s, refresh" hx-swap="outerHTML">${await lights(visit)}
${flow(visit, figures)}${stock(visit, figures, rental)}</div>`;
}
