import { html } from 'hono/html';
import { fail } from '../../core/error.ts';
import type { UserId } from '../../core/id.ts';
import { askAdjustment } from '../../core/money/adjustment.ts';
import { closeAccount } from '../../core/ops/closing.ts';
import { readPerson } from '../../core/ops/person.ts';
import { resetUser } from '../../core/ops/resetting.ts';
import { blockUser, unblockUser } from '../../core/people/user.ts';
import { attempt, type Beside, besideProof, prove, type Status } from '../answer.ts';
import { wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, query, type Route, type SignedIn, typed } from '../visit.ts';
import { amountTyped, reasonTyped } from './topup.ts';
import { acts, type Back, permissionOf, type UserAct, userActs } from './userForms.ts';
import { sections } from './userSections.ts';
import { personName } from './users.ts';

async function userPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { ctx, c, say } = visit;
  const person = await readPerson(ctx, { userId: part(visit, 'id') });
  if ('mergedInto' in person) {
    const there = `/admin/users/${person.mergedInto}`;
    const done = query(visit, 'done');
    if (!back) return c.redirect(done ? `${there}?done=${encodeURIComponent(done)}` : there, 303);
    const words = wrong({ form: Object.values(back.problems).join(' ') });
    const body = html`${words}<p>${say('person_gone')}</p><a class="btn btn-primary" href="${there}">${say('person_gone_to')}</a>`;
    return page(visit, personName(visit, person.user), body, status);
  }
  return page(
    visit,
    personName(visit, person.user),
    html`<div class="beside"><aside>${await acts(visit, person, back)}</aside><div>${sections(visit, person)}</div></div>`,
    status,
  );
}

const beside: Beside = {
  ...besideProof,
  'reason.required': 'reason',
  'text.too_long': 'reason',
  'amount.invalid': 'amount',
  'adjustment.exceeds_wallet': 'amount',
  'argument.required': 'confirm',
};

/** Does it and answers with the name of what to say about it. */
type Deed = (visit: SignedIn, userId: UserId) => Promise<string>;

const deeds: Record<UserAct, Deed> = {
  async block(visit, userId) {
    await blockUser(visit.ctx, { userId, reason: reasonTyped(visit) });
    return 'user_block';
  },
  async unblock(visit, userId) {
    const seen = new Date(typed(visit, 'seen'));
    const seenBlockedAt = Number.isNaN(seen.getTime()) ? fail('form.stale') : seen;
    await unblockUser(visit.ctx, { userId, reason: reasonTyped(visit), seenBlockedAt });
    return 'user_unblock';
  },
  async adjust(visit, userId) {
    const requestKey = typed(visit, 'request_key') || fail('form.stale');
    const amount = amountTyped(visit);
    const amountSatang = typed(visit, 'direction') === 'debit' ? -amount : amount;
    const input = { userId, amountSatang, reason: reasonTyped(visit), requestKey };
    const { status } = await askAdjustment(visit.ctx, input);
    return `adjustment_${status}`;
  },
  async reset(visit, userId) {
    await resetUser(visit.ctx, { userId, reason: reasonTyped(visit) });
    return 'user_reset';
  },
  async close(visit, userId) {
    const reason = reasonTyped(visit);
    if (typed(visit, 'confirm') !== 'yes') fail('argument.required');
    await closeAccount(visit.ctx, { userId, reason });
    return 'user_close';
  },
};

const needsProof: readonly UserAct[] = ['adjust', 'close'];

const acting = (act: UserAct): KeptRoute => ({
  method: 'post',
  path: `/admin/users/:id/${act}`,
  who: permissionOf[act],
  run: (visit) =>
    attempt(
      visit,
      beside,
      async () => {
        if (needsProof.includes(act)) await prove(visit);
        const userId = part(visit, 'id') as UserId; // any text may be compared
        const done = await deeds[act](visit, userId);
        return visit.c.redirect(`/admin/users/${encodeURIComponent(userId)}?done=${done}`, 303);
      },
      (problems, status) => userPage(visit, { act, problems }, status),
    ),
});

export const userPageRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/users/:id', who: 'users.read', run: (visit) => userPage(visit) },
  ...userActs.map(acting),
];
