import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import { type Broadcast, broadcastWords, cancelBroadcast, startBroadcast } from '../../core/notices/broadcast.ts';
import type { BroadcastStatus, Segment } from '../../core/notices/tables.ts';
import { noticeWords } from '../../core/notices/words.ts';
import { countAudience } from '../../core/ops/audience.ts';
import { listBroadcasts, type Progress, readBroadcast, testBroadcast } from '../../core/ops/broadcasts.ts';
import { type Language, languages, translate } from '../../core/text/text.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import {
  at,
  badge,
  card,
  facts,
  field,
  type Html,
  lock,
  none,
  type Problems,
  pager,
  submit,
  table,
  wrong,
} from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, pageNumber, part, type Route, type SignedIn, typed } from '../visit.ts';
import { noticeStatuses } from './notices.ts';

type Act = 'test' | 'send' | 'cancel';
type Back = { act: Act; problems: Problems } | undefined;
type Story = Awaited<ReturnType<typeof readBroadcast>>;

const colours: Record<BroadcastStatus, string> = {
  draft: 'yellow',
  sending: 'blue',
  done: 'green',
  cancelled: 'secondary',
};

const stateOf = (visit: SignedIn, { status }: Broadcast): Html =>
  badge(visit.say(`broadcast_state_${status}`), colours[status]);

/** Who a broadcast is for, in words. */
function segmentWords(visit: SignedIn, segment: Segment): string {
  const { say } = visit;
  const { language, provider, paid, seenWithinDays: days, walletFromSatang: wallet } = segment;
  const told = [
    language && `${say('broadcast_language')}: ${translate(visit.language, `language.${language}`)}`,
    provider && `${say('broadcast_provider')}: ${say(`notice_chat_${provider}`)}`,
    paid === undefined ? undefined : say(`broadcast_paid_${paid ? 'yes' : 'no'}`),
    days === undefined ? undefined : say('broadcast_days_of', { days }),
    wallet === undefined ? undefined : `${say('broadcast_wallet')}: ${formatBaht(BigInt(wallet))}`,
  ].filter((words) => words !== undefined);
  return told.length > 0 ? told.join(' · ') : say('broadcast_everybody');
}

/** The beginning of what it says, in the language of the panel. */
const opening = (visit: SignedIn, row: Broadcast) => {
  const words = broadcastWords(row, visit.language).replace(/\s+/g, ' ');
  return words.length > 80 ? `${words.slice(0, 79).toWellFormed()}…` : words;
};

async function listPage(visit: SignedIn) {
  const { opened, say } = visit;
  const list = await listBroadcasts(visit.ctx, { page: pageNumber(visit) });
  const rows = list.items.map(({ broadcast, operatorName }) => [
    at(visit, broadcast.createdAt),
    html`<a href="/admin/broadcasts/${broadcast.id}">${opening(visit, broadcast)}</a>`,
    segmentWords(visit, broadcast.segment),
    operatorName ?? '–',
    stateOf(visit, broadcast),
    String(broadcast.notices),
  ]);
  const columns = ['when', 'broadcast_message', 'broadcast_segment', 'broadcast_author', 'state', 'broadcast_put'];
  const writes = may(opened.operator.role, 'broadcast.send');
  return page(
    visit,
    say('broadcasts'),
    html`<p class="text-secondary">${say('broadcasts_intro')}</p>
${writes ? html`<p><a class="btn btn-primary" href="/admin/broadcasts/new">${say('broadcast_new')}</a></p>` : none}
<div class="card">${table(
      columns.map((name) => say(name)),
      rows,
      say('nothing_yet'),
    )}${pager(visit, list.page, list.hasMore)}</div>`,
  );
}

