import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minutes } from '../../../src/core/clock.ts';
import { inTransaction } from '../../../src/core/context.ts';
import { readPortfolioAlerts, setPortfolioAlert } from '../../../src/core/portfolio/alerts.ts';
import { erasePortfolio, portfolioBelongings } from '../../../src/core/portfolio/join.ts';
import { readPortfolioPreference, setPortfolioPreference } from '../../../src/core/portfolio/preference.ts';
import { takeSnapshots } from '../../../src/core/portfolio/snapshot.ts';
import { portfolioSnapshot } from '../../../src/core/portfolio/tables.ts';
import { exchangeAccount } from '../../../src/core/trading/tables.ts';
import { balance, holding } from '../../support/exchangePort.ts';
import { job } from '../../support/money.ts';
import { account } from '../../support/portfolio.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const totalsOf = async (userId: string) =>
  (await world.ctx(job).db.select().from(portfolioSnapshot))
    .filter((row) => row.userId === userId && row.accountId === '')
    .map((row) => `${row.valueUsdt} ${row.flowUsdt}`);

test('when two people become one, alerts and the history of accounts move, and what comes is no profit', async () => {
  const [from, into] = [(await world.person()).userId, (await world.person()).userId];
  const ctx = world.ctx(job);
  const moved = await account(world, from, { reading: holding([balance('USDT', '10')]) });
  await account(world, into, { reading: holding([balance('USDT', '5')]) });
  await setPortfolioAlert(ctx, { userId: from, subject: '', movesBp: 500 });
  await setPortfolioPreference(ctx, { userId: from, costMethod: 'average' });
  await takeSnapshots(ctx);
  expect(await portfolioBelongings.any(ctx, from)).toBe(true);
  await inTransaction(ctx, async (ctx) => {
    await portfolioBelongings.move(ctx, { from, into });
    await ctx.db.update(exchangeAccount).set({ userId: into }).where(eq(exchangeAccount.userId, from));
  });
  world.clock.pass(minutes(5));
  await takeSnapshots(ctx);
  expect(await portfolioBelongings.any(ctx, from)).toBe(false);
  expect(await readPortfolioAlerts(ctx, into)).toHaveLength(1);
  expect((await readPortfolioPreference(ctx, into)).costMethod).toBe('average');
  expect(await totalsOf(into)).toEqual(['5 0', '15 10']);
  expect(await totalsOf(from)).toEqual([]);
  const rows = await ctx.db.select().from(portfolioSnapshot).where(eq(portfolioSnapshot.accountId, moved));
  expect(rows.map((row) => row.userId)).toEqual([into, into]);
  await inTransaction(ctx, (ctx) => erasePortfolio(ctx, [into]));
  expect([await totalsOf(into), await readPortfolioAlerts(ctx, into)]).toEqual([[], []]);
});
