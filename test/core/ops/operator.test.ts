import { desc } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { needsSecondFactor, permissions, requirePermission, roles } from '../../../src/core/access.ts';
import {
  acceptInvite,
  inviteOperator,
  offerFirstInvite,
  openInvites,
  readInvite,
  revokeInvite,
} from '../../../src/core/ops/invite.ts';
import { changeRole, disableOperator, listOperators, makeFirstOperator } from '../../../src/core/ops/operator.ts';
import { signIn } from '../../../src/core/ops/signIn.ts';
import { auditEntry } from '../../../src/core/tables.ts';
import { accept, colleague, door, FROM, firstOwner, PASSWORD, seen } from '../../support/operators.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const start = () => world.ctx({ kind: 'job', name: 'start' });
const refusal = (code: string) => expect.objectContaining({ code });

test('the link for the first operator works once, and every other such link ends with it', async () => {
  const [one, two] = [await offerFirstInvite(start()), await offerFirstInvite(start())];
  if (!one || !two) throw new Error('no link');
  const at = (token: string) => accept(world, token, 'first@example.com');
  const results = await Promise.allSettled([at(one), at(two), at(one)]);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  for (const token of [one, two])
    await expect(readInvite(door(world), { token })).rejects.toEqual(refusal('invite.closed'));
  expect(await offerFirstInvite(start())).toBeNull();
});

test('the environment makes the first operator, and only the first', async () => {
  expect(await makeFirstOperator(start(), { email: 'Boss@Example.com', password: PASSWORD })).toBe(true);
  expect(await makeFirstOperator(start(), { email: 'two@example.com', password: PASSWORD })).toBe(false);
  const entered = await signIn(door(world), { email: 'boss@example.com', password: PASSWORD, from: FROM });
  expect(entered.next).toBe('enrol');
});

test('only an owner invites, and only with a usable address and a known role', async () => {
  const owner = await firstOwner(world);
  for (const role of ['manager', 'support', 'auditor'] as const) {
    const { ctx } = await colleague(world, owner, role);
    await expect(inviteOperator(ctx, { email: 'x@example.com', role: 'owner' })).rejects.toEqual(
      refusal('access.denied'),
    );
  }
  const invite = (email: string, role = 'support') => inviteOperator(owner.ctx, { email, role });
  await expect(invite('nonsense')).rejects.toEqual(refusal('operator.email_invalid'));
  await expect(invite('x@example.com', 'king')).rejects.toEqual(refusal('operator.role_unknown'));
  await expect(invite(owner.email.toUpperCase())).rejects.toEqual(refusal('operator.exists'));
});

test('an invitation is good for three days, ends when it is revoked, and a second one replaces the first', async () => {
  const owner = await firstOwner(world);
  const invite = () => inviteOperator(owner.ctx, { email: 'new@example.com', role: 'support' });
  const closed = (token: string) =>
    expect(readInvite(door(world), { token })).rejects.toEqual(refusal('invite.closed'));
  const first = await invite();
  const second = await invite();
  await closed(first.token);
  const [open] = await openInvites(owner.ctx);
  await revokeInvite(owner.ctx, { inviteId: open?.id ?? '' });
  await closed(second.token);
  const third = await invite();
  world.clock.pass(3 * 86_400_000);
  await closed(third.token);
});

test('a weak password and a name without letters are refused, and the link stays good', async () => {
  const token = (await offerFirstInvite(start())) ?? '';
  const input = { token, email: 'long.enough@example.com', language: 'en', from: FROM, name: 'Malee' } as const;
  for (const password of ['short', 'Long.Enough@example.com', 'x'.repeat(201)])
    await expect(acceptInvite(door(world), { ...input, password })).rejects.toEqual(refusal('operator.password_weak'));
  await expect(acceptInvite(door(world), { ...input, name: ' \u202e ', password: PASSWORD })).rejects.toEqual(
    refusal('operator.name_invalid'),
  );
  await acceptInvite(door(world), { ...input, password: 'สิบสองตัวอักษร' });
});

test('there is always an owner: the last one is neither demoted nor disabled, not even two by each other', async () => {
  const owner = await firstOwner(world);
  await expect(changeRole(owner.ctx, { ...(await seen(world, owner)), role: 'manager' })).rejects.toEqual(
    refusal('operator.last_owner'),
  );
  await expect(disableOperator(owner.ctx, await seen(world, owner))).rejects.toEqual(refusal('operator.last_owner'));
  const other = await colleague(world, owner, 'owner');
  const results = await Promise.allSettled([
    disableOperator(owner.ctx, await seen(world, other)),
    changeRole(other.ctx, { ...(await seen(world, owner)), role: 'support' }),
  ]);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  await expect(changeRole(owner.ctx, { operatorId: 'opr_nobody', version: 0, role: 'owner' })).rejects.toEqual(
    refusal('operator.missing'),
  );
});

test('whatever is done to operators is audited with who did it', async () => {
  const owner = await firstOwner(world);
  const other = await colleague(world, owner, 'support');
  await changeRole(owner.ctx, { ...(await seen(world, other)), role: 'auditor' });
  const [line] = await owner.ctx.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
  expect(line).toMatchObject({
    actor: `operator:${owner.id}`,
    action: 'operator.role_changed',
    subject: other.id,
    detail: { old: 'support', new: 'auditor' },
  });
  expect((await listOperators(owner.ctx)).map((row) => row.role)).toEqual(['owner', 'auditor']);
});

test('the table of permissions is what decides, for every role', () => {
  for (const [permission, allowed] of Object.entries(permissions))
    for (const role of roles) {
      const ctx = world.ctx({ kind: 'operator', operatorId: 'opr_x', role });
      const ask = () => requirePermission(ctx, permission as keyof typeof permissions); // a key of that very table
      if (allowed.includes(role)) expect(ask).not.toThrow();
      else expect(ask).toThrow('access.denied');
    }
  expect(roles.filter(needsSecondFactor)).toEqual(['owner', 'manager']);
});
