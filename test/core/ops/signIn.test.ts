import { afterEach, beforeEach, expect, test } from 'vitest';
import { as } from '../../../src/core/context.ts';
import { inviteOperator } from '../../../src/core/ops/invite.ts';
import { changeRole, disableOperator, enableOperator } from '../../../src/core/ops/operator.ts';
import { beginEnrolment, confirmEnrolment, recoveryCodesLeft } from '../../../src/core/ops/secondFactor.ts';
import {
  actorOf,
  listSessions,
  openSession,
  requireConfirmed,
  signOut,
  signOutOthers,
} from '../../../src/core/ops/session.ts';
import { confirmSession, proveSecondFactor, signIn } from '../../../src/core/ops/signIn.ts';
import { operator, operatorSession } from '../../../src/core/tables.ts';
import {
  accept,
  colleague,
  door,
  FROM,
  firstOwner,
  PASSWORD,
  seen,
  type TestOperator,
} from '../../support/operators.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let owner: TestOperator;
beforeEach(async () => {
  world = await createWorld();
  owner = await firstOwner(world);
});
afterEach(() => world.close());

const enter = (email = owner.email, password = PASSWORD, address = FROM.address) =>
  signIn(door(world, address), { email, password, from: { ...FROM, address } });
const prove = (token: string, code: string) => proveSecondFactor(door(world), { token, code, from: FROM });
const refusal = (code: string) => expect.objectContaining({ code });

test('the password alone opens nothing; the code opens with a token nobody has seen', async () => {
  const first = await enter();
  expect(first.next).toBe('second_factor');
  expect((await openSession(door(world), { token: first.token, isVisit: true }))?.next).toBe('second_factor');
  const second = await prove(first.token, owner.code());
  expect(second.token).not.toBe(first.token);
  expect((await openSession(door(world), { token: second.token, isVisit: true }))?.next).toBe('open');
  expect(await openSession(door(world), { token: first.token, isVisit: true })).toBeUndefined();
});

test('a code is accepted once, in whatever session it comes', async () => {
  const code = owner.code();
  await prove((await enter()).token, code);
  await expect(prove((await enter()).token, code)).rejects.toEqual(refusal('sign_in.code_wrong'));
});

test('of one code typed in two windows at once one is accepted', async () => {
  const tokens = [(await enter()).token, (await enter()).token];
  const code = owner.code();
  const results = await Promise.allSettled(tokens.map((token) => prove(token, code)));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
});

test('a recovery code works once, however it is written', async () => {
  const [code = ''] = owner.recoveryCodes;
  expect(owner.recoveryCodes).toHaveLength(10);
  await prove((await enter()).token, ` ${code.toLowerCase().replaceAll('-', ' ')} `);
  await expect(prove((await enter()).token, code)).rejects.toEqual(refusal('sign_in.code_wrong'));
  expect(await recoveryCodesLeft(owner.ctx)).toBe(9);
});

test('an unknown name, a wrong password and a disabled operator get one answer', async () => {
  const other = await colleague(world, owner, 'manager');
  await disableOperator(owner.ctx, await seen(world, other));
  for (const [email, password] of [
    ['nobody@example.com', PASSWORD],
    [owner.email, 'not the password'],
    [other.email, PASSWORD],
  ])
    await expect(enter(email, password)).rejects.toEqual(refusal('sign_in.wrong'));
});

test('an unknown name costs the same work as a wrong password', async () => {
  const least = { 'nobody@example.com': Number.POSITIVE_INFINITY, [owner.email]: Number.POSITIVE_INFINITY };
  // In turns and the least of many: a busy machine makes a try longer, never shorter. Without the work it is a twentieth.
  for (let round = 0; round < 9; round++) {
    for (const email of Object.keys(least)) {
      const start = performance.now();
      await enter(email, 'wrong', `10.0.${email.length}.${round}`).catch(() => {});
      least[email] = Math.min(least[email] ?? 0, performance.now() - start);
    }
  }
  const ratio = (least['nobody@example.com'] ?? 0) / (least[owner.email] ?? 1);
  expect(ratio).toBeGreaterThan(0.3);
  expect(ratio).toBeLessThan(3);
});

