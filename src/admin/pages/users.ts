import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import { listUsers, type UserState, userStates } from '../../core/ops/people.ts';
import type { User } from '../../core/people/identity.ts';
import type { Provider } from '../../core/people/tables.ts';
import { at, badge, field, type Html, older, select, submit, table } from '../draw.ts';
import { page } from '../layout.ts';
import { query, type Route, type SignedIn, type Visit } from '../visit.ts';

const providers: readonly Provider[] = ['telegram', 'discord', 'local'];
const colours: Record<UserState, string> = { open: 'green', blocked: 'red', closed: 'secondary' };

export const userBadge = (visit: Visit, { blockedAt, closedAt }: User): Html => {
  const state = closedAt ? 'closed' : blockedAt ? 'blocked' : 'open';
  return badge(visit.say(`users_state_${state}`), colours[state]);
};

/** A closed account has no name any more. */
export const personName = (visit: Visit, { closedAt, displayName }: User) =>
  closedAt ? visit.say('person_closed') : displayName;

export const chatName = (visit: Visit, provider: Provider) => visit.say(`users_chat_${provider}`);

function filterForm(visit: SignedIn): Html {
  const { say } = visit;
  const any = { value: '', label: say('any') };
  const states = userStates.map((value) => ({ value, label: say(`users_state_${value}`) }));
  const chats = providers.map((value) => ({ value, label: chatName(visit, value) }));
  return html`<form class="filter" method="get" action="/admin/users" role="search" hx-get="/admin/users" hx-trigger="change, submit" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true">
${field({ name: 'text', type: 'search', label: say('users_search'), value: query(visit, 'text'), optional: true })}
${select({ name: 'state', label: say('state'), value: query(visit, 'state'), choices: [any, ...states] })}
${select({ name: 'chat', label: say('users_chat'), value: query(visit, 'chat'), choices: [any, ...chats] })}
${submit(say('show'), '')}</form>`;
}

async function usersPage(visit: SignedIn) {
  const { say } = visit;
  const [state, chat] = [query(visit, 'state'), query(visit, 'chat')];
  const { items, next } = await listUsers(visit.ctx, {
    text: query(visit, 'text') || undefined,
    state: userStates.find((known) => known === state),
    provider: providers.find((known) => known === chat),
    before: query(visit, 'before') || undefined,
  });
  const rows = items.map(({ user, identities, walletSatang }) => [
    html`<a href="/admin/users/${user.id}">${personName(visit, user)}</a><br><code>${user.id}</code>`,
    [...new Set(identities.map((login) => chatName(visit, login.provider)))].join(', ') || '–',
    formatBaht(walletSatang),
    userBadge(visit, user),
    at(visit, user.createdAt),
  ]);
  const isShort = [...query(visit, 'text')].length < 3;
  const empty =
    query(visit, 'text') && isShort ? `${say('nothing_found')} ${say('users_search_hint')}` : say('nothing_found');
  const columns = [say('person'), say('users_chat'), say('users_wallet'), say('state'), say('users_joined')];
  return page(
    visit,
    say('users'),
    html`${filterForm(visit)}<div class="card" id="list">${table(columns, rows, empty)}${older(visit, next)}</div>`,
  );
}

export const userRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/users', who: 'users.read', run: usersPage },
];
