import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  claimUpdates,
  finishUpdate,
  forgetUpdates,
  type InboxContext,
  returnUpdate,
  storeUpdates,
} from '../../src/core/chats/inbox.ts';
import { chatUpdate } from '../../src/core/chats/tables.ts';
import { later, seconds } from '../../src/core/clock.ts';
import { createWorld, type World } from '../support/world.ts';

const BOT = '7';
let world: World;
let ctx: InboxContext;

beforeAll(async () => {
  world = await createWorld();
  ctx = world.ctx({ kind: 'chat', provider: 'telegram' });
});
afterAll(() => world.close());
beforeEach(async () => {
  await ctx.db.delete(chatUpdate);
});

const store = (...updates: [updateId: number, lane: string][]) =>
  storeUpdates(
    ctx,
    BOT,
    updates.map(([updateId, lane]) => ({ updateId, lane, payload: { updateId } })),
  );
const claim = async (limit: number, by = ctx) => (await claimUpdates(by, BOT, limit)).map((u) => u.updateId).sort();

test('each lane gives its oldest update, and the next one only when that is done', async () => {
  await store([1, 'a'], [2, 'a'], [3, 'b'], [4, 'c']);
  expect(await claim(2)).toEqual([1, 3]);
  expect(await claim(9)).toEqual([4]);
  expect(await claim(9)).toEqual([]);
  await finishUpdate(ctx, BOT, 1);
  expect(await claim(9)).toEqual([2]);
});

test('an update given back holds its lane until it is due', async () => {
  await store([1, 'a'], [2, 'a']);
  await claim(9);
  await returnUpdate(ctx, BOT, 1, seconds(5));
  expect(await claim(9)).toEqual([]);
  world.clock.pass(seconds(6));
  const [again] = await claimUpdates(ctx, BOT, 9);
  expect(again).toMatchObject({ updateId: 1, attempts: 2 });
});

test('what was stored before is left alone, also when it is done; in the end it is forgotten', async () => {
  expect(await store([1, 'a'])).toBe(1);
  await finishUpdate(ctx, BOT, 1);
  expect(await store([1, 'a'], [2, 'a'])).toBe(1);
  expect(await forgetUpdates(ctx, later(ctx.clock.now(), 1))).toBe(1);
});

test('many who take at once never take the same, nor two of one lane', async () => {
  await store(...Array.from({ length: 400 }, (_, i): [number, string] => [i + 1, `lane ${i % 40}`]));
  const others = [ctx, world.another(), world.another()];
  const taken = (await Promise.all(Array.from({ length: 30 }, (_, i) => claim(2, others[i % 3])))).flat();
  expect(new Set(taken).size).toBe(taken.length);
  expect(Math.max(...taken)).toBeLessThanOrEqual(40); // the first of each lane
});

test('a backlog of ten thousand does not make taking slow', async () => {
  await ctx.db.execute(sql`analyze chat_update`); // the planner believes that nothing is waiting
  await ctx.db.execute(sql`
    insert into chat_update (bot_id, update_id, lane, received_at)
    select ${BOT}, n, (n % 50)::text, now() from generate_series(1, 10000) n`);
  const began = performance.now();
  for (let i = 0; i < 5; i++) expect(await claim(1)).toEqual([i + 1]);
  expect(performance.now() - began).toBeLessThan(1500);
});

test('what lies in the inbox is sealed for its row, and one that no key opens is passed over', async () => {
  await storeUpdates(ctx, BOT, [
    { updateId: 1, lane: 'a', payload: { text: 'a secret of mine' } },
    { updateId: 2, lane: 'b', payload: { text: 'another' } },
  ]);
  const rows = await ctx.db.select().from(chatUpdate);
  expect(JSON.stringify(rows)).not.toMatch(/secret|another/);
  // Copied into another row it does not open.
  await ctx.db.execute(sql`update chat_update set payload = (select payload from chat_update where update_id = 1)`);
  const claimed = await claimUpdates(ctx, BOT, 9);
  expect(claimed.map(({ payload }) => payload)).toEqual([{ text: 'a secret of mine' }, null]);
});