/** The message as it will stand in the chats. */
function message(visit: SignedIn, row: Broadcast): Html {
  const one = (language: Language) => {
    const words = noticeWords(language, { kind: 'broadcast.news', params: { text: broadcastWords(row, language) } });
    return html`<div><h3 class="h4">${visit.say(`broadcast_in_${language}`)}</h3><p class="bubble" lang="${language}">${words ?? ''}</p></div>`;
  };
  return card(
    visit.say('broadcast_message'),
    html`<div class="card-body acts">${languages.map((language) => one(language))}</div>`,
  );
}

/** How many people get it, and how long that takes at its pace. */
async function reach(visit: SignedIn, row: Broadcast) {
  const { say } = visit;
  const { people, more } = await countAudience(visit.ctx, { segment: row.segment });
  const minutes = Math.max(1, Math.ceil(people / row.perMinute));
  const told: [string, string][] = [
    [say('broadcast_reaches'), say(more ? 'broadcast_reaches_more' : 'broadcast_reaches_of', { count: people })],
    ...(more || people === 0
      ? []
      : [[say('broadcast_takes'), say('broadcast_takes_of', { minutes })] as [string, string]]),
  ];
  return { people, told };
}

/** What changes by itself while it is sent; the page fetches it again every three seconds until it has ended. */
function live(visit: SignedIn, { broadcast: row, progress }: Story): Html {
  const { say } = visit;
  const figure = (name: string, value: Html | number) =>
    html`<div class="card figure"><dt>${name}</dt><dd>${value}</dd></div>`;
  const link = (status: keyof Progress) =>
    progress[status] === 0
      ? progress[status]
      : html`<a href="/admin/notices?broadcast=${row.id}&amp;status=${status}">${progress[status]}</a>`;
  const fetched =
    row.status === 'sending'
      ? html` hx-get="/admin/broadcasts/${row.id}/live" hx-trigger="every 3s" hx-swap="outerHTML"`
      : none;
  return html`<div id="live"${fetched}><h2 class="h3">${say('broadcast_progress')} ${stateOf(visit, row)}</h2><dl class="figures">
${figure(say('broadcast_put'), row.notices)}${noticeStatuses.map((status) => figure(say(`notice_state_${status}`), link(status)))}</dl></div>`;
}

function actForm(visit: SignedIn, row: Broadcast, act: Act, back: Back, fields: Html = none): Html {
  const { say } = visit;
  const label = say(`broadcast_${act}`);
  const look = { test: '', send: 'btn-primary', cancel: 'btn-danger' }[act];
  return html`<form class="card" method="post" action="/admin/broadcasts/${row.id}/${act}" data-act="${act}">
<div class="card-header"><h2 class="card-title">${label}</h2></div><div class="card-body"><p class="text-secondary">${say(`broadcast_${act}_note`)}</p>
${wrong(back?.act === act ? back.problems : {})}${lock(visit)}<input type="hidden" name="version" value="${row.version}">
${fields}${submit(label, look)}</div></form>`;
}

function draftForms(visit: SignedIn, row: Broadcast, people: number, back: Back): Html {
  const { say } = visit;
  const problems = (act: Act) => (back?.act === act ? back.problems : {});
  const to = field(
    { name: 'to', label: say('broadcast_test_to'), hint: say('broadcast_test_hint'), value: typed(visit, 'to') },
    problems('test'),
  );
  const key = html`<input type="hidden" name="request_key" value="${randomUUID()}">`;
  const send =
    people === 0
      ? html`<div class="card"><div class="card-body">${say('broadcast_nobody')}</div></div>`
      : actForm(visit, row, 'send', back, proofField(visit, problems('send')));
  return html`<div class="d-flex flex-wrap gap-2 mb-3"><a class="btn" href="/admin/broadcasts/${row.id}/edit">${say('broadcast_edit')}</a>
<form method="post" action="/admin/broadcasts/${row.id}/cancel" data-act="cancel">${lock(visit)}${submit(say('broadcast_discard'), 'btn-outline-danger')}</form></div>
<div class="acts mb-3">${actForm(visit, row, 'test', back, html`${key}${to}`)}${send}</div>`;
}

