import { createTelegram, type Telegram, type TelegramOptions } from '../../src/bot/telegram/telegram.ts';
import { translate } from '../../src/core/text/text.ts';
import { type FakeTelegram, startTelegram } from './telegram.ts';
import { createWorld, type World } from './world.ts';

export interface TelegramWorld {
  world: World;
  fake: FakeTelegram;
  ctx: ReturnType<World['ctx']>;
  /** A bot of ours that is started and will be stopped; several are several instances. */
  bot(more?: Partial<TelegramOptions>, ctx?: ReturnType<World['ctx']>): Promise<Telegram>;
  close(): Promise<void>;
}

/** A world with a make-believe Telegram beside it. */
export async function createTelegramWorld(): Promise<TelegramWorld> {
  const [world, fake] = await Promise.all([createWorld(), startTelegram()]);
  const ctx = world.ctx({ kind: 'chat', provider: 'telegram' });
  const bots: Telegram[] = [];
  return {
    world,
    fake,
    ctx,
    async bot(more = {}, as = ctx) {
      const bot = createTelegram(as, { token: fake.token, apiRoot: fake.apiRoot, webhookSecret: null, ...more });
      bots.push(bot);
      await bot.start();
      return bot;
    },
    async close() {
      await Promise.all(bots.map((bot) => bot.stop()));
      await fake.close();
      await world.close();
    },
  };
}

export const en = (key: string, params = {}) => translate('en', key, params);
