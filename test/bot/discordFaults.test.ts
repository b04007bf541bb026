import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IdentityId } from '../../src/core/id.ts';
import { topup } from '../../src/core/money/tables.ts';
import { DISCORD_TOKEN } from '../support/discord.ts';
import { createDiscordWorld, type DiscordWorld, en, isPng } from '../support/discordBot.ts';
import { snowflake, textOf } from '../support/discordChats.ts';
import { eventually } from '../support/eventually.ts';

let at: DiscordWorld;

beforeAll(async () => {
  at = await createDiscordWorld();
});
afterAll(async () => {
  await at.close();
  const log = at.world.log.lines.join('\n');
  expect(log).not.toContain(DISCORD_TOKEN);
  expect(log).not.toContain('interaction-token');
  expect(log).not.toContain('something of ours broke');
});

const logged = (words: string) => at.world.log.lines.filter((line) => line.includes(words));

describe('time', () => {
  /** A gateway that takes its time to make a charge. */
  const slowly = (ms: number) => {
    const { gateways, couriers } = at.world.ctx({ kind: 'job', name: 'discord' });
    const current = {
      ...gateways.current,
      createCharge: async (...args: Parameters<typeof gateways.current.createCharge>) => {
        await sleep(ms);
        return gateways.current.createCharge(...args);
      },
    };
    return { couriers, gateways: { ...gateways, current } };
  };

  test('a slow answer is announced in time and comes later, still for one pair of eyes', async () => {
    const bot = await at.bot({ ctx: slowly(2200) });
    const person = at.somebody();
    const turn = await person.command('topup', { amount: '500' });
    expect(turn).toMatchObject({ state: 'answered', thought: true });
    expect(turn.afterMs).toBeGreaterThan(2000);
    expect(isPng(turn.message)).toBe(true);
    expect(turn.message?.only).toBe(person.id);
    expect(person.sees()).toHaveLength(1);
    await bot.stop();
  });

  test('a press that takes long leaves the message until the answer is there', async () => {
    const bot = await at.bot();
    const person = at.somebody();
    const { message: menu } = await person.command('menu');
    const free = await holdIdentities();
    const pressing = person.presses(en('button.wallet'));
    await sleep(1800);
    expect(textOf(menu ?? never())).toContain(en('menu.title'));
    await free();
    const turn = await pressing;
    expect(turn).toMatchObject({ state: 'answered', thought: true });
    expect(turn.message).toBe(menu);
    expect(textOf(menu ?? never())).toContain(en('wallet.title'));
    await bot.stop();
  });

  test('a form that comes too late to open is offered by a button', async () => {
    const bot = await at.bot();
    const person = at.somebody();
    const free = await holdIdentities();
    const asking = person.command('topup');
    await sleep(1800);
    await free();
    const turn = await asking;
    expect(turn).toMatchObject({ state: 'answered', thought: true });
    expect(textOf(turn.message ?? never())).toContain(en('field.amount'));
    expect((await person.presses(en('button.fill_in'))).state).toBe('form');
    expect(isPng((await person.submits({ amount: '500' })).message)).toBe(true);
    await bot.stop();
  });

  test('an interaction that died on the way is logged and harms nothing', async () => {
    const bot = await at.bot();
    const person = at.somebody();
    at.fake.trouble(/callback$/, { slowMs: 3300 });
    expect((await person.command('wallet')).state).toBe('dead');
    await eventually(() => logged('was gone before its answer came').length > 0);
    expect((await person.command('wallet')).state).toBe('answered');
    await bot.stop();
  });

  test('stopping waits for the answer that is being made', async () => {
    const bot = await at.bot({ ctx: slowly(1000) });
    const person = at.somebody();
    const asking = person.command('topup', { amount: '500' });
    await sleep(200);
    await bot.stop();
    expect(isPng((await asking).message)).toBe(true);
  });

  /** Nobody can be looked up until the answered function is called. */
  async function holdIdentities(): Promise<() => Promise<void>> {
    const gate = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const done = at.world.another().db.transaction(async (db) => {
      await db.execute(sql`lock table identity in access exclusive mode`);
      held.resolve();
      await gate.promise;
    });
    await held.promise;
    return async () => {
      gate.resolve();
      await done;
    };
  }
});

describe('several instances', () => {
  test('answer each interaction and each text once', async () => {
    const bots = await Promise.all([at.bot(), at.bot(), at.bot()]);
    const before = logged('').length;
    const person = at.somebody();
    const turn = await person.command('topup', { amount: '500' });
    expect(isPng(turn.message)).toBe(true);
    await person.writesDm('/topup 300');
    await sleep(300);
    expect(person.sees()).toHaveLength(1);
    expect(at.fake.dm(person.id).filter((message) => message.author === 'bot')).toHaveLength(1);
    expect(await at.world.another().db.select().from(topup).where(sql`amount_satang = 30000`)).toHaveLength(1);
    expect(logged('').length).toBe(before);
    await Promise.all(bots.map((bot) => bot.stop()));
  });
});