test('the eleventh try for one name waits, also for the right password and from another address', async () => {
  for (let n = 0; n < 10; n++)
    await expect(enter(owner.email, 'wrong', `10.0.0.${n}`)).rejects.toEqual(refusal('sign_in.wrong'));
  const retryAt = new Date(world.clock.now().getTime() + 15 * 60_000);
  await expect(enter(owner.email, PASSWORD, '10.9.9.9')).rejects.toMatchObject({
    code: 'sign_in.too_many',
    params: { retryAt },
  });
  world.clock.set(retryAt);
  expect((await enter()).next).toBe('second_factor');
});

test('the thirty-first try from one address waits, whatever the name', async () => {
  for (let n = 0; n < 30; n++)
    await expect(enter(`name${n}@example.com`, 'x')).rejects.toEqual(refusal('sign_in.wrong'));
  await expect(enter('other@example.com', 'x')).rejects.toEqual(refusal('sign_in.too_many'));
  expect((await enter(owner.email, PASSWORD, '10.7.7.7')).next).toBe('second_factor');
});

test('a hundred tries at once are counted as a hundred', async () => {
  const tries = Array.from({ length: 100 }, (_, n) => enter(owner.email, 'wrong', `10.0.1.${n}`));
  const codes = (await Promise.allSettled(tries)).map((r) => (r.status === 'rejected' ? r.reason.code : 'in'));
  expect(codes.filter((code) => code === 'sign_in.wrong')).toHaveLength(10);
  expect(codes.filter((code) => code === 'sign_in.too_many')).toHaveLength(90);
});

test('guessing codes is counted as well', async () => {
  const { token } = await enter();
  for (let n = 0; n < 10; n++) await expect(prove(token, '000000')).rejects.toEqual(refusal('sign_in.code_wrong'));
  await expect(prove(token, owner.code())).rejects.toEqual(refusal('sign_in.too_many'));
});

test('a session ends after half an hour of silence, and after twelve hours in any case', async () => {
  world.clock.pass(29 * 60_000);
  expect(await owner.open()).toBeDefined();
  world.clock.pass(29 * 60_000);
  expect(await owner.open()).toBeDefined();
  world.clock.pass(30 * 60_000);
  expect(await owner.open()).toBeUndefined();
  const { token } = await prove((await enter()).token, owner.code());
  for (let n = 0; n < 12 * 3 - 1; n++) {
    world.clock.pass(20 * 60_000);
    expect(await openSession(door(world), { token, isVisit: true })).toBeDefined();
  }
  world.clock.pass(20 * 60_000);
  expect(await openSession(door(world), { token, isVisit: true })).toBeUndefined();
});

test('what a page fetches by itself does not keep a session alive', async () => {
  for (let n = 0; n < 29; n++) {
    world.clock.pass(60_000);
    await openSession(door(world), { token: owner.token, isVisit: false });
  }
  world.clock.pass(60_000);
  expect(await owner.open()).toBeUndefined();
});

test('the second step waits ten minutes', async () => {
  const { token } = await enter();
  world.clock.pass(10 * 60_000);
  await expect(prove(token, owner.code())).rejects.toEqual(refusal('session.ended'));
});

test('a manager who has not enrolled is sent to do so; support goes on', async () => {
  for (const [role, next] of [
    ['manager', 'enrol'],
    ['support', 'open'],
  ] as const) {
    const email = `${role}@example.com`;
    const { token } = await accept(world, (await inviteOperator(owner.ctx, { email, role })).token, email);
    expect((await openSession(door(world), { token, isVisit: true }))?.next).toBe(next);
    expect((await enter(email)).next).toBe(next);
  }
});

