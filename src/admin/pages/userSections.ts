import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import type { TransferKind } from '../../core/money/tables.ts';
import type { NoticePreference } from '../../core/notices/preference.ts';
import type { NoticeStatus } from '../../core/notices/tables.ts';
import type { Person } from '../../core/ops/person.ts';
import type { PersonAuditLine, PersonNotice, WalletEntry } from '../../core/ops/personLists.ts';
import { hasText, translate } from '../../core/text/text.ts';
import { at, badge, card, facts, type Html, none, table } from '../draw.ts';
import { subjectLink } from '../subject.ts';
import type { SignedIn, Visit } from '../visit.ts';
import { brief } from './auditLine.ts';
import { runTable } from './backtests.ts';
import { accountCard } from './exchangeAccounts.ts';
import { noticeKindName } from './notices.ts';
import { stateOf } from './payments.ts';
import { chatName, userBadge } from './users.ts';

/** Money with its sign: what came in and what went out. */
export const signed = (amountSatang: bigint) => `${amountSatang > 0n ? '+' : ''}${formatBaht(amountSatang)}`;

/** A newer instance may know kinds that this one does not. */
function kindName(visit: Visit, kind: TransferKind): string {
  const key = `tx.kind_${kind}`;
  return hasText(visit.language, key) ? translate(visit.language, key) : kind;
}

export const entryTable = (visit: Visit, entries: readonly WalletEntry[]): Html =>
  table(
    ['when', 'person_kind', 'about', 'amount', 'person_balance_after'].map((key) => visit.say(key)),
    entries.map((entry) => [
      at(visit, entry.at),
      kindName(visit, entry.kind),
      subjectLink(entry.subject),
      signed(entry.amountSatang),
      formatBaht(entry.balanceAfterSatang),
    ]),
    visit.say('nothing_yet'),
  );

const noticeColours: Record<NoticeStatus, string> = {
  waiting: 'blue',
  sent: 'green',
  muted: 'secondary',
  failed: 'red',
  withdrawn: 'secondary',
};

export const noticeTable = (visit: SignedIn, notices: readonly PersonNotice[]): Html =>
  table(
    ['when', 'what', 'state', 'person_told_in'].map((key) => visit.say(key)),
    notices.map(({ notice, toldIn }) => [
      at(visit, notice.createdAt),
      may(visit.opened.operator.role, 'notices.read')
        ? html`<a href="/admin/notices/${notice.id}">${noticeKindName(visit, notice.kind)}</a>`
        : noticeKindName(visit, notice.kind),
      badge(visit.say(`person_notice_${notice.status}`), noticeColours[notice.status]),
      notice.sentAt ? html`${toldIn ? chatName(visit, toldIn) : '–'}<br>${at(visit, notice.sentAt)}` : '–',
    ]),
    visit.say('nothing_yet'),
  );

/** Who did it, for where the details name them again. */
const named = ({ actor }: PersonAuditLine['line'], name: string | null) =>
  new Map(name === null ? [] : [[actor.replace('operator:', ''), name]]);

export const auditTable = (visit: Visit, lines: readonly PersonAuditLine[]): Html =>
  table(
    ['when', 'actor', 'action', 'about', 'detail'].map((key) => visit.say(key)),
    lines.map(({ line, operatorName }) => [
      at(visit, line.at),
      html`${operatorName ? html`${operatorName}<br>` : none}<code>${line.actor}</code>`,
      html`<code>${line.action}</code>`,
      subjectLink(line.subject),
      brief(visit, line, named(line, operatorName)),
    ]),
    visit.say('nothing_yet'),
  );

/** A card with the newest few of a list, and the way to all of it. */
const newest = (visit: Visit, title: string, all: string, body: Html): Html =>
  html`<section class="card mb-3"><div class="card-header"><h2 class="card-title">${title}</h2>
<a class="ms-auto" href="${all}" aria-label="${`${visit.say('person_all')}: ${title}`}">${visit.say('person_all')}</a></div>${body}</section>`;

function personFacts(visit: Visit, { user, formerIds }: Person): Html {
  const { language, say } = visit;
  return card(
    say('person_facts'),
    facts([
      [say('state'), userBadge(visit, user)],
      [say('person_id'), html`<code>${user.id}</code>`],
      [say('person_language'), translate(language, `language.${user.language}`)],
      [say('users_joined'), at(visit, user.createdAt)],
      ...(user.blockedAt ? [[say('person_blocked_since'), at(visit, user.blockedAt)] as const] : []),
      ...(user.blockedReason ? [[say('person_blocked_why'), user.blockedReason] as const] : []),
      ...(user.closedAt ? [[say('person_closed_at'), at(visit, user.closedAt)] as const] : []),
      ...(formerIds.length > 0
        ? [[say('person_former'), html`${formerIds.map((id) => html`<code>${id}</code> `)}`] as const]
        : []),
    ]),
  );
}

