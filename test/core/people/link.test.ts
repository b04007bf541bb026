import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin, previewJoin } from '../../../src/core/money/join.ts';
import { matchSuspense } from '../../../src/core/money/suspense.ts';
import { requestTopup } from '../../../src/core/money/topup.ts';
import { listTransactions } from '../../../src/core/money/transactions.ts';
import { identitiesOf } from '../../../src/core/people/identity.ts';
import { claimLink, createLinkCode, refuseLink } from '../../../src/core/people/link.ts';
import { blockUser, readUser } from '../../../src/core/people/user.ts';
import {
  adjustWallet,
  auditOf,
  balancesOf,
  expectClean,
  job,
  lastSuspense,
  newTopup,
  noticesOf,
  operator,
  record,
  stateOf,
  walletOf,
} from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const person = async () => (await world.person()).userId;
const rich = async (amountSatang = 500_00n) => {
  const userId = await person();
  const top = await newTopup(world, userId, amountSatang);
  await record(world, paid(top.reference, amountSatang));
  return { userId, top };
};
const code = async (userId: UserId) => (await createLinkCode(as(userId), { userId })).code;
const claim = (userId: UserId, code: string) => claimLink(as(userId), { userId, code });
const agree = (userId: UserId, linkId: string) => agreeToJoin(as(userId), { userId, linkId });
const linked = async (issuer: UserId, claimant: UserId) => (await claim(claimant, await code(issuer))).id;

describe('a code', () => {
  test('is understood in small letters, with dashes and spaces', async () => {
    const [issuer, claimant] = [await person(), await person()];
    const given = await code(issuer);
    expect(given).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    const row = await claim(claimant, ` ${given.slice(0, 4).toLowerCase()}-${given.slice(4)} `);
    expect([row.status, row.claimantId]).toEqual(['claimed', claimant]);
    expect((await claim(claimant, given)).id).toBe(row.id); // typed twice
  });

  test('that is wrong, empty or hostile is refused: link.code_invalid', async () => {
    const userId = await person();
    for (const wrong of ['', 'AAAAAAAA', "' or 1=1 --", '\u0000', 'ก'.repeat(5000)])
      await expect(claim(userId, wrong)).rejects.toMatchObject({ code: 'link.code_invalid' });
  });

  test('is good for ten minutes', async () => {
    const [issuer, claimant] = [await person(), await person()];
    const given = await code(issuer);
    world.clock.pass(minutes(10));
    await expect(claim(claimant, given)).rejects.toMatchObject({ code: 'link.code_invalid' });
  });

  test('that somebody has claimed is taken, and of ten at once one gets it', async () => {
    const issuer = await person();
    const others = await Promise.all(Array.from({ length: 10 }, person));
    const given = await code(issuer);
    const results = await Promise.allSettled(others.map((userId) => claim(userId, given)));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    for (const r of results) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'link.code_invalid' });
  });

  test("of one's own is refused: link.same_account", async () => {
    const userId = await person();
    await expect(claim(userId, await code(userId))).rejects.toMatchObject({ code: 'link.same_account' });
  });

  test('ends when a newer one is asked for', async () => {
    const [issuer, claimant] = [await person(), await person()];
    const old = await code(issuer);
    await code(issuer);
    await expect(claim(claimant, old)).rejects.toMatchObject({ code: 'link.code_invalid' });
  });

  test('is stored as a hash', async () => {
    const given = await code(await person());
    const rows = await world.ctx(job).db.execute('select * from link');
    expect(JSON.stringify(rows)).not.toContain(given);
  });
});

