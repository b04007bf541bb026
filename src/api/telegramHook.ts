import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type InboxContext, storeUpdates } from '../core/chats/inbox.ts';
import { telegramUpdate } from '../core/chats/telegramUpdate.ts';
import { isDatabaseAway } from '../core/db.ts';

const MOST_BYTES = 1024 * 1024;

export interface TelegramHook {
  botId: string;
  /** What Telegram was told to send in `X-Telegram-Bot-Api-Secret-Token`. */
  secret: string;
  /** Called when something new was stored, if the bot runs in this process too. */
  onStored?: () => void;
}

/**
 * `POST /telegram/<bot id>`: takes an update and answers 200 once it is in the inbox. Whatever else is answered,
 * Telegram sends it again.
 */
export function telegramHook(ctx: InboxContext, { botId, secret, onStored }: TelegramHook): Hono {
  const app = new Hono();
  app.post(
    '/telegram/:botId',
    async (c, next) => {
      if (c.req.param('botId') !== botId) return c.body(null, 404);
      if (!same(c.req.header('X-Telegram-Bot-Api-Secret-Token') ?? '', secret)) return c.body(null, 401);
      return next();
    },
    bodyLimit({ maxSize: MOST_BYTES, onError: (c) => c.body(null, 413) }),
    async (c) => {
      const update = telegramUpdate(await c.req.json().catch(() => undefined));
      if (!update) return c.body(null, 400);
      try {
        if ((await storeUpdates(ctx, botId, [update])) > 0) onStored?.();
        return c.body(null, 200);
      } catch (error) {
        ctx.log.error({ err: error, updateId: update.updateId }, 'telegram: an update could not be stored');
        return c.body(null, isDatabaseAway(error) ? 503 : 500);
      }
    },
  );
  return app;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares in a time that tells nothing about the secret, not even its length. */
const same = (one: string, other: string) => timingSafeEqual(digest(one), digest(other));