const logins = (visit: Visit, { identities }: Person): Html =>
  card(
    visit.say('person_logins'),
    table(
      ['users_chat', 'person_name', 'person_login_number', 'person_login_seen', 'person_reachable'].map((key) =>
        visit.say(key),
      ),
      identities.map((login) => [
        chatName(visit, login.provider),
        login.displayName,
        html`<code>${login.subject}</code>`,
        at(visit, login.lastSeenAt),
        login.unreachableAt ? visit.say('person_unreachable', { at: login.unreachableAt }) : visit.say('yes'),
      ]),
      visit.say('person_no_logins'),
    ),
  );

function money(visit: Visit, { balances, adjustments }: Person): Html {
  const { say } = visit;
  const waiting = adjustments.map(
    (row) => html`<a href="/admin/adjustments/${row.id}">${signed(row.amountSatang)}</a> `,
  );
  return card(
    say('person_money'),
    facts([
      [say('users_wallet'), html`<strong>${formatBaht(balances.walletSatang)}</strong>`],
      [say('person_owed'), formatBaht(balances.owedSatang)],
      ...(waiting.length > 0 ? [[say('person_waiting'), html`${waiting}`] as const] : []),
    ]),
  );
}

function contractCard(visit: SignedIn, { contract: found, user }: Person): Html {
  const { language, opened, say } = visit;
  const nothing = html`<div class="card-body text-secondary">${say('person_contract_none')}</div>`;
  const body = found
    ? facts([
        [say('person_plan'), language === 'th' ? found.plan.nameTh : found.plan.nameEn],
        [say('state'), say(`person_contract_${found.contract.status}`)],
        [say('person_paid_until'), at(visit, found.contract.paidUntil)],
        [say('person_auto_renew'), say(found.contract.autoRenew ? 'yes' : 'no')],
        [say('person_id'), subjectLink(found.contract.id)],
      ])
    : nothing;
  return may(opened.operator.role, 'contracts.read')
    ? newest(visit, say('person_contract'), `/admin/contracts?person=${user.id}`, body)
    : card(say('person_contract'), body);
}

const clock = (minute: number) =>
  [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, '0')).join(':');

function preference(visit: Visit, { quiet, muted }: NoticePreference): Html {
  const { language, say } = visit;
  const hours = quiet ? `${clock(quiet.fromMinute)}–${clock(quiet.toMinute)}` : say('person_quiet_none');
  const off = muted.map((group) => translate(language, `settings.group_${group}`)).join(', ');
  return facts([
    [say('person_quiet'), hours],
    [say('person_muted'), off || say('person_muted_none')],
  ]);
}

const topups = (visit: Visit, person: Person): Html =>
  newest(
    visit,
    visit.say('person_topups'),
    `/admin/payments?text=${person.user.id}`,
    table(
      ['when', 'reference', 'amount', 'state'].map((key) => visit.say(key)),
      person.topups.map((row) => [
        at(visit, row.createdAt),
        html`<a href="/admin/payments/${row.id}"><code>${row.reference}</code></a>`,
        formatBaht(row.amountSatang),
        stateOf(visit, row),
      ]),
      visit.say('nothing_yet'),
    ),
  );

/** The whole picture, one part under the other. */
export function sections(visit: SignedIn, person: Person): Html {
  const { say, opened } = visit;
  const { user, entries, notices, audit } = person;
  const list = (name: string) => `/admin/users/${user.id}/${name}`;
  return html`${personFacts(visit, person)}${money(visit, person)}<p><a href="${list('portfolio')}">${say('portfolio_link')}</a></p>${contractCard(visit, person)}${logins(visit, person)}${accountCard(visit, person.accounts)}
${may(opened.operator.role, 'payments.read') ? topups(visit, person) : none}
${newest(visit, say('person_transactions'), list('transactions'), entryTable(visit, entries))}
${may(opened.operator.role, 'runs.read') ? newest(visit, say('person_runs'), `/admin/backtests?person=${user.id}`, runTable(visit, person.runs, say('nothing_yet'), false)) : none}
${newest(visit, say('person_notices'), list('notices'), html`${preference(visit, person.preference)}${noticeTable(visit, notices)}`)}
${audit ? newest(visit, say('person_audit'), list('audit'), auditTable(visit, audit)) : none}`;
}
