import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Chart } from '../../../src/core/chart.ts';
import { days, later, seconds } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { portfolioSnapshot } from '../../../src/core/portfolio/tables.ts';
import { type Chatter, chatter, type Shown } from '../../support/chat.ts';
import { balance, holding, position, type TestPort, testPort } from '../../support/exchangePort.ts';
import { job } from '../../support/money.ts';
import { account, price } from '../../support/portfolio.ts';
import { PREMIUM, rentedBy } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<TestPort>;
beforeAll(async () => {
  world = await createWorld({ exchanges: testPort() });
  await price(world, 'BTC/USDT', '50000');
  await price(world, 'USDT/THB', '32', 'bitkub');
});
afterAll(() => world.close());

const buttons = (shown: Shown) => (shown.buttons ?? []).flat().map((button) => button.data);
const follow = (chat: Chatter, shown: Shown, label: RegExp) => {
  const found = (shown.buttons ?? []).flat().find((button) => label.test(button.label));
  const [does = '', on] = (found?.data ?? '').split('|');
  return chat.presses(does, on);
};

let people = 0;
async function holder(plan = true): Promise<{ chat: Chatter; userId: UserId }> {
  people += 1;
  const subject = `holder-${people}`;
  const chat = chatter(world, { subject });
  await chat.types('/menu');
  const { userId } = { userId: (await idOf(subject)) as UserId };
  if (plan) await rentedBy(world, userId, PREMIUM);
  const spot = holding([balance('USDT', '1000', '100'), balance('BTC', '0.5'), balance('NOPE', '3')]);
  const short = position('BTC/USDT:USDT', { side: 'short', qtyBase: '0.1', entryPrice: '51000', markPrice: '50000' });
  await account(world, userId, { label: 'Main', groupName: 'เก็บยาว', reading: spot });
  await account(world, userId, {
    label: 'Hedge',
    exchange: 'okx',
    reading: holding([balance('USDT', '500')], [short]),
  });
  return { chat, userId };
}

async function idOf(subject: string): Promise<string | undefined> {
  const rows = await world
    .ctx(job)
    .db.execute<{ user_id: string }>(`select user_id from identity where subject = '${subject}'`);
  return rows[0]?.user_id;
}

async function history(userId: UserId, values: readonly number[]): Promise<void> {
  const now = world.clock.now();
  const rows = values.map((amount, n) => ({
    userId,
    accountId: '',
    at: later(now, -days(values.length - 1 - n)),
    valueUsdt: String(amount),
    flowUsdt: '0',
    realisedUsdt: '0',
    unrealisedUsdt: '0',
    isPartial: false,
  }));
  await world.ctx(job).db.insert(portfolioSnapshot).values(rows);
}

describe('/portfolio', () => {
  test('says what there is, what it leaves out, and draws it', async () => {
    const { chat, userId } = await holder();
    await history(userId, [26000, 26300, 26600]);
    const shown = await chat.types('/portfolio');
    for (const words of [
      '฿851,200.00',
      '26,600.00 USDT',
      'short 5,000.00',
      'Main: 26,000.00 USDT · 97.74 %',
      'NOPE',
      '32 from bitkub',
    ])
      expect(shown.text).toContain(words);
    const chart = (shown.reply.image as { chart: Chart }).chart;
    expect(JSON.stringify(chart.option)).toContain('BTC/USDT:USDT');
    expect(shown.reply.sensitive).toBe(true);
    expect(shown.text.length).toBeLessThan(1024); // what Telegram takes under a picture
    for (const data of buttons(shown)) expect(Buffer.byteLength(data)).toBeLessThanOrEqual(63);
  });

  test('is taken apart by buttons, and by words', async () => {
    const { chat } = await holder();
    const shown = await chat.types('/portfolio');
    const groups = await follow(chat, shown, /By group/);
    expect(groups.text).toContain('Group เก็บยาว: 26,000.00 USDT');
    const group = await follow(chat, groups, /🔎 เก็บยาว/);
    expect(group.text).toContain('Only the group เก็บยาว');
    expect(group.text).toContain('26,000.00 USDT');
    expect((await follow(chat, group, /All accounts/)).text).toContain('26,600.00 USDT');
    const exchange = await follow(chat, await follow(chat, shown, /By exchange/), /🔎 okx/);
    expect(exchange.text).toContain('Only okx');
    expect((await chat.types('/portfolio hedge')).text).toContain('Only the account Hedge');
    expect((await chat.types('/portfolio nothing')).text).toMatch(/no such account/);
  });

  test('asks exchanges anew, and says who fails and why', async () => {
    const { chat, userId } = await holder();
    const broken = await account(world, userId, { label: 'Broken', reading: holding([balance('USDT', '7')]) });
    world.exchanges.troubles.set(broken, 'maintenance');
    world.clock.pass(seconds(5));
    const shown = await follow(chat, await chat.types('/portfolio'), /Refresh/);
    world.exchanges.troubles.clear();
    expect(shown.text).toMatch(/Broken \(binance\) fails since .*under maintenance/);
    expect(shown.text).toContain('26,607.00 USDT');
  });

  test('comes as a file that a spreadsheet opens', async () => {
    const { chat } = await holder();
    const shown = await follow(chat, await chat.types('/portfolio'), /CSV/);
    const text = Buffer.from(shown.reply.file?.content ?? []).toString();
    expect(shown.reply.file?.name).toBe('abtpro-portfolio-2026-11-21.csv');
    expect(text).toContain('Main,binance,เก็บยาว,spot,BTC,long,0.5,25000.00,800000.00');
    expect(text.split('\r\n')).toHaveLength(1 + 5 + 1 + 1);
  });

  test('without an account says how to add one; of several it takes a plan', async () => {
    expect((await chatter(world).types('/portfolio')).text).toContain('/addaccount');
    const { chat } = await holder(false);
    expect((await chat.types('/portfolio')).text).toMatch(/plan|contract/i);
    expect((await chat.types('/portfolio Main')).text).toContain('26,000.00 USDT');
  });
});

