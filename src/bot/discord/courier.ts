import type { REST } from 'discord.js';
import type { Courier, Delivery, NoticeToDeliver, Recipient } from '../../core/notices/courier.ts';
import type { BotContext } from '../command.ts';
import { draw } from '../draw.ts';
import { tellNotice } from '../notices.ts';
import { discordCode, faultOf, retryAfterMs } from './fault.ts';
import { layOut, layOutNotice } from './layout.ts';
import { keepScreens, reviseScreen, type Shown } from './screen.ts';
import { openDm, sendMessage } from './send.ts';

/** DMs closed or we are blocked · no such user · not somebody who can be written to · no server in common any more. */
const UNREACHABLE = new Set([50_007, 10_013, 50_033, 50_278]);

/**
 * Delivers notices as direct messages. It needs only the token: an instance that is not connected to Discord's gateway
 * (one that runs only jobs) delivers too.
 */
export function createCourier(ctx: BotContext, rest: REST, token: string): Courier {
  const chats = new Map<string, string>();
  return {
    async deliver(to, notice) {
      rest.setToken(token); // discord.js forgets it after one refusal
      try {
        return await deliver(ctx, rest, chats, to, notice);
      } catch (error) {
        const code = discordCode(error);
        if (code !== undefined && UNREACHABLE.has(code)) return 'unreachable';
        const wait = retryAfterMs(error);
        if (wait !== undefined) return { retryAfterMs: wait };
        const fault = faultOf(error);
        // The error itself holds the notice and must not reach a log.
        throw new Error(`Discord did not take a notice: ${fault.name} ${fault.code ?? ''} ${fault.message}`);
      }
    },
    async revise(to, screen, told) {
      rest.setToken(token);
      const drawn = await draw(to.language, await tellNotice(ctx, told, to.language), ctx);
      await reviseScreen(ctx, rest, { identityId: to.identityId, name: screen, layout: layOut(drawn) });
    },
    async retire(to, screen) {
      rest.setToken(token);
      await keepScreens(ctx, rest, { identityId: to.identityId, reply: { retire: screen }, shown: undefined });
    },
  };
}

const NONCE_LENGTH = 25;
const MOST_CHATS = 10_000;

/** Where somebody's direct chat is. It stays the same, and Discord does not like to be asked too often. */
async function chatWith(rest: REST, chats: Map<string, string>, userId: string): Promise<string> {
  const known = chats.get(userId);
  if (known) return known;
  const channel = await openDm(rest, userId);
  const [oldest] = chats.keys();
  if (chats.size >= MOST_CHATS && oldest) chats.delete(oldest);
  chats.set(userId, channel);
  return channel;
}

async function deliver(
  ctx: BotContext,
  rest: REST,
  chats: Map<string, string>,
  to: Recipient,
  notice: NoticeToDeliver,
): Promise<Delivery> {
  const reply = await tellNotice(ctx, notice, to.language);
  const layout = layOutNotice(await draw(to.language, reply, ctx));
  const channel = await chatWith(rest, chats, to.subject);
  const how = { nonce: notice.id.slice(-NONCE_LENGTH), silent: notice.silent }; // the end of an id is the part that differs
  const message = await sendMessage(rest, channel, layout, how);
  const shown: Shown = { in: 'channel', channel, message };
  await keepScreens(ctx, rest, { identityId: to.identityId, reply, shown });
  return 'sent';
}
