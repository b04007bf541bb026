import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../src/core/access.ts';
import { auditEntry } from '../../../src/core/audit.ts';
import { days, minutes } from '../../../src/core/clock.ts';
import { as } from '../../../src/core/context.ts';
import type { UserId } from '../../../src/core/id.ts';
import {
  agreeToAdjustment,
  askAdjustment,
  refuseAdjustment,
  withdrawAdjustment,
} from '../../../src/core/money/adjustment.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { adjustmentLimit } from '../../../src/core/money/settings.ts';
import { ledgerTransfer, walletAdjustment } from '../../../src/core/money/tables.ts';
import { openAlerts } from '../../../src/core/notices/alert.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { writeSetting } from '../../../src/core/setting.ts';
import {
  alerts,
  auditOf,
  balancesOf,
  expectClean,
  newTopup,
  noticesOf,
  record,
  walletOf,
} from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
let userId: UserId;
let keys = 0;
let people = 0;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const newOperator = (): Actor => {
  people += 1;
  return { kind: 'operator', role: 'manager', operatorId: `opr_${people}` };
};
let [asker, other, third] = [newOperator(), newOperator(), newOperator()];
beforeEach(async () => {
  [asker, other, third] = [newOperator(), newOperator(), newOperator()];
  userId = (await world.person()).userId;
});
afterEach(() => expectClean(world));

const key = () => {
  keys += 1;
  return `form-${keys}`;
};
const ask = (amountSatang: bigint, more: Partial<Parameters<typeof askAdjustment>[1]> = {}, by = asker) =>
  askAdjustment(world.ctx(by), { userId, amountSatang, reason: 'a correction', requestKey: key(), ...more });
const agree = (adjustmentId: string, by = other) => agreeToAdjustment(world.ctx(by), { adjustmentId });
const refuse = (adjustmentId: string, by = other, reason = 'not so') =>
  refuseAdjustment(world.ctx(by), { adjustmentId, reason });
const withdraw = (adjustmentId: string, by = asker) => withdrawAdjustment(world.ctx(by), { adjustmentId });

async function read(id: string) {
  const [row] = await world.ctx(asker).db.select().from(walletAdjustment).where(eq(walletAdjustment.id, id));
  return row;
}
const transfersOf = (id: string) => world.ctx(asker).db.$count(ledgerTransfer, eq(ledgerTransfer.key, `adjust:${id}`));

describe('a correction up to the limit', () => {
  test('goes up and down at once, is audited with its operator, and the person is told why', async () => {
    const up = await ask(100_00n);
    await ask(-30_00n);
    expect([up.status, up.decidedBy]).toEqual(['done', asker.kind === 'operator' && asker.operatorId]);
    expect(await walletOf(world, userId)).toBe(70_00n);
    expect(await noticesOf(world, userId)).toEqual(['wallet.adjusted', 'wallet.adjusted']);
    expect(await auditOf(world, userId)).toEqual(['user.joined', 'wallet.adjusted', 'wallet.adjusted']);
    const [line] = await world.ctx(asker).db.select().from(auditEntry).where(eq(auditEntry.action, 'wallet.adjusted'));
    expect(line).toMatchObject({
      actor: `operator:${up.askedBy}`,
      detail: { reason: 'a correction', amountSatang: '10000', adjustmentId: up.id },
    });
  });

  test('sent ten times at once with one key is made once', async () => {
    const requestKey = key();
    const made = await Promise.all(Array.from({ length: 10 }, () => ask(100_00n, { requestKey })));
    expect(new Set(made.map((row) => row.id)).size).toBe(1);
    expect(await walletOf(world, userId)).toBe(100_00n);
    expect(await noticesOf(world, userId)).toEqual(['wallet.adjusted']);
  });

  test('with a used key and another amount, person or operator is refused: ledger.key_reused', async () => {
    const requestKey = key();
    await ask(100_00n, { requestKey });
    const { userId: somebody } = await world.person();
    const wrong = { code: 'ledger.key_reused' };
    await expect(ask(200_00n, { requestKey })).rejects.toMatchObject(wrong);
    await expect(ask(100_00n, { requestKey, userId: somebody })).rejects.toMatchObject(wrong);
    await expect(ask(100_00n, { requestKey }, other)).rejects.toMatchObject(wrong);
    expect([await walletOf(world, userId), await walletOf(world, somebody)]).toEqual([100_00n, 0n]);
  });

  test('of nothing, of nobody, without a reason, or of more than there is is refused', async () => {
    await expect(ask(0n)).rejects.toMatchObject({ code: 'amount.invalid' });
    await expect(ask(1n, { userId: 'usr_nobody' as UserId })).rejects.toMatchObject({ code: 'user.missing' });
    await expect(ask(1n, { reason: ' ' })).rejects.toMatchObject({ code: 'reason.required' });
    await ask(50_00n);
    await expect(ask(-50_01n)).rejects.toMatchObject({
      code: 'adjustment.exceeds_wallet',
      params: { walletSatang: 50_00n },
    });
    await expect(ask(-5_000_00n)).rejects.toMatchObject({ code: 'adjustment.exceeds_wallet' }); // nor does it wait
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 50_00n, owedSatang: 0n });
  });

  test('pays a debt first', async () => {
    const top = await newTopup(world, userId, 500_00n);
    const event = paid(top.reference, 500_00n);
    await record(world, event);
    await ask(-500_00n);
    await record(world, { ...event, eventId: key(), status: 'refunded', amountSatang: 200_00n });
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 200_00n });
    await ask(250_00n);
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 50_00n, owedSatang: 0n });
  });
});

