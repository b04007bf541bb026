import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { fail } from '../../core/error.ts';
import type { UserId } from '../../core/id.ts';
import { accountsOf, allowAccount, stopAccount } from '../../core/ops/accounts.ts';
import { hasText, translate } from '../../core/text/text.ts';
import { type ExchangeAccount, STOPPED } from '../../core/trading/account.ts';
import { exchangeName } from '../../core/trading/port.ts';
import { cancelLink } from '../acts.ts';
import { attempt, type Beside, type Status } from '../answer.ts';
import { at, badge, card, facts, field, type Html, lock, none, type Problems, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, type Route, type SignedIn, typed, type Visit, versionTyped } from '../visit.ts';
import { reasonTyped } from './topup.ts';

function state({ say }: Visit, { enabled, trouble, readAt }: ExchangeAccount): Html {
  if (trouble === STOPPED) return badge(say('account_stopped'), 'red');
  if (!enabled) return badge(say('account_off'), 'secondary');
  if (trouble) return badge(say('account_failing'), 'orange');
  return readAt ? badge(say('account_well'), 'green') : badge(say('account_new'), 'blue');
}

function trouble(visit: Visit, { trouble: kind, troubleSince }: ExchangeAccount): Html {
  if (!kind) return html`–`;
  const key = `accounts.trouble_${kind}`;
  const words = hasText(visit.language, key) ? translate(visit.language, key) : kind;
  return html`${words}${troubleSince ? html`<br>${at(visit, troubleSince)}` : none}`;
}

function place({ ctx, language }: Visit, { exchange, endpoint }: ExchangeAccount): string {
  return translate(language, 'accounts.where', { exchange: exchangeName(ctx.exchanges, exchange), endpoint });
}

const read = (visit: Visit, { readAt }: ExchangeAccount): Html | string =>
  readAt ? at(visit, readAt) : visit.say('account_never');

/** Where a person's accounts are and how they are; what they hold is the person's own affair. */
export function accountCard(visit: SignedIn, accounts: readonly ExchangeAccount[]): Html {
  const { say, opened } = visit;
  const decides = may(opened.operator.role, 'users.block');
  const name = (account: ExchangeAccount) => {
    const address = `/admin/users/${account.userId}/accounts/${account.id}`;
    return decides ? html`<a class="text-break" href="${address}">${account.label}</a>` : account.label;
  };
  return card(
    say('person_accounts'),
    table(
      ['account_label', 'account_exchange', 'state', 'account_trouble', 'account_read'].map((key) => say(key)),
      accounts.map((account) => [
        name(account),
        place(visit, account),
        state(visit, account),
        trouble(visit, account),
        read(visit, account),
      ]),
      say('nothing_yet'),
    ),
  );
}

const deeds = { stop: stopAccount, allow: allowAccount } as const;
type Deed = keyof typeof deeds;

async function accountPage(visit: SignedIn, problems: Problems = {}, status: Status = 200) {
  const { ctx, say } = visit;
  const userId = part(visit, 'id') as UserId; // any text may be compared
  const accounts = await accountsOf(ctx, [userId]);
  const account = accounts.find(({ id }) => id === part(visit, 'account')) ?? fail('account.missing');
  const does: Deed = account.trouble === STOPPED ? 'allow' : 'stop';
  const here = `/admin/users/${userId}`;
  const about = facts([
    [say('account_label'), account.label],
    [say('account_exchange'), place(visit, account)],
    [say('state'), state(visit, account)],
    [say('account_trouble'), trouble(visit, account)],
    [say('account_read'), read(visit, account)],
    [say('person_id'), html`<code>${account.id}</code>`],
  ]);
  const form = html`<form class="card-body" method="post" action="${here}/accounts/${account.id}/${does}">
<p class="text-secondary">${say(`account_${does}_note`)}</p>${wrong(problems)}${lock(visit)}
<input type="hidden" name="version" value="${account.version}">
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: typed(visit, 'reason') }, problems)}
${submit(say(`account_${does}`), does === 'stop' ? 'btn-danger' : 'btn-primary')}
${cancelLink(visit, here)}</form>`;
  const title = say(`account_${does}_title`);
  return page(visit, title, html`${card(say('person_accounts'), about)}${card(title, form)}`, status);
}

const beside: Beside = { 'reason.required': 'reason', 'text.too_long': 'reason' };

const deciding = (does: Deed): KeptRoute => ({
  method: 'post',
  path: `/admin/users/:id/accounts/:account/${does}`,
  who: 'users.block',
  run: (visit) =>
    attempt(
      visit,
      beside,
      async () => {
        const order = { accountId: part(visit, 'account'), version: versionTyped(visit), reason: reasonTyped(visit) };
        const userId = await deeds[does](visit.ctx, order);
        const done = does === 'stop' ? 'account_stopped' : 'account_allowed';
        return visit.c.redirect(`/admin/users/${encodeURIComponent(userId)}?done=${done}`, 303);
      },
      (problems, status) => accountPage(visit, problems, status),
    ),
});

export const exchangeAccountRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/users/:id/accounts/:account', who: 'users.block', run: (visit) => accountPage(visit) },
  deciding('stop'),
  deciding('allow'),
];