test('/positions puts accounts together and leads to each', async () => {
  const { chat } = await holder();
  const shown = await chat.types('/positions');
  expect(shown.text).toContain('USDT 1,500 · 1,500.00 · – · ×2');
  expect(shown.text).toContain('🔻 BTC/USDT short 0.1 · 5,000.00 · +100.00');
  expect((await chat.types('/positions Hedge')).text).not.toContain('BTC 0.5');
});

test('/performance has figures of a period, and says where there is too little data', async () => {
  const { chat, userId } = await holder();
  expect((await chat.types('/performance')).text).toMatch(/no two snapshots/);
  await history(
    userId,
    Array.from({ length: 60 }, (_, n) => 1000 + 50 * Math.sin(n)),
  );
  const shown = await chat.types('/performance 7d');
  expect(shown.text).toContain('too little data: 7 of 20 days');
  const more = await follow(chat, shown, /90 days/);
  expect(more.text).toMatch(/VaR 95 %, one day: \d/);
  expect(more.text).toContain('too little data: 59 of 200 days');
  expect(more.reply.image).toMatchObject({ chart: { widthPx: 800 } });
});

test('alerts are set by buttons and by words, and taken away', async () => {
  const { chat } = await holder();
  expect((await chat.types('/alerts')).text).toContain('No alert is set');
  await chat.presses('alerts.quick', '10');
  expect((await chat.types('/alerts 2.5% BTC')).text).toContain('BTC by 2.5 %');
  await chat.presses('alerts.add');
  await chat.says('total');
  const shown = await chat.says('3');
  expect(shown.text).toContain('3. The total by 3 %');
  expect((await follow(chat, shown, /🗑 1/)).text).not.toContain('10 %');
  expect((await chat.types('/alerts many')).text).toMatch(/alert needs a move/);
});

test('cost and dust are chosen by buttons and by words', async () => {
  const { chat } = await holder();
  expect((await chat.types('/valuation average 5')).text).toMatch(/average[\s\S]*5 USDT/);
  expect((await chat.presses('valuation.cost', 'fifo')).text).toContain('FIFO');
  expect((await chat.presses('valuation.dust', '10')).text).toContain('10 USDT');
  expect((await chat.types('/valuation fifo 9999')).text).toMatch(/no limit/);
});

test('what is practised with is apart, one press away', async () => {
  const { chat, userId } = await holder();
  await account(world, userId, {
    label: 'Demo',
    exchange: 'demo',
    endpoint: 'demo',
    reading: holding([balance('USDT', '9000')]),
  });
  const shown = await follow(chat, await chat.types('/portfolio'), /Practice/);
  expect(shown.text).toContain('practice money');
  expect(shown.text).toContain('9,000.00 USDT');
});
