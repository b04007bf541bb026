import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '../../../src/core/audit.ts';
import { openQuestion, readQuestion } from '../../../src/core/chats/question.ts';
import { retireScreen, showScreen } from '../../../src/core/chats/screen.ts';
import { as } from '../../../src/core/context.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { closeAccount } from '../../../src/core/ops/closing.ts';
import { resetUser } from '../../../src/core/ops/resetting.ts';
import { identitiesOf, markUnreachable } from '../../../src/core/people/identity.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { adjustWallet, operator, walletOf } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const ops = () => world.ctx(operator);
const question = { command: 'topup', args: {}, field: 'amount' };

test('a reset forgets questions and screens, ends codes and requests to join, and tries every login again', async () => {
  const [{ userId, identity }, { userId: stranger }] = [await world.person(), await world.person()];
  const me = as(ops(), { kind: 'user', userId });
  await adjustWallet(ops(), { userId, amountSatang: 100_00n, reason: 'x', requestKey: 'reset' });
  await openQuestion(ops(), identity.id, question);
  await showScreen(ops(), { identityId: identity.id, name: 'menu', ref: '1' });
  await markUnreachable(ops(), identity.id);
  const { code } = await createLinkCode(me, { userId });
  const claimant = as(ops(), { kind: 'user', userId: stranger });
  const { id: linkId } = await claimLink(claimant, { userId: stranger, code });
  await agreeToJoin(claimant, { userId: stranger, linkId });

  await resetUser(ops(), { userId, reason: 'the chat is stuck' });

  expect(await readQuestion(ops(), identity.id, 'any')).toBeUndefined();
  expect(await retireScreen(ops(), { identityId: identity.id, name: 'menu' })).toBeUndefined();
  expect((await identitiesOf(ops(), userId)).map((login) => login.unreachableAt)).toEqual([null]);
  await expect(agreeToJoin(me, { userId, linkId })).rejects.toMatchObject({ code: 'link.closed' });
  expect(await walletOf(world, userId)).toBe(100_00n);
  const [line] = await ops().db.select().from(auditEntry).where(eq(auditEntry.action, 'user.reset'));
  expect(line).toMatchObject({
    actor: 'operator:opr_test',
    detail: { reason: 'the chat is stuck', questions: 1, screens: 1, links: 1, unreachable: 1 },
  });
});

test('a reset ends what somebody has begun with the code of another', async () => {
  const [{ userId: issuer }, { userId: claimant }] = [await world.person(), await world.person()];
  await adjustWallet(ops(), { userId: issuer, amountSatang: 5_00n, reason: 'x', requestKey: 'issuer' });
  const { code } = await createLinkCode(as(ops(), { kind: 'user', userId: issuer }), { userId: issuer });
  const ctx = as(ops(), { kind: 'user', userId: claimant });
  const { id: linkId } = await claimLink(ctx, { userId: claimant, code });
  await resetUser(ops(), { userId: claimant, reason: 'lost the phone' });
  await expect(agreeToJoin(ctx, { userId: claimant, linkId })).rejects.toMatchObject({ code: 'link.closed' });
});

test('a reset twice, at once, or of nothing harms nothing, and nobody else is touched', async () => {
  const [{ userId, identity }, other] = [await world.person(), await world.person()];
  await openQuestion(ops(), other.identity.id, question);
  await openQuestion(ops(), identity.id, question);
  await Promise.all([1, 2, 3].map(() => resetUser(ops(), { userId, reason: 'x' })));
  expect(await readQuestion(ops(), other.identity.id, 'any')).toMatchObject(question);
});

test('a reset needs a reason, somebody, and an account that is open', async () => {
  const { userId } = await world.person();
  const reset = (id = userId, reason = 'x') => resetUser(ops(), { userId: id, reason });
  await expect(reset(userId, ' ')).rejects.toMatchObject({ code: 'reason.required' });
  await expect(reset('usr_none' as typeof userId)).rejects.toMatchObject({ code: 'user.missing' });
  await closeAccount(ops(), { userId, reason: 'asked for it' });
  await expect(reset()).rejects.toMatchObject({ code: 'user.closed' });
});
