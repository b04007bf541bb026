import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBalances } from '../../../src/core/money/ledger.ts';
import { recordGatewayEvent } from '../../../src/core/money/settle.ts';
import { requestTopup } from '../../../src/core/money/topup.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('a payment that arrives twice is credited once', async () => {
  const { userId } = await world.person();
  const ctx = world.ctx({ kind: 'user', userId });
  const { topup } = await requestTopup(ctx, { userId, amountSatang: 500_00n, requestKey: 'a' });
  const gateway = world.ctx({ kind: 'gateway', provider: 'hook' });
  const event = paid(topup.reference, 500_00n);
  expect(await recordGatewayEvent(gateway, 'hook', event)).toEqual({ outcome: 'credited' });
  expect(await recordGatewayEvent(gateway, 'hook', event)).toEqual({ outcome: 'repeat' });
  expect((await readBalances(ctx, userId)).walletSatang).toBe(500_00n);
});
