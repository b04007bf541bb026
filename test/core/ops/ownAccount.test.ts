import { and, eq, isNull } from 'drizzle-orm';
import { generateSync } from 'otplib/functional';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inviteOperator } from '../../../src/core/ops/invite.ts';
import {
  changeRole,
  disableOperator,
  enableOperator,
  listOperators,
  resetSecondFactor,
} from '../../../src/core/ops/operator.ts';
import { changePassword, changeProfile } from '../../../src/core/ops/ownAccount.ts';
import {
  beginEnrolment,
  confirmEnrolment,
  recoveryCodesLeft,
  renewRecoveryCodes,
} from '../../../src/core/ops/secondFactor.ts';
import { openSession } from '../../../src/core/ops/session.ts';
import { proveSecondFactor, signIn } from '../../../src/core/ops/signIn.ts';
import { operator } from '../../../src/core/tables.ts';
import { auditOf } from '../../support/money.ts';
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

const NEW_PASSWORD = 'another horse entirely';

let world: World;
let owner: TestOperator;
beforeEach(async () => {
  world = await createWorld();
  owner = await firstOwner(world);
});
afterEach(() => world.close());

const refusal = (code: string) => expect.objectContaining({ code });
const enter = (email: string, password = PASSWORD) => signIn(door(world), { email, password, from: FROM });
const prove = (token: string, code: string) => proveSecondFactor(door(world), { token, code, from: FROM });
const opens = (token: string) => openSession(door(world), { token, isVisit: true });

async function change(of: TestOperator, old: string, password: string) {
  const sessionId = (await of.open())?.session.id ?? '';
  return changePassword(of.ctx, { sessionId, old, password, from: FROM });
}

