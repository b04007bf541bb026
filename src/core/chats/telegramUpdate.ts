import { z } from 'zod';
import type { NewUpdate } from './inbox.ts';

/** The part of a bot's token that is no secret: its id, which Telegram never changes. */
export const telegramBotId = (token: string) => token.slice(0, token.indexOf(':'));

const from = z.object({ from: z.object({ id: z.number() }).optional() }).optional();

const schema = z.object({
  update_id: z.number().int(),
  message: from,
  edited_message: from,
  callback_query: from,
  my_chat_member: from,
});

/**
 * What Telegram sent, ready for the inbox; undefined when it is no update. Its lane is the person who caused it, so
 * that one person is answered in order and nobody waits for somebody else.
 */
export function telegramUpdate(raw: unknown): NewUpdate | undefined {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return undefined;
  const { update_id: updateId, message, edited_message, callback_query, my_chat_member } = parsed.data;
  const cause = message ?? edited_message ?? callback_query ?? my_chat_member;
  return { updateId, lane: cause?.from ? String(cause.from.id) : 'nobody', payload: storable(raw) };
}

/**
 * PostgreSQL's jsonb refuses NUL and halves of surrogate pairs. One message with either would be refused for ever and
 * hold up everybody behind it.
 */
function storable(raw: unknown): unknown {
  return JSON.parse(JSON.stringify(raw), (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value,
  );
}
