import { z } from 'zod';

/** A "no" of the Bot API. */
export class BotApiError extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;

  constructor(code: number, description: string, retryAfter?: number) {
    super(description);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

const bad = (description: string): never => {
  throw new BotApiError(400, `Bad Request: ${description}`);
};

const button = z.object({
  text: z.string().min(1),
  callback_data: z.string().optional(),
  url: z.string().optional(),
  style: z.enum(['primary', 'danger', 'success']).optional(),
});
const markup = z.object({ inline_keyboard: z.array(z.array(button)) });
const entity = z.object({ type: z.string(), offset: z.number(), length: z.number().positive() });
export const payloadSchema = z.looseObject({
  chat_id: z.coerce.number().optional(),
  message_id: z.coerce.number().optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  entities: z.array(entity).optional(),
  caption_entities: z.array(entity).optional(),
  reply_markup: markup.optional(),
  reply_parameters: z.object({ message_id: z.number() }).optional(),
  disable_notification: z.coerce.boolean().optional(),
  link_preview_options: z.object({ is_disabled: z.boolean() }).optional(),
});
export type Payload = z.output<typeof payloadSchema>;

export interface FakeMessage {
  message_id: number;
  chat: FakeChat;
  date: number;
  /** Who wrote it; undefined is the bot. */
  author: number | undefined;
  text: string | undefined;
  caption: string | undefined;
  entities: z.output<typeof entity>[];
  buttons: z.output<typeof button>[][];
  file: { as: 'photo' | 'document'; name: string; bytes: Buffer } | undefined;
  replyTo: number | undefined;
  silent: boolean;
  edits: number;
}

export interface FakeChat {
  id: number;
  type: 'private' | 'group';
}

/** The chats of a make-believe Telegram, as strict about messages as the real one. */
export class FakeChats {
  readonly blockers = new Set<number>();
  readonly #chats = new Map<number, { chat: FakeChat; messages: FakeMessage[] }>();
  #lastId = 100;

  open(chat: FakeChat): FakeChat {
    if (!this.#chats.has(chat.id)) this.#chats.set(chat.id, { chat, messages: [] });
    return chat;
  }

  /** What is to be seen in a chat, oldest first. */
  messages(chatId: number): FakeMessage[] {
    return this.#chats.get(chatId)?.messages ?? [];
  }

  add(chatId: number | undefined, more: Partial<FakeMessage>): FakeMessage {
    const found = this.#chats.get(chatId ?? 0) ?? bad('chat not found');
    this.#lastId += 1;
    const message: FakeMessage = {
      message_id: this.#lastId,
      chat: found.chat,
      date: Math.floor(Date.now() / 1000),
      author: undefined,
      text: undefined,
      caption: undefined,
      entities: [],
      buttons: [],
      file: undefined,
      replyTo: undefined,
      silent: false,
      edits: 0,
      ...more,
    };
    found.messages.push(message);
    return message;
  }

  /** Something the bot sends. */
  send(payload: Payload, file?: FakeMessage['file']): FakeMessage {
    const { chat_id, text, caption } = payload;
    if (this.blockers.has(chat_id ?? 0)) throw new BotApiError(403, 'Forbidden: bot was blocked by the user');
    if (file) checkText(caption ?? '', payload.caption_entities, 1024, 'message caption is too long');
    else checkText(text || bad('message text is empty'), payload.entities, 4096, 'message is too long');
    return this.add(chat_id, {
      text: file ? undefined : text,
      caption: file ? caption : undefined,
      entities: (file ? payload.caption_entities : payload.entities) ?? [],
      buttons: checkButtons(payload),
      file,
      replyTo: payload.reply_parameters?.message_id,
      silent: payload.disable_notification ?? false,
    });
  }

  editText(payload: Payload): FakeMessage {
    const message = this.#find(payload, 'message to edit not found');
    if (message.text === undefined) return bad('there is no text in the message to edit');
    const text = payload.text || bad('message text is empty');
    checkText(text, payload.entities, 4096, 'MESSAGE_TOO_LONG');
    return change(message, { text, entities: payload.entities ?? [], buttons: checkButtons(payload) });
  }

  editCaption(payload: Payload): FakeMessage {
    const message = this.#find(payload, 'message to edit not found');
    checkText(payload.caption ?? '', payload.caption_entities, 1024, 'MEDIA_CAPTION_TOO_LONG');
    const entities = payload.caption_entities ?? [];
    return change(message, { caption: payload.caption, entities, buttons: checkButtons(payload) });
  }

  editButtons(payload: Payload): FakeMessage {
    return change(this.#find(payload, 'message to edit not found'), { buttons: checkButtons(payload) });
  }

  /** The bot's own messages anywhere, and in a private chat the person's too. */
  delete(payload: Payload): true {
    const { chat_id = 0, message_id } = payload;
    const found = this.messages(chat_id).find((message) => message.message_id === message_id);
    const message = found?.chat.type === 'private' ? found : this.#find(payload, 'message to delete not found');
    const messages = this.messages(message.chat.id);
    messages.splice(messages.indexOf(message), 1);
    return true;
  }

  #find({ chat_id, message_id }: Payload, missing: string): FakeMessage {
    const found = this.messages(chat_id ?? 0).find((message) => message.message_id === message_id);
    return found?.author === undefined && found ? found : bad(missing);
  }
}

function change(message: FakeMessage, to: Partial<FakeMessage>): FakeMessage {
  const same = Object.entries(to).every(([name, value]) => {
    return JSON.stringify(Reflect.get(message, name)) === JSON.stringify(value);
  });
  if (same) bad('message is not modified: specified new message content and reply markup are exactly the same');
  return Object.assign(message, to, { edits: message.edits + 1 });
}

function checkText(text: string, entities: Payload['entities'], most: number, tooLong: string): void {
  if (text.length > most) bad(tooLong);
  for (const { offset, length } of entities ?? []) {
    if (offset < 0 || offset + length > text.length) bad('entity is beyond the end of the text');
  }
}

function checkButtons({ reply_markup }: Payload): FakeMessage['buttons'] {
  const rows = reply_markup?.inline_keyboard ?? [];
  for (const { callback_data, url } of rows.flat()) {
    if ((callback_data === undefined) === (url === undefined)) bad('inline keyboard button type is invalid');
    if (callback_data !== undefined && Buffer.byteLength(callback_data) > 64) bad('BUTTON_DATA_INVALID');
    if (callback_data === '') bad('BUTTON_DATA_INVALID');
  }
  return rows;
}

/** A message as the Bot API shows it. */
export function asJson(message: FakeMessage, from: object) {
  const { message_id, chat, date, text, caption, entities, buttons, file } = message;
  return {
    message_id,
    chat,
    date,
    from,
    ...(text === undefined ? {} : { text, entities }),
    ...(caption === undefined ? {} : { caption, caption_entities: entities }),
    ...(file?.as === 'photo' ? { photo: [{ file_id: `photo-${message_id}`, width: 1, height: 1 }] } : {}),
    ...(file?.as === 'document' ? { document: { file_id: `document-${message_id}`, file_name: file.name } } : {}),
    ...(buttons.length > 0 ? { reply_markup: { inline_keyboard: buttons } } : {}),
  };
}
