import { setTimeout as sleep } from 'node:timers/promises';
import { MessageFlags, RateLimitError, type REST, type RESTPostAPIChannelMessageJSONBody, Routes } from 'discord.js';
import { z } from 'zod';
import type { Layout } from './layout.ts';

const madeShape = z.object({ id: z.string() });

/**
 * Sends a message to a channel and answers its id. Two sends with one `nonce` (at most 25 characters) within a few
 * minutes are one message, so a request whose answer was lost may be repeated.
 */
export async function sendMessage(
  rest: REST,
  channelId: string,
  layout: Layout,
  how: { nonce: string; silent: boolean },
): Promise<string> {
  const body: RESTPostAPIChannelMessageJSONBody = {
    content: layout.content,
    embeds: layout.embeds,
    components: layout.components,
    allowed_mentions: layout.allowedMentions,
    nonce: how.nonce,
    enforce_nonce: true,
    ...(how.silent ? { flags: MessageFlags.SuppressNotifications } : {}),
  };
  const files = layout.files.map(({ name, attachment }) => ({ name, data: attachment }));
  return madeShape.parse(await rest.post(Routes.channelMessages(channelId), { body, files })).id;
}

/** The direct chat with a person. Discord answers the same one each time. */
export async function openDm(rest: REST, userId: string): Promise<string> {
  return madeShape.parse(await rest.post(Routes.userChannels(), { body: { recipient_id: userId } })).id;
}

const PATIENCE_MS = 15_000;

/** Waits once for a short rate limit; a long one is thrown on. */
export async function patiently<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof RateLimitError) || error.retryAfter > PATIENCE_MS) throw error;
    await sleep(error.retryAfter);
    return send();
  }
}
