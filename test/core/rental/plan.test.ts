import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { changeNextPlan } from '../../../src/core/rental/change.ts';
import type { Plan } from '../../../src/core/rental/held.ts';
import { setCancelAtEnd } from '../../../src/core/rental/operate.ts';
import { allPlans, createPlan, editPlan, type PlanWords, setPlanStatus } from '../../../src/core/rental/plan.ts';
import { quoteRenew } from '../../../src/core/rental/quote.ts';
import { renewContract } from '../../../src/core/rental/rent.ts';
import { previewReprice, repricePlan, tellHolders } from '../../../src/core/rental/reprice.ts';
import { languages, translate } from '../../../src/core/text/text.ts';
import { auditOf, job, operator } from '../../support/money.ts';
import { BASIC, contractOf, fund, moved, rentedBy, sweep, termsOf, told } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const ops = () => world.ctx(operator);
const words: PlanWords = {
  nameTh: 'ทดสอบ',
  nameEn: 'Test',
  aboutTh: 'สำหรับทดสอบ',
  aboutEn: 'For a test',
  features: ['plugins'],
  quotas: { tradingBots: 4 },
  trialDays: 0,
};
let made = 0;
const make = (priceSatang = 100_00n) => createPlan(ops(), { ...words, code: `test_${++made}`, priceSatang });
const tenant = async (plan: Plan, autoRenew = true) => {
  const { userId } = await world.person();
  await rentedBy(world, userId, plan.id, { autoRenew });
  return contractOf(world, userId);
};
const reprice = (plan: Plan, priceSatang: bigint) =>
  repricePlan(ops(), { planId: plan.id, version: plan.version, priceSatang, reason: 'costs' });

describe('a plan', () => {
  test('is changed by who has seen its last version: plan.stale', async () => {
    const plan = await make();
    const edited = await editPlan(ops(), { ...words, planId: plan.id, version: plan.version, nameEn: ' Better ' });
    expect(edited).toMatchObject({ nameEn: 'Better', version: plan.version + 1, priceSatang: 100_00n });
    const stale = editPlan(ops(), { ...words, planId: plan.id, version: plan.version });
    await expect(stale).rejects.toMatchObject({ code: 'plan.stale' });
    await expect(reprice(plan, 1n)).rejects.toMatchObject({ code: 'plan.stale' });
    await expect(editPlan(ops(), { ...words, planId: 'pln_x', version: 0 })).rejects.toMatchObject({
      code: 'plan.missing',
    });
    expect(await auditOf(world, plan.id)).toEqual(['plan.created', 'plan.edited']);
  });

  test('has a code of its own and sound figures: plan.exists, plan.invalid', async () => {
    const plan = await make();
    const again = createPlan(ops(), { ...words, code: plan.code.toUpperCase(), priceSatang: 1n });
    await expect(again).rejects.toMatchObject({ code: 'plan.exists' });
    const unsound: [string, Partial<PlanWords & { code: string; priceSatang: bigint }>][] = [
      ['code', { code: '1a' }],
      ['nameTh', { nameTh: ' ' }],
      ['nameEn', { nameEn: 'x'.repeat(41) }],
      ['aboutTh', { aboutTh: '' }],
      ['aboutEn', { aboutEn: 'x'.repeat(301) }],
      ['features', { features: ['everything' as never] }],
      ['quotas', { quotas: { tradingBots: -1 } }],
      ['trialDays', { trialDays: 61 }],
      ['priceSatang', { priceSatang: 0n }],
    ];
    for (const [field, more] of unsound)
      await expect(createPlan(ops(), { ...words, code: 'fresh', priceSatang: 1n, ...more })).rejects.toMatchObject({
        code: 'plan.invalid',
        params: { field },
      });
    for (const language of languages) {
      const said = unsound.map(([field]) => translate(language, 'error.plan.invalid', { field }));
      expect(new Set(said).size).toBe(unsound.length); // each field has words of its own
    }
  });

  test('that is retired renews for its holders and is offered to nobody else: plan.retired', async () => {
    const plan = await make();
    const { userId, paidUntil } = await tenant(plan);
    await fund(world, userId, 100_00n);
    const input = { planId: plan.id, version: plan.version, status: 'retired' as const };
    await expect(setPlanStatus(ops(), { ...input, reason: '' })).rejects.toMatchObject({ code: 'reason.required' });
    await setPlanStatus(ops(), { ...input, reason: 'old' });
    const other = (await world.person()).userId;
    await expect(rentedBy(world, other, plan.id)).rejects.toMatchObject({ code: 'plan.retired' });
    await rentedBy(world, other, BASIC);
    const choose = changeNextPlan(as(other), { userId: other, planId: plan.id });
    await expect(choose).rejects.toMatchObject({ code: 'plan.retired' });
    world.clock.set(paidUntil);
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'active', term: 2 });
    expect((await allPlans(ops())).find((row) => row.id === plan.id)?.status).toBe('retired');
    // Once it has ended for somebody, it does not begin again.
    world.clock.set(later(paidUntil, days(33)));
    await sweep(world);
    await expect(quoteRenew(as(userId), { userId })).rejects.toMatchObject({ code: 'plan.retired' });
  });
});