describe('joining', () => {
  test('with nothing behind the code needs the word of the side that typed it alone', async () => {
    const issuer = await person();
    const { userId: claimant } = await rich(500_00n);
    const linkId = await linked(issuer, claimant);
    const preview = await previewJoin(as(claimant), { userId: claimant, linkId });
    expect(preview).toMatchObject({ needsIssuer: false, mineSatang: 500_00n, other: { providers: ['local'] } });
    expect(await agree(claimant, linkId)).toBe('joined');
    expect((await readUser(as(issuer), claimant)).mergedInto).toBe(issuer);
    expect(await identitiesOf(as(issuer), issuer)).toHaveLength(2);
    expect(await agree(claimant, linkId)).toBe('joined'); // pressed twice
    expect(await walletOf(world, issuer)).toBe(500_00n);
  });

  test('with money behind the code needs the issuer too, whatever the other side has: a code can be talked out of people', async () => {
    const { userId: issuer } = await rich();
    const claimant = await person();
    const linkId = await linked(issuer, claimant);
    expect(await agree(claimant, linkId)).toBe('waiting_for_other');
    expect((await readUser(as(issuer), claimant)).mergedInto).toBeNull();
    expect(await agree(issuer, linkId)).toBe('joined');
  });

  test('with money on both sides needs both, and moves wallet, top-ups and history', async () => {
    const [{ userId: issuer }, { userId: claimant, top }] = [await rich(500_00n), await rich(300_00n)];
    const waiting = await newTopup(world, claimant, 50_00n);
    const linkId = await linked(issuer, claimant);
    expect((await previewJoin(as(claimant), { userId: claimant, linkId })).needsIssuer).toBe(true);
    expect(await agree(issuer, linkId)).toBe('waiting_for_other'); // not before the other has said yes
    expect(await agree(claimant, linkId)).toBe('waiting_for_other');
    expect(await agree(claimant, linkId)).toBe('waiting_for_other');
    expect(await noticesOf(world, issuer)).toEqual(['topup.settled', 'link.asked']);
    expect(await balancesOf(world, issuer)).toMatchObject({ walletSatang: 500_00n });
    expect(await agree(issuer, linkId)).toBe('joined');
    expect(await walletOf(world, issuer)).toBe(800_00n);
    expect(await walletOf(world, claimant)).toBe(0n);
    const list = await listTransactions(as(issuer), { userId: issuer, filter: {}, page: 1, limit: 20 });
    expect(list.items.map((i) => i.amountSatang).sort()).toEqual([300_00n, 500_00n, 50_00n].sort());
    await record(world, paid(waiting.reference, 50_00n));
    expect(await walletOf(world, issuer)).toBe(850_00n);
    const refundOf = paid(top.reference, 300_00n, { status: 'refunded' });
    expect((await record(world, refundOf)).outcome).toBe('refund_kept'); // a charge nobody knows
    expect(await noticesOf(world, issuer)).toContain('link.joined');
    expect(await auditOf(world, issuer)).toContain('user.joined_with');
  });

  test('carries a debt along, and pays it from what both have', async () => {
    const [{ userId: issuer }, claimant] = [await rich(200_00n), await person()];
    const top = await newTopup(world, claimant, 500_00n);
    const event = paid(top.reference, 500_00n);
    await record(world, event);
    await adjustWallet(world.ctx(operator), {
      userId: claimant,
      amountSatang: -500_00n,
      reason: 'x',
      requestKey: 'debt',
    });
    await record(world, { ...event, eventId: 'evt_debt', status: 'refunded' });
    const linkId = await linked(issuer, claimant);
    await agree(claimant, linkId);
    await agree(issuer, linkId);
    expect(await balancesOf(world, issuer)).toEqual({ walletSatang: 0n, owedSatang: 300_00n });
    expect(await balancesOf(world, claimant)).toEqual({ walletSatang: 0n, owedSatang: 0n });
  });

  test('while a payment arrives keeps every satang, whoever is first', async () => {
    for (let round = 0; round < 12; round++) {
      const { userId: issuer } = await rich(100_00n);
      const claimant = await person();
      const top = await newTopup(world, claimant, 300_00n);
      const linkId = await linked(issuer, claimant);
      await agree(claimant, linkId);
      const event = paid(top.reference, 300_00n);
      await Promise.all([
        agree(issuer, linkId),
        record(world, event),
        record(world, { ...event, eventId: `again${round}` }),
      ]);
      expect(await balancesOf(world, issuer)).toEqual({ walletSatang: 400_00n, owedSatang: 0n });
      expect(await walletOf(world, claimant)).toBe(0n);
      expect(await stateOf(world, top.id)).toBe('settled');
    }
  });

  test('while operators give money to the side that goes away loses none of it', async () => {
    for (let round = 0; round < 8; round++) {
      const { userId: issuer } = await rich(100_00n);
      const claimant = await person();
      await record(world, paid(`TUSTRAY${round}`, 7_00n));
      const { id: suspenseId } = await lastSuspense(world);
      const linkId = await linked(issuer, claimant);
      const ops = world.ctx(operator);
      await Promise.all([
        agree(claimant, linkId),
        adjustWallet(ops, { userId: claimant, amountSatang: 5_00n, reason: 'x', requestKey: `gift-${round}` }),
        matchSuspense(ops, { suspenseId, to: { userId: claimant }, reason: 'x' }),
      ]);
      if ((await readUser(ops, claimant)).mergedInto === null) await agree(issuer, linkId); // the gift made it two with money
      expect([await walletOf(world, issuer), await walletOf(world, claimant)]).toEqual([112_00n, 0n]);
    }
  });

  test('is over: what operators give to the old id reaches the joined person', async () => {
    const [issuer, claimant] = [await person(), await person()];
    await agree(claimant, await linked(issuer, claimant));
    const ops = world.ctx(operator);
    await adjustWallet(ops, { userId: claimant, amountSatang: 5_00n, reason: 'x', requestKey: 'after' });
    await record(world, paid('TUAFTERJOIN', 7_00n));
    await matchSuspense(ops, { suspenseId: (await lastSuspense(world)).id, to: { userId: claimant }, reason: 'x' });
    expect([await walletOf(world, issuer), await walletOf(world, claimant)]).toEqual([12_00n, 0n]);
    expect((await noticesOf(world, issuer)).slice(-2)).toEqual(['wallet.adjusted', 'suspense.matched']);
  });

  test('chains: who joined first goes along with the second join', async () => {
    const [a, b, c] = [await person(), await person(), await person()];
    await agree(a, await linked(b, a));
    await agree(b, await linked(c, b));
    expect((await readUser(as(c), a)).mergedInto).toBe(c);
    expect(await identitiesOf(as(c), c)).toHaveLength(3);
  });

  test('a joined person can do nothing by the old id: user.merged', async () => {
    const [issuer, claimant] = [await person(), await person()];
    await agree(claimant, await linked(issuer, claimant));
    const request = requestTopup(as(claimant), { userId: claimant, amountSatang: 50_00n, requestKey: 'old-id' });
    await expect(request).rejects.toMatchObject({ code: 'user.merged' });
    await expect(code(claimant)).rejects.toMatchObject({ code: 'user.merged' });
  });

  test('of a blocked person is refused: user.blocked', async () => {
    const [issuer, claimant] = [await person(), await person()];
    const linkId = await linked(issuer, claimant);
    await blockUser(world.ctx(operator), { userId: claimant, reason: 'x' });
    await expect(agree(claimant, linkId)).rejects.toMatchObject({ code: 'user.blocked' });
  });
});

