import { z } from 'zod';
import { findCommand } from '../answer.ts';
import type { Incoming } from '../command.ts';
import { readButton } from '../draw.ts';

/** Our bot as Telegram knows it. */
export interface Self {
  id: string;
  username: string;
}

/** Where an update came from, and so where its answer goes. */
export interface Place {
  chatId: number;
  kind: Incoming['place'];
  /** The topic inside a forum. */
  threadId: number | undefined;
  /** The message to answer to: only needed where others write too. */
  replyTo: number | undefined;
  /** The person's own message, where we could take it away. */
  said: number | undefined;
  press: Press | undefined;
}

/** A press of a button. */
interface Press {
  queryId: string;
  /** The message under which the button is; undefined when Telegram no longer shows it to us. */
  messageId: number | undefined;
  /** A message of words can be replaced by other words; a picture or a file cannot. */
  words: boolean;
}

/** What an update means to us. */
export type Meaning =
  | { kind: 'ask'; incoming: Incoming; place: Place }
  /** A person blocked us or let us in again. */
  | { kind: 'presence'; login: Incoming['login']; present: boolean }
  /** A press that means nothing, but whose spinner must stop. */
  | { kind: 'acknowledge'; queryId: string }
  | { kind: 'nothing' };

const person = z.object({
  id: z.number(),
  is_bot: z.boolean(),
  first_name: z.string(),
  last_name: z.string().optional(),
  language_code: z.string().optional(),
});
const chat = z.object({ id: z.number(), type: z.string() });
const message = z.looseObject({
  message_id: z.number(),
  chat,
  from: person.optional(),
  text: z.string().optional(),
  is_topic_message: z.boolean().optional(),
  message_thread_id: z.number().optional(),
});
const query = z.object({
  id: z.string(),
  from: person,
  data: z.string().optional(),
  message: message.extend({ date: z.number() }).optional(),
});
const membership = z.object({ chat, from: person, new_chat_member: z.object({ status: z.string() }) });
const update = z.object({
  update_id: z.number(),
  message: message.optional(),
  callback_query: query.optional(),
  my_chat_member: membership.optional(),
});

type Message = z.output<typeof message>;
type Query = z.output<typeof query>;

/** What we ask Telegram to send; edited messages are not among it. */
export const WANTED = ['message', 'callback_query', 'my_chat_member'] as const;

/** Says what an update means. `payload` is what Telegram sent, in whatever version of its API. */
export function readUpdate(self: Self, payload: unknown): Meaning {
  const parsed = update.safeParse(payload);
  if (!parsed.success) return { kind: 'nothing' };
  const { update_id, message, callback_query, my_chat_member } = parsed.data;
  const key = `telegram:${self.id}:${update_id}`;
  if (message) return readMessage(self, key, message);
  if (callback_query) return readPress(key, callback_query);
  if (my_chat_member) return readMembership(my_chat_member);
  return { kind: 'nothing' };
}

function readMessage(self: Self, key: string, message: Message): Meaning {
  const { from, chat } = message;
  if (!from || from.is_bot || chat.type === 'channel') return { kind: 'nothing' };
  const kind = placeOf(chat.type);
  const what = kind === 'private' ? readPrivate(message) : readGroup(self, message.text ?? '');
  if (!what) return { kind: 'nothing' };
  return {
    kind: 'ask',
    incoming: { key, login: loginOf(from), place: kind, forms: false, what },
    place: {
      chatId: chat.id,
      kind,
      threadId: threadOf(message),
      replyTo: kind === 'group' ? message.message_id : undefined,
      said: message.message_id,
      press: undefined,
    },
  };
}

function readPrivate(message: Message): Incoming['what'] | undefined {
  const { text } = message;
  if (text !== undefined) return readCommand(text) ?? { kind: 'text', text };
  // Telegram also tells of pinned messages, timers and the like. Only what a person sent wants an answer.
  return CONTENT.some((name) => name in message) ? { kind: 'other' } : undefined;
}

const CONTENT = [
  ...['photo', 'document', 'video', 'animation', 'audio', 'voice', 'video_note', 'sticker', 'story', 'paid_media'],
  ...['contact', 'location', 'venue', 'poll', 'dice', 'checklist'],
];

/** In a group we hear only our own commands: `/menu@us`, or `/menu` where nobody is named. */
function readGroup(self: Self, text: string): Incoming['what'] | undefined {
  const command = readCommand(text);
  if (!command || !findCommand(command.name)) return undefined;
  const named = command.bot?.toLowerCase();
  return named === undefined || named === self.username.toLowerCase() ? command : undefined;
}

/** `/name`, `/name@bot` and `/name@bot the rest`. */
function readCommand(text: string) {
  const match = /^\/([^\s@]+)(?:@(\w+))?(?:\s+([\s\S]*))?$/.exec(text);
  if (!match) return undefined;
  const [, name = '', bot, rest = ''] = match;
  return { kind: 'command' as const, name, text: rest, bot };
}

function readPress(key: string, query: Query): Meaning {
  const { id: queryId, from, message, data } = query;
  if (!message || data === undefined || from.is_bot) return { kind: 'acknowledge', queryId };
  const kind = placeOf(message.chat.type);
  const accessible = message.date !== 0;
  return {
    kind: 'ask',
    incoming: { key, login: loginOf(from), place: kind, forms: false, what: { kind: 'button', ...readButton(data) } },
    place: {
      chatId: message.chat.id,
      kind,
      threadId: threadOf(message),
      replyTo: undefined,
      said: undefined,
      press: {
        queryId,
        messageId: accessible ? message.message_id : undefined,
        words: accessible && message.text !== undefined,
      },
    },
  };
}

function readMembership({ chat, from, new_chat_member }: z.output<typeof membership>): Meaning {
  if (chat.type !== 'private') return { kind: 'nothing' };
  return { kind: 'presence', login: loginOf(from), present: new_chat_member.status === 'member' };
}

const placeOf = (type: string) => (type === 'private' ? 'private' : 'group');

const threadOf = (message: Message) => (message.is_topic_message ? message.message_thread_id : undefined);

function loginOf(from: z.output<typeof person>): Incoming['login'] {
  const displayName = from.last_name ? `${from.first_name} ${from.last_name}` : from.first_name;
  return { provider: 'telegram', subject: String(from.id), displayName, languageHint: from.language_code };
}
