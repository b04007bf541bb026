import type { BotContext } from '../../src/bot/command.ts';
import { createDiscord, type Discord } from '../../src/bot/discord/discord.ts';
import { createGuilds, type DiscordGuilds } from '../../src/bot/discord/guilds.ts';
import type { Params } from '../../src/core/error.ts';
import { translate } from '../../src/core/text/text.ts';
import { type FakeDiscord, startDiscord } from './discord.ts';
import { type FakeMessage, type Json, snowflake } from './discordChats.ts';
import type { Person } from './discordPeople.ts';
import type { FakeExchanges } from './exchanges.ts';
import { createWorld, type World } from './world.ts';

export interface DiscordWorld {
  world: World<FakeExchanges>;
  fake: FakeDiscord;
  /** What gives and takes roles there. */
  guilds: DiscordGuilds;
  /** The bot under test; commands are registered in the fake's server, or everywhere. */
  bot(how?: { everywhere?: boolean; ctx?: Partial<BotContext>; token?: string }): Promise<Discord>;
  /** Somebody new, so that tests do not see each other's chats. */
  somebody(about?: { name?: string; locale?: string; permissions?: bigint }): Person;
  close(): Promise<void>;
}

export async function createDiscordWorld(options: Parameters<typeof startDiscord>[0] = {}): Promise<DiscordWorld> {
  const world = await createWorld();
  const fake = await startDiscord(options);
  const guilds = createGuilds({ token: fake.token, apiRoot: fake.apiRoot });
  const bots: Discord[] = [];
  return {
    world,
    fake,
    guilds,
    async bot({ everywhere = true, ctx = {}, token = fake.token } = {}) {
      const context = { ...world.ctx({ kind: 'job', name: 'discord' }), guilds, ...ctx };
      const bot = createDiscord(context, { token, guildId: everywhere ? null : fake.guildId, apiRoot: fake.apiRoot });
      bots.push(bot);
      await bot.start();
      return bot;
    },
    somebody: (about) => fake.person(snowflake(), about),
    async close() {
      await Promise.all(bots.map((bot) => bot.stop()));
      guilds.close();
      await fake.stop();
      await world.close();
    },
  };
}

export const en = (key: string, params?: Params) => translate('en', key, params);
export const th = (key: string, params?: Params) => translate('th', key, params);

export const embedOf = (message: FakeMessage | undefined): Json => ((message?.body.embeds ?? []) as Json[])[0] ?? {};

export const isPng = (message: FakeMessage | undefined) =>
  message?.files[0]?.content.subarray(1, 4).toString() === 'PNG';