describe('a request to join that is over', () => {
  test('after a no of either side can be agreed to by neither: link.closed', async () => {
    for (const refuser of ['issuer', 'claimant'] as const) {
      const [{ userId: issuer }, { userId: claimant }] = [await rich(), await rich()];
      const linkId = await linked(issuer, claimant);
      await agree(claimant, linkId);
      const userId = refuser === 'issuer' ? issuer : claimant;
      await refuseLink(as(userId), { userId, linkId });
      await refuseLink(as(userId), { userId, linkId }); // pressed twice
      await expect(agree(issuer, linkId)).rejects.toMatchObject({ code: 'link.closed' });
      await expect(agree(claimant, linkId)).rejects.toMatchObject({ code: 'link.closed' });
      expect(await walletOf(world, issuer)).toBe(500_00n);
    }
  });

  test('after ten minutes, or for a stranger, is closed', async () => {
    const [issuer, claimant, stranger] = [await person(), await person(), await person()];
    const linkId = await linked(issuer, claimant);
    await expect(agree(stranger, linkId)).rejects.toMatchObject({ code: 'link.closed' });
    await expect(previewJoin(as(stranger), { userId: stranger, linkId })).rejects.toMatchObject({
      code: 'link.closed',
    });
    world.clock.pass(minutes(10));
    await expect(agree(claimant, linkId)).rejects.toMatchObject({ code: 'link.closed' });
    await expect(agree(claimant, 'lnk_none')).rejects.toMatchObject({ code: 'link.closed' });
  });

  test('gives the issuer ten minutes from the yes of the other', async () => {
    const [{ userId: issuer }, { userId: claimant }] = [await rich(), await rich()];
    const linkId = await linked(issuer, claimant);
    world.clock.pass(minutes(9));
    await agree(claimant, linkId);
    world.clock.pass(minutes(9));
    expect(await agree(issuer, linkId)).toBe('joined');
  });

  test('cannot be undone once joined', async () => {
    const [issuer, claimant] = [await person(), await person()];
    const linkId = await linked(issuer, claimant);
    await agree(claimant, linkId);
    await expect(refuseLink(as(issuer), { userId: issuer, linkId })).rejects.toMatchObject({ code: 'link.closed' });
  });
});