describe('the gateway', () => {
  test('a lost connection is mended, and what was said meanwhile is answered', async () => {
    const bot = await at.bot();
    const person = at.somebody();
    const { resumed } = at.fake.gateway.counts;
    at.fake.gateway.drop(4000);
    await eventually(() => bot.status() === 'failing');
    const turn = await person.command('wallet');
    expect(turn.state).toBe('answered');
    expect(bot.status()).toBe('connected');
    expect(at.fake.gateway.counts.resumed).toBe(resumed + 1);
    await bot.stop();
  });

  test('a bot that is stopped while it mends its connection does not come back', async () => {
    const bot = await at.bot();
    at.fake.gateway.drop(4000);
    await eventually(() => bot.status() === 'failing');
    await bot.stop();
    await sleep(1000);
    expect(at.fake.gateway.counts.connected()).toBe(0);
  });

  test('a forgotten session is begun anew', async () => {
    const bot = await at.bot();
    at.fake.gateway.drop(4009, { forget: true });
    await eventually(() => bot.status() === 'failing');
    for (let i = 0; i < 4 && bot.status() !== 'connected'; i++) await sleep(2500); // identifying again is slowed down
    expect(bot.status()).toBe('connected');
    expect((await at.somebody().command('wallet')).state).toBe('answered');
    await bot.stop();
  });

  test('a token that is taken back ends the connection with a line that says so', async () => {
    const bot = await at.bot();
    at.fake.gateway.drop(4004);
    await eventually(() => logged('(4004)').length > 0);
    expect(bot.status()).toBe('failing');
    await bot.stop();
  });

  test('a wrong token is said plainly, and starting does not fail', async () => {
    const bot = await at.bot({ token: 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GwrnGg.wrong-wrong-wrong-wrong-wrong-wrong' });
    expect(bot.status()).toBe('failing');
    expect(logged('check DISCORD_BOT_TOKEN')).not.toEqual([]);
    expect(at.world.log.lines.join('\n')).not.toContain('wrong-wrong');
    await bot.stop();
  });

  test('when Discord is away at the start we try again until it is back', async () => {
    at.fake.trouble(/^GET \/gateway\/bot$/, { status: 503 }, 3);
    const bot = await at.bot();
    expect(bot.status()).toBe('connected');
    expect(logged('cannot be reached; trying again')).not.toEqual([]);
    await bot.stop();
  });

  test('in one server the commands are registered there and nowhere else', async () => {
    const bot = await at.bot({ everywhere: false });
    const names = at.fake.requests.filter((line) => line.startsWith('PUT '));
    expect(names.at(-1)).toContain(`/guilds/${at.fake.guildId}/commands`);
    await bot.stop();
  });
});

describe('notices', () => {
  const to = (subject: string) => ({ identityId: 'idn_test' as IdentityId, subject, language: 'en' as const });
  const notice = (more = {}) => ({
    id: `ntc_${snowflake()}`,
    kind: 'topup.settled',
    params: { amountSatang: '50000', reference: 'TU0000000000', topupId: 'top_1' },
    silent: false,
    ...more,
  });

  test('come as a direct message whose words a phone can show, without a connection', async () => {
    const { courier } = await stopped();
    const person = at.somebody();
    expect(await courier.deliver(to(person.id), notice())).toBe('sent');
    const [message] = at.fake.dm(person.id);
    expect(message?.body.content).toContain('500.00');
    expect(message?.silent).toBe(false);
    expect(await courier.deliver(to(person.id), notice({ silent: true }))).toBe('sent');
    expect(at.fake.dm(person.id)[1]?.silent).toBe(true);
  });

  test('closed DMs and unknown people are unreachable', async () => {
    const { courier } = await stopped();
    const person = at.somebody();
    at.fake.closedDms.add(person.id);
    expect(await courier.deliver(to(person.id), notice())).toBe('unreachable');
    expect(await courier.deliver(to(snowflake()), notice())).toBe('unreachable');
  });

  test('a notice whose answer was lost is not there twice', async () => {
    const { courier } = await stopped();
    const person = at.somebody();
    const one = notice();
    expect(await courier.deliver(to(person.id), one)).toBe('sent');
    expect(await courier.deliver(to(person.id), one)).toBe('sent');
    expect(at.fake.dm(person.id)).toHaveLength(1);
  });

  test('a busy Discord is tried again when it says', async () => {
    const { courier } = await stopped();
    const person = at.somebody();
    at.fake.trouble(/messages$/, { status: 429, headers: { 'retry-after': '30' } });
    expect(await courier.deliver(to(person.id), notice())).toMatchObject({
      retryAfterMs: expect.toSatisfy((ms) => ms >= 30_000),
    });
  });

  test('a broken or absent Discord is tried again later', async () => {
    // A server's fault is tried three times at once, a connection that broke only later.
    const troubles = [
      [{ status: 502 }, 3],
      [{ hangUp: true }, 1],
    ] as const;
    for (const [how, times] of troubles) {
      const { courier } = await stopped();
      const person = at.somebody();
      at.fake.trouble(/messages$/, how, times);
      expect(await courier.deliver(to(person.id), notice())).toEqual({ retryAfterMs: 10_000 });
      expect(await courier.deliver(to(person.id), notice())).toBe('sent');
    }
  });

  test('what Discord finds malformed is thrown without the notice in it', async () => {
    const { courier } = await stopped();
    const person = at.somebody();
    at.fake.trouble(/messages$/, { status: 400, code: 50_035 });
    await expect(courier.deliver(to(person.id), notice())).rejects.toThrow(
      /^Discord did not take a notice: DiscordAPIError 50035/,
    );
  });

  test('the QR of a top-up that has ended is taken away, wherever it was shown', async () => {
    const bot = await at.bot();
    const person = at.somebody();
    const { message: qr } = await person.command('topup', { amount: '432' });
    const db = at.world.another().db;
    const [row] = await db.select().from(topup).where(sql`amount_satang = 43200`);
    const [login] = await db.execute<{ id: IdentityId }>(sql`select id from identity where subject = ${person.id}`);
    await bot.courier.retire({ ...to(person.id), identityId: login?.id ?? ('' as IdentityId) }, `topup:${row?.id}`);
    expect(qr?.deleted).toBe(true);
    await bot.stop();
  });

  /** A bot that never connected. */
  async function stopped() {
    const bot = await at.bot();
    await bot.stop();
    return bot;
  }
});

function never(): never {
  throw new Error('no message came');
}
