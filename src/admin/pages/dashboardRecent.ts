import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import { bangkokDay } from '../../core/clock.ts';
import { listRecent, parseMark, writeMark } from '../../core/ops/recent.ts';
import type { RecentEvent } from '../../core/ops/recentAbout.ts';
import type { RecentKind } from '../../core/ops/recentKinds.ts';
import { formatAt, hasText } from '../../core/text/text.ts';
import { type Html, none } from '../draw.ts';
import { subjectPath } from '../subject.ts';
import { query, type SignedIn } from '../visit.ts';

const tones: Record<RecentKind, string> = {
  'topup.opened': 'blue',
  'topup.settled': 'green',
  'payment.suspended': 'yellow',
  'payment.refunded': 'orange',
  'suspense.matched': 'green',
  'suspense.returned': 'orange',
  'wallet.adjusted': 'purple',
  'user.joined': 'azure',
  'user.blocked': 'red',
  'user.unblocked': 'secondary',
  'operator.signed_in': 'secondary',
  'operator.joined': 'secondary',
  'operator.role_changed': 'purple',
  'operator.disabled': 'red',
  'operator.enabled': 'secondary',
  'operator.second_factor_reset': 'red',
  'setting.changed': 'purple',
  alert: 'red',
};

function wordsOf({ language, say }: SignedIn, { kind, alertKind }: RecentEvent): string {
  if (kind !== 'alert') return say(`event_${kind}`);
  return hasText(language, `panel.alert_${alertKind}`) ? say(`alert_${alertKind}`) : say('event_alert');
}

/** The time of day, or the day of what was not today. */
function moment({ ctx, language }: SignedIn, at: Date): Html {
  const isToday = bangkokDay(at) === bangkokDay(ctx.clock.now());
  return html`<time datetime="${at.toISOString()}">${formatAt(language, at, isToday ? 'time' : 'full')}</time>`;
}

/**
 * One event. What people have written stands apart from our words and from what follows (`bdi`): a name that turns the
 * direction of writing turns nothing but itself.
 */
function eventItem(visit: SignedIn, event: RecentEvent): Html {
  const { personName, reference, operatorName, amountSatang, kind, key, at } = event;
  const path = subjectPath(event.leadsTo);
  const words = wordsOf(visit, event);
  const setting = kind === 'setting.changed' ? event.subject.replace(/^setting:/, '') : undefined;
  const about = [personName, operatorName, reference, setting].filter((text) => text !== undefined && text !== '');
  return html`<li class="event tone-${tones[kind]}" data-key="${key}" data-at="${at.getTime()}"><span class="dot" aria-hidden="true"></span>
<div class="event-what"><div class="event-line">${path ? html`<a href="${path}">${words}</a>` : html`<span>${words}</span>`}${amountSatang === undefined ? none : html`<strong>${formatBaht(amountSatang)}</strong>`}</div>
<div class="event-about">${about.map((text) => html`<bdi>${text}</bdi>`)}${moment(visit, at)}</div></div></li>`;
}

/** The newest events, and where the stream goes on from. */
export async function recentPart(visit: SignedIn): Promise<Html> {
  const { ctx, say } = visit;
  const { events, mark } = await listRecent(ctx);
  return html`<section class="card recent" id="recent" data-stream="/admin/live?after=${writeMark(mark)}" hx-get="/admin/recent" hx-trigger="poll" hx-swap="outerHTML">
<div class="card-header"><h2 class="card-title">${say('recent')}</h2><span class="recent-live" hidden><span class="dot" aria-hidden="true"></span>${say('recent_live')}</span></div>
<ol class="events">${events.map((event) => eventItem(visit, event))}</ol>
<p class="events-none text-secondary">${say('recent_none')}</p></section>`;
}

/** The stream of what happens. Whoever was cut off goes on from the last event they have heard. */
export function liveStream(visit: SignedIn): Response {
  const { c, ctx, door, token, language, opened, options } = visit;
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no', // nginx would keep events until it has a page of them
    connection: 'close', // a stopping service would wait for a connection that may be used again
  };
  if (c.req.method === 'HEAD') return c.body(null, 200, headers);
  const after = parseMark(c.req.header('last-event-id') ?? '') ?? parseMark(query(visit, 'after'));
  const listener = {
    ctx,
    door,
    token,
    language,
    sessionId: opened.session.id,
    role: opened.operator.role,
    draw: async (event: RecentEvent) => String(await eventItem(visit, event)),
  };
  return c.body(options.feed.open(listener, after), 200, headers);
}