describe('what one operator may do alone', () => {
  test('is 1,000 baht, to the satang', async () => {
    expect((await ask(1_000_00n)).status).toBe('done');
    expect((await ask(1_000_01n, {}, other)).status).toBe('waiting');
    expect(await walletOf(world, userId)).toBe(1_000_00n);
  });

  test('counts what they did in the last 24 hours, up and down and for anybody, so that parts do not get round it', async () => {
    await ask(600_00n);
    await ask(-300_00n);
    const { userId: somebody } = await world.person();
    expect((await ask(100_01n, { userId: somebody })).status).toBe('waiting');
    expect((await ask(100_00n, { userId: somebody })).status).toBe('done');
    expect((await ask(1n)).status).toBe('waiting');
    world.clock.pass(days(1) - minutes(1));
    expect((await ask(1n)).status).toBe('waiting');
    world.clock.pass(minutes(2));
    expect((await ask(1_000_00n)).status).toBe('done');
  });

  test('is counted one by one, however many come at once', async () => {
    const owners = await Promise.all(Array.from({ length: 12 }, async () => (await world.person()).userId));
    const asked = await Promise.all(owners.map((userId) => ask(300_00n, { userId })));
    expect(asked.filter((row) => row.status === 'done')).toHaveLength(3);
    const wallets = await Promise.all(owners.map((userId) => walletOf(world, userId)));
    expect(wallets.reduce((sum, walletSatang) => sum + walletSatang, 0n)).toBe(900_00n);
  });

  test('is not used up by what another operator agreed to', async () => {
    await agree((await ask(5_000_00n)).id);
    expect((await ask(1_000_00n)).status).toBe('done');
    expect((await ask(1_000_00n, {}, other)).status).toBe('done');
  });

  test('is a setting, and 0 lets nobody do anything alone', async () => {
    const owner = world.ctx({ kind: 'operator', role: 'owner', operatorId: 'opr_owner' });
    await writeSetting(owner, adjustmentLimit, { value: { aloneSatang: '0' }, version: 0 });
    expect((await ask(1n)).status).toBe('waiting');
    await writeSetting(owner, adjustmentLimit, { value: { aloneSatang: '500000' }, version: 1 });
    expect((await ask(5_000_00n)).status).toBe('done');
    await writeSetting(owner, adjustmentLimit, { value: { aloneSatang: '100000' }, version: 2 });
  });
});

