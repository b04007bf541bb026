import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { reportRun } from '../../src/core/backtest/run.ts';
import { backtestRun } from '../../src/core/backtest/tables.ts';
import { startProgress } from '../../src/jobs/progress.ts';
import { eventually } from '../support/eventually.ts';
import { answers, chat, lastAnswer, press, sent, world } from '../support/localChatHttp.ts';
import { job } from '../support/money.ts';
import { finish, HALF, halfway, rentForAll } from '../support/progress.ts';

const says = (text: string) => sent('/chat/messages', { text });
const lines = async () => (await answers()).flatMap((message) => message.body.lines);
const has = async (text: string) => (await lines()).some((line) => line.includes(text));

test('the bar fills, gives way to the picture, and a cancelled run says so where its bar was', async () => {
  world.couriers.set('local', chat.courier);
  await says('/menu');
  await rentForAll(world);
  await says('/backtest sma_cross btc');
  expect(await has('▱▱▱▱▱▱▱▱▱▱▱▱ 0%')).toBe(true);
  const run = await halfway(world);
  const progress = startProgress(world.ctx(job));
  try {
    await eventually(() => has(HALF));
    await finish(world, run);
    expect((await lastAnswer()).body.attachment).toMatchObject({ kind: 'picture' });
    expect(await has('▰')).toBe(false);

    await says('/backtest sma_cross eth');
    const other = await halfway(world);
    await eventually(() => has(HALF));
    await press(await lastAnswer(), 'run.cancel');
    expect(await has('✖️')).toBe(true);
    expect(await has('▰')).toBe(false);
    const [row] = await world.ctx(job).db.select().from(backtestRun).where(eq(backtestRun.id, other.id));
    expect(row?.cancelAsked).toBe(true);
    expect(await reportRun(world.ctx(job), other, 0.6)).toBe('cancel');
  } finally {
    await progress.stop();
  }
});
