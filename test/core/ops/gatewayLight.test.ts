import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAudit } from '../../../src/core/audit.ts';
import { as, inTransaction } from '../../../src/core/context.ts';
import { readGatewayLight } from '../../../src/core/ops/gatewayLight.ts';
import { gateway, newTopup, operator, record } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const light = (configured = true) => readGatewayLight(world.ctx(operator), { configured });
const state = async () => (await light()).state;
const refuse = (reason: string) =>
  inTransaction(as(world.ctx(gateway), gateway), (ctx) =>
    writeAudit(ctx, 'webhook.refused', 'webhook:promptpay', { reason, count: 1 }),
  );

async function hear(): Promise<void> {
  const { userId } = await world.person();
  await record(world, paid((await newTopup(world, userId)).reference, 500_00n));
}

test('without a secret the light is red, whatever came', async () => {
  await hear();
  expect((await light(false)).state).toBe('unconfigured');
});

test('a gateway that has said nothing, or nothing for a day, is waited for', async () => {
  expect(await light()).toEqual({ state: 'waiting', receivedAt: null, refusedAt: null });
  await hear();
  expect(await light()).toMatchObject({ state: 'connected', receivedAt: world.clock.now() });
  world.clock.pass(86_400_000);
  expect(await state()).toBe('waiting');
});

test('a refusal is shown until the gateway is believed again, for an hour at most', async () => {
  await hear();
  world.clock.pass(1_000);
  await refuse('bad-signature');
  expect(await light()).toMatchObject({ state: 'refused', refusedAt: world.clock.now() });
  world.clock.pass(1_000);
  await hear();
  expect(await state()).toBe('connected');
  world.clock.pass(1_000);
  await refuse('stale');
  expect(await state()).toBe('refused');
  world.clock.pass(3_600_000);
  expect(await state()).toBe('connected');
});

test('a stranger who signs nothing turns no light red', async () => {
  await hear();
  world.clock.pass(1_000);
  await refuse('no-signature');
  expect(await state()).toBe('connected');
});
