import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal } from '../../../src/core/error.ts';
import type { UserId } from '../../../src/core/id.ts';
import { settleByHand } from '../../../src/core/money/byHand.ts';
import { clearingOf, readBalances, SUSPENSE, sumAccount } from '../../../src/core/money/ledger.ts';
import { refundTopup } from '../../../src/core/money/refund.ts';
import { recordGatewayEvent } from '../../../src/core/money/settle.ts';
import { matchSuspense, openSuspenseItems, returnSuspense } from '../../../src/core/money/suspense.ts';
import { payment } from '../../../src/core/money/tables.ts';
import { cancelTopup, expireTopups, type Topup } from '../../../src/core/money/topup.ts';
import { adjustWallet, expectClean, gateway, job, newTopup, operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const PRICE = 100_00n;

type Step =
  | { does: 'paid'; top: number; charge: number; baht: bigint }
  | { does: 'refunded'; charge: number; baht: bigint; event: number }
  | { does: 'failed' | 'cancel'; top: number; charge: number }
  | { does: 'expire' }
  | { does: 'byHand'; top: number; charge: number; baht: bigint }
  | { does: 'giveBack'; top: number; baht: bigint; request: number }
  | { does: 'adjust'; person: number; baht: bigint; request: number }
  | { does: 'match'; person: number; top: number; toTopup: boolean }
  | { does: 'return' };

const top = fc.nat(4); // the last one does not exist
const charge = fc.nat(5);
const baht = fc.constantFrom(20n, 99n, 100n, 150n);
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('paid' as const), top, charge, baht }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('refunded' as const), charge, baht, event: fc.nat(2) }) },
    fc.record({ does: fc.constantFrom('failed' as const, 'cancel' as const), top, charge }),
    fc.record({ does: fc.constant('expire' as const) }),
    fc.record({ does: fc.constant('byHand' as const), top, charge, baht }),
    fc.record({ does: fc.constant('giveBack' as const), top, baht, request: fc.nat(3) }),
    fc.record({
      does: fc.constant('adjust' as const),
      person: fc.nat(1),
      baht: fc.bigInt(-80n, 80n),
      request: fc.nat(3),
    }),
    fc.record({ does: fc.constant('match' as const), person: fc.nat(1), top, toTopup: fc.boolean() }),
    fc.record({ does: fc.constant('return' as const) }),
  ) as fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 24 },
);

interface Scene {
  run: number;
  people: UserId[];
  tops: Topup[];
}

const status = { paid: 'paid', refunded: 'refunded', failed: 'failed' } as const;

async function take(step: Step, { run, people, tops }: Scene): Promise<unknown> {
  const [ops, gate] = [world.ctx(operator), world.ctx(gateway)];
  const topOf = (n: number) => tops[n]?.id ?? 'top_none';
  const chargeId = 'charge' in step ? `chg_${run}_${step.charge}` : '';
  const reason = 'a property';
  switch (step.does) {
    case 'paid':
    case 'failed':
    case 'refunded':
      return recordGatewayEvent(gate, 'hook', {
        eventId: `evt_${run}_${step.does}_${chargeId}_${'event' in step ? step.event : ''}`,
        chargeId,
        reference: 'top' in step ? (tops[step.top]?.reference ?? `TUNONE${run}`) : '',
        status: status[step.does],
        amountSatang: 'baht' in step ? step.baht * 100n : PRICE,
        paidAt: null,
      });
    case 'cancel': {
      const row = tops[step.top];
      return (
        row && cancelTopup(world.ctx({ kind: 'user', userId: row.userId }), { userId: row.userId, topupId: row.id })
      );
    }
    case 'expire':
      return expireTopups(world.ctx(job));
    case 'byHand':
      return settleByHand(ops, { topupId: topOf(step.top), amountSatang: step.baht * 100n, chargeId, reason });
    case 'giveBack':
      return refundTopup(ops, {
        topupId: topOf(step.top),
        amountSatang: step.baht * 100n,
        reason,
        requestKey: `${run}:${step.request}`,
      });
    case 'adjust':
      return adjustWallet(ops, {
        userId: people[step.person] as UserId, // both are there
        amountSatang: step.baht * 100n,
        reason,
        requestKey: `${run}:${step.request}`,
      });
    case 'match': {
      const open = await openItem(run);
      const to = step.toTopup ? { topupId: topOf(step.top) } : { userId: people[step.person] as UserId }; // both are there
      return open && matchSuspense(ops, { suspenseId: open.item.id, to, reason });
    }
    case 'return': {
      const open = await openItem(run);
      return open && returnSuspense(ops, { suspenseId: open.item.id, reason });
    }
  }
}

async function openItem(run: number) {
  const open = await openSuspenseItems(world.ctx(operator));
  return open.find((o) => o.payment.chargeId.startsWith(`chg_${run}_`));
}

let runs = 0;

async function play(all: Step[], together: number) {
  runs += 1;
  const people = [(await world.person()).userId, (await world.person()).userId];
  const owners = [people[0], people[0], people[1], people[1]] as UserId[]; // two people, so all are there
  const tops: Topup[] = [];
  for (const userId of owners) tops.push(await newTopup(world, userId, PRICE));
  const scene = { run: runs, people, tops };
  for (let n = 0; n < all.length; n += together) {
    const results = await Promise.allSettled(all.slice(n, n + together).map((step) => take(step, scene)));
    for (const result of results)
      if (result.status === 'rejected' && !(result.reason instanceof Refusal)) throw result.reason;
  }
  await expectSound(people);
}

/** What must hold after anything: nobody below zero, and what gateways hold is what everybody has. */
async function expectSound(people: UserId[]) {
  await expectClean(world);
  const ctx = world.ctx(job);
  for (const userId of people) {
    const { walletSatang, owedSatang } = await readBalances(ctx, userId);
    expect(walletSatang).toBeGreaterThanOrEqual(0n);
    expect(owedSatang).toBeGreaterThanOrEqual(0n);
  }
  const held = (await ctx.db.select().from(payment)).reduce((sum, p) => sum + p.amountSatang - p.refundedSatang, 0n);
  expect(await sumAccount(ctx, clearingOf('hook'))).toBe(-held);
  const open = (await openSuspenseItems(ctx)).reduce(
    (sum, o) => sum + o.payment.amountSatang - o.payment.refundedSatang,
    0n,
  );
  expect(await sumAccount(ctx, SUSPENSE)).toBe(open);
}

test('any sequence of payments, refunds, corrections and matches leaves a sound ledger', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (all) => play(all, 1)),
    { numRuns: 60 },
  );
}, 120_000);

test('the same six at a time, and each twice', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (all) =>
      play(
        all.flatMap((step) => [step, step]),
        6,
      ),
    ),
    { numRuns: 40 },
  );
}, 180_000);