async function broadcastPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { opened, say } = visit;
  const story = await readBroadcast(visit.ctx, { broadcastId: part(visit, 'id') });
  const { broadcast: row, operatorName } = story;
  const acts = may(opened.operator.role, 'broadcast.send');
  const isDraft = row.status === 'draft';
  const { people, told } = isDraft ? await reach(visit, row) : { people: 0, told: [] };
  const about = facts([
    ...(isDraft ? [[say('state'), stateOf(visit, row)] as const] : []),
    [say('broadcast_segment'), segmentWords(visit, row.segment)],
    ...told,
    [say('broadcast_rate'), say('broadcast_rate_of', { count: row.perMinute })],
    [say('broadcast_author'), operatorName ?? '–'],
    ...(row.startedAt ? [[say('broadcast_started_at'), at(visit, row.startedAt)] as const] : []),
    ...(row.endedAt ? [[say('broadcast_ended_at'), at(visit, row.endedAt)] as const] : []),
  ]);
  const shown = acts && (isDraft ? back?.act !== 'cancel' : row.status === 'sending' && back?.act === 'cancel');
  const cancel = acts && row.status === 'sending' ? actForm(visit, row, 'cancel', back) : none;
  return page(
    visit,
    say('broadcast_of', { at: row.createdAt }),
    html`${back && !shown ? wrong({ form: Object.values(back.problems).join(' ') }) : none}
${isDraft ? none : html`${live(visit, story)}<p><a href="/admin/notices?broadcast=${row.id}">${say('broadcast_show_all')}</a></p>`}
${card(say('detail'), about)}${message(visit, row)}
${isDraft && acts ? draftForms(visit, row, people, back) : cancel}`,
    status,
  );
}

const beside: Beside = {
  ...besideProof,
  'argument.required': 'to',
  'broadcast.nobody_found': 'to',
  'broadcast.many_found': 'to',
};

const versionTyped = (visit: SignedIn) => {
  const version = typed(visit, 'version');
  return /^\d{1,9}$/.test(version) ? Number(version) : fail('form.stale');
};

const acting = (act: Act, run: (visit: SignedIn, broadcastId: string) => Promise<unknown>): KeptRoute => ({
  method: 'post',
  path: `/admin/broadcasts/:id/${act}`,
  who: 'broadcast.send',
  run: (visit) =>
    attempt(
      visit,
      beside,
      async () => {
        const id = part(visit, 'id');
        await run(visit, id);
        const done = act === 'test' ? 'tested' : act;
        return visit.c.redirect(`/admin/broadcasts/${encodeURIComponent(id)}?done=broadcast_${done}`, 303);
      },
      (problems, status) => broadcastPage(visit, { act, problems }, status),
    ),
});

async function livePart(visit: SignedIn) {
  const story = await readBroadcast(visit.ctx, { broadcastId: part(visit, 'id') });
  if (story.broadcast.status !== 'sending') visit.c.header('hx-refresh', 'true'); // the forms have changed as well
  return visit.c.html(live(visit, story));
}

/** What operators tell many: looked at, tried on one person, sent, watched and stopped. */
export const broadcastRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/broadcasts', who: 'notices.read', run: listPage },
  { method: 'get', path: '/admin/broadcasts/:id', who: 'notices.read', run: (visit) => broadcastPage(visit) },
  { method: 'get', path: '/admin/broadcasts/:id/live', who: 'notices.read', fetched: 'once', run: livePart },
  acting('test', (visit, broadcastId) => {
    const requestKey = typed(visit, 'request_key') || fail('form.stale');
    return testBroadcast(visit.ctx, { broadcastId, version: versionTyped(visit), to: typed(visit, 'to'), requestKey });
  }),
  acting('send', async (visit, broadcastId) => {
    await prove(visit);
    await startBroadcast(visit.ctx, { broadcastId, version: versionTyped(visit) });
  }),
  acting('cancel', (visit, broadcastId) => cancelBroadcast(visit.ctx, { broadcastId })),
];
