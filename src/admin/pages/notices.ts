import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { noticeKinds } from '../../core/notices/kinds.ts';
import { type Notice, retryNotice } from '../../core/notices/notice.ts';
import type { NoticeStatus } from '../../core/notices/tables.ts';
import { readWhy } from '../../core/notices/why.ts';
import { listNotices, type NoticeStory, readNotice } from '../../core/ops/notices.ts';
import { hasText, translate } from '../../core/text/text.ts';
import { attempt, type Status } from '../answer.ts';
import {
  at,
  badge,
  card,
  facts,
  field,
  type Html,
  lock,
  none,
  older,
  type Problems,
  select,
  submit,
  table,
  wrong,
} from '../draw.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { part, query, type Route, type SignedIn, type Visit } from '../visit.ts';
import { range } from './payments.ts';

const colours: Record<NoticeStatus, string> = {
  waiting: 'blue',
  sent: 'green',
  muted: 'secondary',
  failed: 'red',
  withdrawn: 'secondary',
};
export const noticeStatuses = Object.keys(colours) as NoticeStatus[]; // the keys of the record above

export const noticeState = (visit: Visit, status: NoticeStatus): Html =>
  badge(visit.say(`notice_state_${status}`), colours[status]);

/** A newer instance may put kinds that this one does not know. */
export const noticeKindName = (visit: Visit, kind: string) =>
  hasText(visit.language, `panel.notice_kind_${kind}`) ? visit.say(`notice_kind_${kind}`) : kind;

const chatName = (visit: Visit, provider: string) =>
  hasText(visit.language, `panel.notice_chat_${provider}`) ? visit.say(`notice_chat_${provider}`) : provider;

/** Why it was not told, in words; empty where there is nothing to explain. */
function whyNot(visit: Visit, { status, error }: Notice): string {
  if (status === 'muted') return visit.say('notice_why_muted');
  if (!error || status === 'sent') return '';
  const { provider, why, fault } = readWhy(error);
  const words = visit.say(`notice_why_${why}`, { fault });
  return provider ? visit.say('notice_why_in', { chat: chatName(visit, provider), why: words }) : words;
}

function filterForm(visit: SignedIn): Html {
  const { say } = visit;
  const any = { value: '', label: say('any') };
  const states = noticeStatuses.map((value) => ({ value, label: say(`notice_state_${value}`) }));
  const kinds = noticeKinds.map((value) => ({ value, label: noticeKindName(visit, value) }));
  const day = (name: 'from' | 'to') =>
    field({ name, type: 'date', label: say(name), value: query(visit, name), optional: true });
  const broadcast = query(visit, 'broadcast');
  return html`<form class="filter" method="get" action="/admin/notices" role="search" hx-get="/admin/notices" hx-trigger="change, submit" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true">
${broadcast ? html`<input type="hidden" name="broadcast" value="${broadcast}">` : none}
${field({ name: 'person', type: 'search', label: say('notice_person'), value: query(visit, 'person'), optional: true })}
${select({ name: 'status', label: say('state'), value: query(visit, 'status'), choices: [any, ...states] })}
${select({ name: 'kind', label: say('notice_kind'), value: query(visit, 'kind'), choices: [any, ...kinds] })}
${day('from')}${day('to')}${submit(say('show'), '')}</form>`;
}

async function noticesPage(visit: SignedIn) {
  const { say } = visit;
  const wanted = query(visit, 'status');
  const broadcastId = query(visit, 'broadcast') || undefined;
  const list = await listNotices(visit.ctx, {
    status: noticeStatuses.find((status) => status === wanted),
    kind: query(visit, 'kind') || undefined,
    person: query(visit, 'person') || undefined,
    broadcastId,
    ...range(visit),
    before: query(visit, 'before') || undefined,
  });
  const rows = list.items.map(({ notice, user }) => [
    at(visit, notice.createdAt),
    html`<a href="/admin/notices/${notice.id}">${noticeKindName(visit, notice.kind)}</a>`,
    html`<a href="/admin/users/${user.id}">${user.displayName}</a>`,
    html`${noticeState(visit, notice.status)}<div class="small text-secondary">${whyNot(visit, notice)}</div>`,
  ]);
  const columns = [say('when'), say('notice_kind'), say('person'), say('state')];
  const empty = list.next === undefined ? say('nothing_found') : '';
  return page(
    visit,
    say('notices'),
    html`${filterForm(visit)}<div class="card" id="list">
${broadcastId ? html`<div class="card-header"><span>${say('notice_broadcast')} <a href="/admin/broadcasts/${broadcastId}"><code>${broadcastId}</code></a></span></div>` : none}
${list.crowded ? html`<div class="card-body text-secondary" role="status">${say('notice_crowded')}</div>` : none}
${rows.length > 0 || empty ? table(columns, rows, empty) : none}${list.items.length === 0 && list.next !== undefined ? html`<div class="card-body text-secondary" role="status">${say('notice_look_further')}</div>` : none}${older(visit, list.next)}</div>`,
  );
}

