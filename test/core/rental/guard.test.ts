import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { features } from '../../../src/core/rental/features.ts';
import { requireFeature } from '../../../src/core/rental/guard.ts';
import { createPlan, setPlanStatus } from '../../../src/core/rental/plan.ts';
import { listPlans, readContract } from '../../../src/core/rental/view.ts';
import { hasText, languages, translate } from '../../../src/core/text/text.ts';
import { operator } from '../../support/money.ts';
import { BASIC, contractOf, ENTERPRISE, fund, PREMIUM, rentedBy } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const holder = async (planId: string) => {
  const { userId } = await world.person();
  await rentedBy(world, userId, planId);
  return userId;
};

describe('a guarded action', () => {
  test('is open to exactly the features of the plan', async () => {
    for (const planId of [BASIC, PREMIUM, ENTERPRISE]) {
      const userId = await holder(planId);
      const view = await readContract(as(userId), { userId });
      for (const feature of features) {
        const asked = requireFeature(as(userId), { userId, feature });
        if (view?.features.includes(feature)) expect((await asked).plan.id).toBe(planId);
        else await expect(asked).rejects.toMatchObject({ code: 'feature.not_in_plan', params: { feature } });
      }
    }
  });

  test('refused names the cheapest plan that allows it', async () => {
    const userId = await holder(BASIC);
    const planFor = async (feature: 'live_notices' | 'plugins') =>
      requireFeature(as(userId), { userId, feature }).catch((error) => error.params);
    expect(await planFor('live_notices')).toMatchObject({ planEn: 'Premium', planTh: 'พรีเมียม' });
    expect(await planFor('plugins')).toMatchObject({ planEn: 'Enterprise' });
  });

  test('is open to as many as the plan holds: feature.quota_reached', async () => {
    const userId = await holder(BASIC);
    const one = (used: number) => requireFeature(as(userId), { userId, quota: 'tradingBots', used });
    expect((await one(1)).plan.id).toBe(BASIC);
    const params = (planEn: string) => ({
      code: 'feature.quota_reached',
      params: { most: 2, quota: 'tradingBots', planEn },
    });
    await expect(one(2)).rejects.toMatchObject(params('Premium'));
    await expect(one(10)).rejects.toMatchObject(params('Enterprise'));
    const unlimited = await holder(ENTERPRISE);
    const many = { userId: unlimited, quota: 'tradingBots', used: 1_000_000 } as const;
    expect((await requireFeature(as(unlimited), many)).plan.id).toBe(ENTERPRISE);
  });

  test('that no plan on offer allows says so: feature.not_offered, feature.quota_most, plan.retired', async () => {
    const userId = await holder(PREMIUM);
    const plans = await listPlans(as(userId));
    const enterprise = plans.find((plan) => plan.id === ENTERPRISE);
    const ops = world.ctx(operator);
    const set = (version: number, status: 'retired' | 'offered') =>
      setPlanStatus(ops, { planId: ENTERPRISE, version, status, reason: 'a test' });
    const retired = await set(enterprise?.version ?? 0, 'retired');
    await expect(requireFeature(as(userId), { userId, feature: 'plugins' })).rejects.toMatchObject({
      code: 'feature.not_offered',
    });
    await expect(requireFeature(as(userId), { userId, quota: 'tradingBots', used: 10 })).rejects.toMatchObject({
      code: 'feature.quota_most',
      params: { most: 10 },
    });
    const other = (await world.person()).userId;
    await fund(world, other, 5_000_00n);
    await expect(rentedBy(world, other, ENTERPRISE)).rejects.toMatchObject({
      code: 'plan.retired',
      params: { planEn: 'Enterprise' },
    });
    await set(retired.version, 'offered');
  });

  test('is closed without a contract, and after its end: contract.none, contract.expired', async () => {
    const { userId } = await world.person();
    const asked = () => requireFeature(as(userId), { userId, feature: 'basic_strategies' });
    await expect(asked()).rejects.toMatchObject({ code: 'contract.none' });
    await rentedBy(world, userId);
    const { paidUntil } = await contractOf(world, userId);
    world.clock.set(later(paidUntil, days(3) - 1));
    expect((await asked()).plan.id).toBe(BASIC);
    world.clock.set(later(paidUntil, days(3)));
    await expect(asked()).rejects.toMatchObject({ code: 'contract.expired' });
  });

  test('is nobody else’s to ask about', async () => {
    const [userId, other] = [await holder(BASIC), await holder(BASIC)];
    const asked = requireFeature(as(other), { userId, feature: 'basic_strategies' });
    await expect(asked).rejects.toMatchObject({ code: 'access.denied' });
    await expect(readContract(as(other), { userId })).rejects.toMatchObject({ code: 'access.denied' });
  });
});

test('every feature and quota has a name in both languages', () => {
  for (const language of languages) {
    for (const feature of features) expect(hasText(language, `feature.${feature}`)).toBe(true);
    expect(hasText(language, 'quota.tradingBots')).toBe(true);
    for (const feature of features) {
      const words = translate(language, 'error.feature.not_in_plan', { feature, planTh: 'ก', planEn: 'A' });
      expect(words).not.toContain('{');
      expect(words).toContain(language === 'th' ? 'ก' : 'A');
    }
  }
});

test('a plan that an operator makes is offered at once', async () => {
  const ops = world.ctx(operator);
  const made = await createPlan(ops, {
    code: 'Starter',
    nameTh: 'สตาร์ตเตอร์',
    nameEn: 'Starter',
    aboutTh: 'เริ่มต้น',
    aboutEn: 'To begin with',
    priceSatang: 99_00n,
    features: [],
    quotas: { tradingBots: 1 },
    trialDays: 0,
  });
  expect((await listPlans(ops))[0]).toMatchObject({ id: made.id, code: 'starter', priceSatang: 99_00n });
});