describe('a new price', () => {
  test('leaves terms that are paid as they were, and holds from the next one', async () => {
    const plan = await make(100_00n);
    const { userId, id, paidUntil } = await tenant(plan);
    await fund(world, userId, 100_00n + 150_00n);
    const quote = await quoteRenew(as(userId), { userId });
    await renewContract(as(userId), { userId, contractId: id, term: quote.term, totalSatang: quote.totalSatang });
    await reprice(plan, 150_00n);
    expect((await termsOf(world, id)).map((t) => t.priceSatang)).toEqual([100_00n, 100_00n]);
    // Whoever was shown the old price does not pay the new one unasked.
    const { term } = await quoteRenew(as(userId), { userId });
    const press = renewContract(as(userId), { userId, contractId: id, term, totalSatang: 100_00n });
    await expect(press).rejects.toMatchObject({ code: 'quote.changed', params: { totalSatang: 150_00n } });
    world.clock.set(later(paidUntil, days(30)));
    await sweep(world);
    expect((await moved(world, id)).map(([, amount]) => amount)).toEqual([-100_00n, -100_00n, -150_00n]);
  });

  test('is told to every holder it touches, once, in batches, also when the teller is killed or runs twice', async () => {
    const [plan, other] = [await make(100_00n), await make(90_00n)];
    const holders = await Promise.all(Array.from({ length: 30 }, () => tenant(plan)));
    const [leaving, ending, coming] = [await tenant(plan), await tenant(plan), await tenant(other)];
    await changeNextPlan(as(leaving.userId), { userId: leaving.userId, planId: other.id });
    await setCancelAtEnd(ops(), { contractId: ending.id, cancelAtEnd: true, reason: 'x' });
    await changeNextPlan(as(coming.userId), { userId: coming.userId, planId: plan.id });
    const preview = await previewReprice(ops(), { planId: plan.id });
    expect([preview.count, preview.items.length, preview.hasMore]).toEqual([31, 31, false]);
    expect(preview.items.map((row) => row.contractId)).toEqual(
      expect.arrayContaining([...holders.map((h) => h.id), coming.id]),
    );
    await reprice(plan, 120_00n);
    await Promise.all([tellHolders(world.ctx(job)), tellHolders(world.another())]);
    await tellHolders(world.ctx(job));
    const detail = { formerSatang: '10000', priceSatang: '12000', planEn: 'Test' };
    for (const { userId, paidUntil } of [...holders, coming])
      expect(await told(world, userId, 'plan.repriced')).toMatchObject([{ ...detail, from: paidUntil.toISOString() }]);
    for (const { userId } of [leaving, ending]) expect(await told(world, userId, 'plan.repriced')).toEqual([]);
  });

  test('is not told to whoever began with it, nor in two halves, nor when it is taken back before it was told', async () => {
    const plan = await make(100_00n);
    const { userId, paidUntil } = await tenant(plan);
    const dearer = await reprice(plan, 120_00n);
    world.clock.pass(1000);
    const fresh = await tenant(dearer);
    await reprice(dearer, 100_00n);
    expect(await tellHolders(world.ctx(job))).toEqual({ told: 0 });
    const [again] = (await allPlans(ops())).filter((row) => row.id === plan.id);
    await reprice(await reprice(again ?? plan, 110_00n), 130_00n);
    const newest = await tenant(plan);
    await tellHolders(world.ctx(job));
    const detail = { formerSatang: '10000', priceSatang: '13000' };
    expect(await told(world, userId, 'plan.repriced')).toMatchObject([{ ...detail, from: paidUntil.toISOString() }]);
    expect(await told(world, fresh.userId, 'plan.repriced')).toMatchObject([detail]);
    expect(await told(world, newest.userId, 'plan.repriced')).toEqual([]);
  });

  test('is told to more holders than one batch has, each of them once', async () => {
    const plan = await make(100_00n);
    const ctx = world.ctx(job);
    await ctx.db.execute(sql`
      insert into "user" (id, display_name, language, created_at)
      select 'usr_many_' || n, 'Many', 'th', now() from generate_series(1, 1234) n`);
    await ctx.db.execute(sql`
      insert into contract (id, user_id, plan_id, status, term, paid_until, auto_renew, created_at)
      select 'con_many_' || lpad(n::text, 4, '0'), 'usr_many_' || n, ${plan.id}, 'active', 1, now(), true, now()
      from generate_series(1, 1234) n`);
    await reprice(plan, 101_00n);
    expect(await tellHolders(ctx)).toEqual({ told: 1234 });
    expect(await tellHolders(ctx)).toEqual({ told: 0 });
    const [row] = await ctx.db.execute<{ n: number; people: number }>(sql`
      select count(*)::int as n, count(distinct user_id)::int as people from notice
      where kind = 'plan.repriced' and user_id like 'usr_many_%'`);
    expect(row).toEqual({ n: 1234, people: 1234 });
    // A page at a time for whoever is about to change it.
    const first = await previewReprice(ops(), { planId: plan.id });
    const second = await previewReprice(ops(), { planId: plan.id, after: first.items.at(-1)?.contractId });
    expect([first.count, first.items.length, first.hasMore]).toEqual([1234, 50, true]);
    expect(second.items[0]?.contractId).toBe('con_many_0051');
  });

  test('that is the old one tells nobody; of no plan there is none: plan.missing', async () => {
    const plan = await make();
    const { userId } = await tenant(plan);
    expect((await reprice(plan, plan.priceSatang)).version).toBe(plan.version);
    expect(await tellHolders(world.ctx(job))).toEqual({ told: 0 });
    expect(await told(world, userId, 'plan.repriced')).toEqual([]);
    await expect(previewReprice(ops(), { planId: 'pln_x' })).rejects.toMatchObject({ code: 'plan.missing' });
    const without = repricePlan(ops(), { planId: plan.id, version: 0, priceSatang: 1n, reason: '' });
    await expect(without).rejects.toMatchObject({ code: 'reason.required' });
  });
});