test('a new password ends every other session and gives this one a new token', async () => {
  const other = (await prove((await enter(owner.email)).token, owner.code())).token;
  const waiting = (await enter(owner.email)).token;
  const { token } = await change(owner, PASSWORD, NEW_PASSWORD);
  expect((await opens(token))?.next).toBe('open');
  for (const ended of [owner.token, other, waiting]) expect(await opens(ended)).toBeUndefined();
  await expect(enter(owner.email)).rejects.toEqual(refusal('sign_in.wrong'));
  expect((await enter(owner.email, NEW_PASSWORD)).next).toBe('second_factor');
  expect(await auditOf(world, owner.id)).toContain('operator.password_changed');
  const [row] = await owner.ctx.db.select().from(operator).where(eq(operator.id, owner.id));
  expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('a new password needs the old one, however fresh the session, and is not weak', async () => {
  await expect(change(owner, 'not the password', NEW_PASSWORD)).rejects.toEqual(refusal('operator.password_wrong'));
  for (const weak of ['short', owner.email.toUpperCase(), 'x'.repeat(201)])
    await expect(change(owner, PASSWORD, weak)).rejects.toEqual(refusal('operator.password_weak'));
  expect((await enter(owner.email)).next).toBe('second_factor');
});

test('guesses of the old password are counted', async () => {
  for (let n = 0; n < 10; n++)
    await expect(change(owner, `guess ${n}`, NEW_PASSWORD)).rejects.toEqual(refusal('operator.password_wrong'));
  await expect(change(owner, PASSWORD, NEW_PASSWORD)).rejects.toEqual(refusal('sign_in.too_many'));
});

test('of two new passwords at once one holds', async () => {
  const tries = [NEW_PASSWORD, `${NEW_PASSWORD} 2`].map((password) => change(owner, PASSWORD, password));
  const results = await Promise.allSettled(tries);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('whoever signs in with a password that is being changed at that moment gets no session that lasts', async () => {
  const other = await colleague(world, owner, 'support');
  const results = await Promise.allSettled([
    change(other, PASSWORD, NEW_PASSWORD),
    ...[1, 2, 3, 4].map(() => enter(other.email)),
  ]);
  const [changed, ...entered] = results;
  expect(changed?.status).toBe('fulfilled');
  for (const result of entered)
    if (result.status === 'fulfilled') expect(await opens(result.value.token)).toBeUndefined();
});

test('name and language are changed by their owner; an edit made on an old page is noticed', async () => {
  const { version } = await seen(world, owner);
  await changeProfile(owner.ctx, { name: ' Malee S. ', language: 'th', version });
  expect((await owner.open())?.operator).toMatchObject({ name: 'Malee S.', language: 'th' });
  await changeProfile(owner.ctx, { name: 'Malee S.', language: 'th', version }); // the same form, sent twice
  await expect(changeProfile(owner.ctx, { name: 'Other', language: 'th', version })).rejects.toEqual(
    refusal('operator.stale'),
  );
  await expect(changeProfile(owner.ctx, { name: '\u202e', language: 'th', version })).rejects.toEqual(
    refusal('operator.name_invalid'),
  );
  expect((await auditOf(world, owner.id)).filter((action) => action === 'operator.renamed')).toHaveLength(1);
});

test('new recovery codes end the old ones', async () => {
  const [old = ''] = owner.recoveryCodes;
  const { recoveryCodes } = await renewRecoveryCodes(owner.ctx);
  expect(new Set([...recoveryCodes, ...owner.recoveryCodes]).size).toBe(20);
  await expect(prove((await enter(owner.email)).token, old)).rejects.toEqual(refusal('sign_in.code_wrong'));
  await prove((await enter(owner.email)).token, recoveryCodes[3] ?? '');
  expect(await recoveryCodesLeft(owner.ctx)).toBe(9);
});

test('there are no recovery codes without a second factor', async () => {
  const { ctx } = await plain('support');
  await expect(renewRecoveryCodes(ctx)).rejects.toEqual(refusal('second_factor.missing'));
});

/** Somebody who has not set up a second factor. */
async function plain(role: 'support' | 'auditor') {
  const email = `plain-${role}@example.com`;
  const { token } = await accept(world, (await inviteOperator(owner.ctx, { email, role })).token, email);
  const id = (await opens(token))?.operator.id ?? '';
  return { id, email, token, ctx: world.ctx({ kind: 'operator', operatorId: id, role }) };
}

test('a second factor that an owner has reset must be set up again before anything else, whatever the role', async () => {
  for (const role of ['owner', 'support'] as const) {
    const other = await colleague(world, owner, role);
    const before = (await enter(other.email)).token;
    await resetSecondFactor(owner.ctx, await seen(world, other));
    for (const ended of [other.token, before]) expect(await opens(ended)).toBeUndefined();
    const { token, next } = await enter(other.email);
    expect([next, (await opens(token))?.next]).toEqual(['enrol', 'enrol']);
    const row = (await listOperators(owner.ctx)).find(({ id }) => id === other.id);
    expect([row?.mustEnrol, row?.totpSealed, row?.totpConfirmedAt]).toEqual([true, null, null]);
    const { secret } = await beginEnrolment(other.ctx);
    const sessionId = (await opens(token))?.session.id ?? '';
    const code = generateSync({ secret, epoch: Math.floor(world.clock.now().getTime() / 1000) });
    const enrolled = await confirmEnrolment(other.ctx, { sessionId, code, from: FROM });
    expect((await opens(enrolled.token))?.next).toBe('open');
    expect(await auditOf(world, other.id)).toContain('operator.second_factor_reset');
  }
});

test('a reset is made once, on what was seen, and never by oneself', async () => {
  const other = await colleague(world, owner, 'manager');
  const now = await seen(world, other);
  await expect(resetSecondFactor(owner.ctx, await seen(world, owner))).rejects.toEqual(refusal('operator.oneself'));
  await expect(resetSecondFactor(owner.ctx, { ...now, version: now.version - 1 })).rejects.toEqual(
    refusal('operator.stale'),
  );
  expect(await other.open()).toBeDefined();
  await resetSecondFactor(owner.ctx, now);
  await resetSecondFactor(owner.ctx, now);
  const { token } = await enter(other.email);
  const { secret } = await beginEnrolment(other.ctx);
  const sessionId = (await opens(token))?.session.id ?? '';
  const code = generateSync({ secret, epoch: Math.floor(world.clock.now().getTime() / 1000) });
  await confirmEnrolment(other.ctx, { sessionId, code, from: FROM });
  // The first form, sent once more: it was decided on another second factor.
  await expect(resetSecondFactor(owner.ctx, now)).rejects.toEqual(refusal('operator.stale'));
});

test('nothing is reset where there is no second factor', async () => {
  const { id } = await plain('auditor');
  await resetSecondFactor(owner.ctx, { operatorId: id, version: 0 });
  expect(await auditOf(world, id)).not.toContain('operator.second_factor_reset');
  expect((await listOperators(owner.ctx)).find((row) => row.id === id)?.mustEnrol).toBe(false);
});

test('a change that was decided on an old version is refused; one that is as wished already is done', async () => {
  const other = await colleague(world, owner, 'support');
  const first = await seen(world, other);
  await changeRole(owner.ctx, { ...first, role: 'auditor' });
  await changeRole(owner.ctx, { ...first, role: 'auditor' });
  for (const late of [
    () => changeRole(owner.ctx, { ...first, role: 'manager' }),
    () => disableOperator(owner.ctx, first),
  ])
    await expect(late()).rejects.toEqual(refusal('operator.stale'));
  await disableOperator(owner.ctx, await seen(world, other));
  await expect(enableOperator(owner.ctx, first)).rejects.toEqual(refusal('operator.stale'));
  await enableOperator(owner.ctx, await seen(world, other));
});

test('of two owners who change one colleague at the same moment one is told', async () => {
  const second = await colleague(world, owner, 'owner');
  const other = await colleague(world, owner, 'support');
  const now = await seen(world, other);
  const results = await Promise.allSettled([
    changeRole(owner.ctx, { ...now, role: 'auditor' }),
    changeRole(second.ctx, { ...now, role: 'manager' }),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('owners who all remove each other at once leave one', async () => {
  const owners = [owner, await colleague(world, owner, 'owner'), await colleague(world, owner, 'owner')];
  const versions = await Promise.all(owners.map((one) => seen(world, one)));
  await Promise.allSettled(
    owners.flatMap((one, n) =>
      versions.flatMap((target, m) =>
        n === m ? [] : [disableOperator(one.ctx, target), changeRole(one.ctx, { ...target, role: 'support' })],
      ),
    ),
  );
  const left = and(eq(operator.role, 'owner'), isNull(operator.disabledAt));
  expect(await owner.ctx.db.$count(operator, left)).toBe(1);
});
