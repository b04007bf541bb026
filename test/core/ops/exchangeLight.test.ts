import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readExchangeLight } from '../../../src/core/ops/exchangeLight.ts';
import { exchangeAccount } from '../../../src/core/trading/tables.ts';
import { job, operator } from '../../support/money.ts';
import { account } from '../../support/portfolio.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const light = () => readExchangeLight(world.ctx(operator));
const trouble = (id: string, kind: string | null) =>
  world.ctx(job).db.update(exchangeAccount).set({ trouble: kind }).where(eq(exchangeAccount.id, id));

test('the light of exchanges follows from what their accounts find, and from no single key', async () => {
  const { userId } = await world.person();
  await account(world, userId, { exchange: 'demo', endpoint: 'demo' });
  expect(await light()).toEqual({ state: 'unused', away: [] });
  const first = await account(world, userId, { exchange: 'binance' });
  const second = await account(world, userId, { exchange: 'binance' });
  const okx = await account(world, userId, { exchange: 'okx' });
  expect(await light()).toEqual({ state: 'connected', away: [] });
  await trouble(first, 'key_invalid');
  await trouble(second, 'key_invalid');
  expect(await light()).toEqual({ state: 'connected', away: [] });
  await trouble(first, 'maintenance');
  expect(await light()).toEqual({ state: 'partly', away: ['binance'] });
  await trouble(okx, 'unreachable');
  expect(await light()).toEqual({ state: 'away', away: ['binance', 'okx'] });
  await trouble(first, null);
  await trouble(okx, null);
  expect(await light()).toEqual({ state: 'connected', away: [] });
});