test('support that becomes manager must enrol before the next page', async () => {
  const email = 'rising@example.com';
  const { token } = await accept(world, (await inviteOperator(owner.ctx, { email, role: 'support' })).token, email);
  const opened = await openSession(door(world), { token, isVisit: true });
  await changeRole(owner.ctx, { operatorId: opened?.operator.id ?? '', version: 0, role: 'manager' });
  expect((await openSession(door(world), { token, isVisit: true }))?.next).toBe('enrol');
});

test('the secret of the app is shown until it is confirmed and never again', async () => {
  const email = 'new@example.com';
  const { token } = await accept(world, (await inviteOperator(owner.ctx, { email, role: 'manager' })).token, email);
  const opened = await openSession(door(world), { token, isVisit: true });
  if (!opened) throw new Error('no session');
  const ctx = as(owner.ctx, actorOf(opened.operator));
  expect(await beginEnrolment(ctx)).toEqual(await beginEnrolment(ctx));
  const wrong = { sessionId: opened.session.id, code: '000000', from: FROM };
  await expect(confirmEnrolment(ctx, wrong)).rejects.toEqual(refusal('sign_in.code_wrong'));
  await expect(beginEnrolment(owner.ctx)).rejects.toEqual(refusal('second_factor.enrolled'));
});

test('sessions are listed and ended by their owner alone', async () => {
  const { token } = await prove((await enter()).token, owner.code());
  const other = await colleague(world, owner, 'manager');
  const mine = await owner.open();
  const theirs = await other.open();
  if (!mine || !theirs) throw new Error('no session');
  expect(await listSessions(owner.ctx)).toHaveLength(2);
  await signOut(owner.ctx, { sessionId: theirs.session.id });
  expect(await other.open()).toBeDefined();
  expect(await signOutOthers(owner.ctx, { sessionId: mine.session.id })).toEqual({ ended: 1 });
  expect(await openSession(door(world), { token, isVisit: true })).toBeUndefined();
  await signOut(owner.ctx, { sessionId: mine.session.id });
  expect(await owner.open()).toBeUndefined();
});

test('disabling ends the sessions at once; enabling lets sign in again', async () => {
  const other = await colleague(world, owner, 'auditor');
  await disableOperator(owner.ctx, await seen(world, other));
  expect(await other.open()).toBeUndefined();
  await enableOperator(owner.ctx, await seen(world, other));
  expect(await other.open()).toBeUndefined();
  expect((await enter(other.email)).next).toBe('second_factor');
});

test('a proof holds for ten minutes; password or code renews it, a wrong one does not', async () => {
  const opened = await owner.open();
  const sessionId = opened?.session.id ?? '';
  await requireConfirmed(owner.ctx, { sessionId });
  world.clock.pass(10 * 60_000);
  await expect(requireConfirmed(owner.ctx, { sessionId })).rejects.toEqual(refusal('session.unconfirmed'));
  const confirm = (proof: string) => confirmSession(owner.ctx, { sessionId, proof, address: FROM.address });
  await expect(confirm('wrong')).rejects.toEqual(refusal('session.proof_wrong'));
  await confirm(PASSWORD);
  await requireConfirmed(owner.ctx, { sessionId });
  world.clock.pass(10 * 60_000);
  await confirm(owner.code());
  await requireConfirmed(owner.ctx, { sessionId });
  const other = await colleague(world, owner, 'manager');
  await expect(requireConfirmed(other.ctx, { sessionId })).rejects.toEqual(refusal('session.unconfirmed'));
});

test('no token, password, code or secret is stored or logged as it is', async () => {
  const stored = JSON.stringify([
    await owner.ctx.db.select().from(operator),
    await owner.ctx.db.select().from(operatorSession),
    world.log.lines,
  ]);
  for (const secret of [PASSWORD, owner.token, ...owner.recoveryCodes]) expect(stored).not.toContain(secret);
  expect(stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
});
