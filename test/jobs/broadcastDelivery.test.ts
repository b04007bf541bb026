import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../../src/core/context.ts';
import type { UserId } from '../../src/core/id.ts';
import { putNotice } from '../../src/core/notices/notice.ts';
import { type Delivery, startDelivery } from '../../src/jobs/delivery.ts';
import { crowd, started } from '../support/broadcasts.ts';
import { job } from '../support/money.ts';
import { createWorld, testCourier, type World } from '../support/world.ts';

let world: World;
let delivery: Delivery | undefined;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await delivery?.stop();
  await world.close();
});

/** Ten thousand people whose broadcast has been due for a while, as after the chats were away. */
async function backlog(): Promise<void> {
  await crowd(world, 10_000);
  const { id } = await started(world, 3000);
  const now = world.clock.now().toISOString();
  await world.ctx(job).db.execute(`
    insert into notice (id, user_id, kind, params, key, status, due_at, created_at, broadcast_id)
      select 'ntc' || substr(id, 4), id, 'broadcast.news', '{}', 'broadcast:${id}:' || id, 'waiting',
        '${now}'::timestamptz - interval '1 minute', '${now}', '${id}' from "user"`);
}

/** How long it takes until somebody who has paid is told so. */
async function tellAbout(userId: UserId, told: () => boolean): Promise<number> {
  const begun = performance.now();
  await inTransaction(world.ctx(job), (ctx) =>
    putNotice(ctx, { userId, kind: 'topup.settled', params: {}, key: `paid:${userId}` }),
  );
  while (!told() && performance.now() - begun < 10_000) await sleep(5);
  return performance.now() - begun;
}

test.each([
  ['takes them as fast as we give them', 0],
  ['takes two seconds for each of them', 2_000],
])(
  'somebody who has paid is told within a second while ten thousand wait for a broadcast and the chat %s',
  async (_, tookMs) => {
    const { userId } = await world.person('Payer');
    await backlog();
    const courier = testCourier();
    const deliver = courier.deliver.bind(courier);
    world.couriers.set('local', {
      retire: courier.retire,
      revise: courier.revise,
      async deliver(to, notice) {
        if (notice.kind === 'broadcast.news') await sleep(tookMs);
        return deliver(to, notice);
      },
    });
    const news = () => courier.delivered.filter((told) => told.notice.kind === 'broadcast.news').length;
    delivery = startDelivery(world.ctx(job));
    while (news() < 50) await sleep(10);
    const tookTillTold = await tellAbout(userId, () =>
      courier.delivered.some((told) => told.notice.kind === 'topup.settled'),
    );
    expect(tookTillTold).toBeLessThan(1000);
    expect(news()).toBeLessThan(10_000);
  },
);