function words(visit: SignedIn, { notice, user, words: read }: NoticeStory): Html {
  const { say } = visit;
  if (read !== undefined)
    return card(
      say('notice_words', { name: user.displayName }),
      html`<div class="card-body"><p class="bubble" lang="${user.language}">${read}</p></div>`,
    );
  const params = Object.entries(notice.params).map(([name, value]) => [name, html`<code>${value}</code>`] as const);
  return card(
    say('notice_words', { name: user.displayName }),
    html`<div class="card-body text-secondary">${say('notice_words_none')}</div>${facts(params)}`,
  );
}

function storyFacts(visit: SignedIn, { notice, user, sentTo }: NoticeStory): Html {
  const { language, say } = visit;
  const { status, sentAt, broadcastId } = notice;
  const chat = sentTo
    ? html`${chatName(visit, sentTo.provider)} · ${sentTo.displayName}<br><code>${sentTo.subject}</code>`
    : say('notice_sent_to_gone');
  const why = whyNot(visit, notice);
  return facts([
    [say('notice_kind'), noticeKindName(visit, notice.kind)],
    [say('state'), noticeState(visit, status)],
    [say('person'), html`${user.displayName}<br>${subjectLink(user.id)}`],
    [say('notice_language'), translate(language, `language.${user.language}`)],
    [say('notice_put_at'), at(visit, notice.createdAt)],
    [say('notice_attempts'), String(notice.attempts)],
    ...(status === 'waiting' ? [[say('notice_next_try'), at(visit, notice.dueAt)] as const] : []),
    ...(sentAt ? [[say('notice_sent_at'), at(visit, sentAt)] as const] : []),
    ...(status === 'sent' ? [[say('notice_sent_to'), chat] as const] : []),
    ...(why ? [[say('why'), why] as const] : []),
    ...(broadcastId ? [[say('notice_broadcast'), subjectLink(broadcastId)] as const] : []),
  ]);
}

async function noticePage(visit: SignedIn, problems: Problems = {}, status: Status = 200) {
  const { ctx, opened, say } = visit;
  const story = await readNotice(ctx, { noticeId: part(visit, 'id') });
  const { notice, user } = story;
  const retries = notice.status === 'failed' && may(opened.operator.role, 'broadcast.send');
  return page(
    visit,
    say('notice_of', { name: user.displayName }),
    html`${wrong(problems)}${words(visit, story)}${card(say('detail'), storyFacts(visit, story))}
${
  retries
    ? html`<form class="card" method="post" action="/admin/notices/${notice.id}/retry" data-act="retry"><div class="card-body">${lock(visit)}
<p class="text-secondary">${say('notice_retry_note')}</p>${submit(say('notice_retry'))}</div></form>`
    : none
}`,
    status,
  );
}

/** What was sent to whom, and why it was not. */
export const noticeRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/notices', who: 'notices.read', run: noticesPage },
  { method: 'get', path: '/admin/notices/:id', who: 'notices.read', run: (visit) => noticePage(visit) },
  {
    method: 'post',
    path: '/admin/notices/:id/retry',
    who: 'broadcast.send',
    run: (visit) =>
      attempt(
        visit,
        {},
        async () => {
          const noticeId = part(visit, 'id');
          await retryNotice(visit.ctx, { noticeId });
          return visit.c.redirect(`/admin/notices/${encodeURIComponent(noticeId)}?done=notice_retry`, 303);
        },
        (problems, status) => noticePage(visit, problems, status),
      ),
  },
];