describe('a correction above the limit', () => {
  test('moves nothing until another operator agrees, and operators are asked to look', async () => {
    const asked = await ask(5_000_00n);
    expect([asked.status, await walletOf(world, userId)]).toEqual(['waiting', 0n]);
    expect((await alerts(world)).at(-1)).toBe('adjustment.waiting');
    const open = async () => (await openAlerts(world.ctx(asker))).filter((alert) => alert.subject === asked.id);
    expect(await open()).toHaveLength(1);
    const done = await agree(asked.id);
    expect([done.status, done.askedBy, done.decidedBy]).toEqual(['done', asked.askedBy, `opr_${people - 1}`]);
    expect(await walletOf(world, userId)).toBe(5_000_00n);
    expect(await noticesOf(world, userId)).toEqual(['wallet.adjusted']);
    expect(await auditOf(world, userId)).toEqual(['user.joined', 'wallet.adjustment_asked', 'wallet.adjusted']);
    expect(await open()).toEqual([]); // nothing is left to look at
  });

  test('sent twice waits once', async () => {
    const requestKey = key();
    const made = await Promise.all(Array.from({ length: 5 }, () => ask(5_000_00n, { requestKey })));
    expect(new Set(made.map((row) => row.id)).size).toBe(1);
    expect(await auditOf(world, userId)).toEqual(['user.joined', 'wallet.adjustment_asked']);
  });

  test('is decided by nobody who asked for it: adjustment.own', async () => {
    const { id } = await ask(5_000_00n);
    await expect(agree(id, asker)).rejects.toMatchObject({ code: 'adjustment.own' });
    await expect(refuse(id, asker)).rejects.toMatchObject({ code: 'adjustment.own' });
    expect([(await read(id))?.status, await walletOf(world, userId)]).toEqual(['waiting', 0n]);
  });

  test('is agreed to once, however often one operator presses, and however many do', async () => {
    for (let round = 0; round < 6; round++) {
      const { id } = await ask(5_000_00n, { userId: (await world.person()).userId });
      const results = await Promise.allSettled([agree(id), agree(id, third), agree(id), agree(id, third)]);
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(2); // both presses of the one who was first
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'adjustment.decided' });
      expect(await transfersOf(id)).toBe(1);
    }
  });

  test('agreed to and withdrawn at once ends one way, and the money fits it', async () => {
    for (let round = 0; round < 8; round++) {
      const { userId: somebody } = await world.person();
      const { id } = await ask(5_000_00n, { userId: somebody });
      const steps = [() => agree(id), () => withdraw(id), () => refuse(id, third)];
      const results = await Promise.allSettled((round % 2 ? steps : steps.reverse()).map((step) => step()));
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      const done = (await read(id))?.status === 'done';
      expect([await walletOf(world, somebody), await transfersOf(id)]).toEqual(done ? [5_000_00n, 1] : [0n, 0]);
    }
  });

  test('is refused with a reason, and withdrawn by the one who asked alone', async () => {
    const [one, two] = [await ask(5_000_00n), await ask(6_000_00n)];
    await expect(refuse(one.id, other, ' ')).rejects.toMatchObject({ code: 'reason.required' });
    await refuse(one.id);
    expect(await refuse(one.id)).toMatchObject({ status: 'refused', decidedReason: 'not so' }); // pressed twice
    await expect(withdraw(two.id, other)).rejects.toMatchObject({ code: 'access.denied' });
    await withdraw(two.id);
    expect((await withdraw(two.id)).status).toBe('withdrawn');
    for (const { id } of [one, two])
      await expect(agree(id, third)).rejects.toMatchObject({ code: 'adjustment.decided' });
    await expect(withdraw(one.id)).rejects.toMatchObject({ code: 'adjustment.decided', params: { status: 'refused' } });
    expect(await walletOf(world, userId)).toBe(0n);
    expect((await auditOf(world, userId)).slice(-2)).toEqual([
      'wallet.adjustment_refused',
      'wallet.adjustment_withdrawn',
    ]);
    expect(await noticesOf(world, userId)).toEqual([]);
  });

  test('that takes more than the wallet still holds is refused and goes on waiting: adjustment.exceeds_wallet', async () => {
    await agree((await ask(5_000_00n)).id);
    const { id } = await ask(-4_500_00n);
    await ask(-600_00n);
    await expect(agree(id)).rejects.toMatchObject({
      code: 'adjustment.exceeds_wallet',
      params: { walletSatang: 4_400_00n },
    });
    expect((await read(id))?.status).toBe('waiting');
    await ask(100_00n, {}, third);
    expect((await agree(id)).status).toBe('done');
    expect(await walletOf(world, userId)).toBe(0n);
  });

  test('follows a person who was joined with another meanwhile', async () => {
    const { id } = await ask(5_000_00n);
    const { userId: issuer } = await world.person();
    const { code } = await createLinkCode(as(world.ctx(asker), { kind: 'user', userId: issuer }), { userId: issuer });
    const me = world.ctx({ kind: 'user', userId });
    const { id: linkId } = await claimLink(me, { userId, code });
    expect(await agreeToJoin(me, { userId, linkId })).toBe('joined');
    await agree(id);
    expect([await walletOf(world, issuer), await walletOf(world, userId)]).toEqual([5_000_00n, 0n]);
    expect((await read(id))?.userId).toBe(issuer);
  });

  test('that does not exist is refused: adjustment.missing', async () => {
    for (const act of [agree, refuse, withdraw])
      await expect(act('adj_none')).rejects.toMatchObject({ code: 'adjustment.missing' });
  });

  test('is for those alone who may adjust wallets', async () => {
    const { id } = await ask(5_000_00n);
    for (const role of ['support', 'auditor'] as const)
      for (const act of [agree, refuse, withdraw])
        await expect(act(id, { kind: 'operator', role, operatorId: 'opr_x' })).rejects.toMatchObject({
          code: 'access.denied',
        });
    await expect(ask(1n, {}, { kind: 'user', userId })).rejects.toMatchObject({ code: 'access.denied' });
  });
});
