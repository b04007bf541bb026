import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { asJson, BotApiError, FakeChats, type FakeMessage, type Payload, payloadSchema } from './telegramChats.ts';
import { BOT, createPerson, createQueue, type FakePerson, type Update } from './telegramPeople.ts';

/** What goes wrong with the next call of a method. `lost`: it takes effect, but its answer never arrives. */
type FakeFault =
  | { code: number; description?: string; retryAfter?: number }
  | { slowMs: number }
  | { lost: true }
  | { cut: true };

export interface FakeTelegram {
  apiRoot: string;
  token: string;
  botId: string;
  /** Every call in order. */
  calls: { method: string; payload: Payload; at: number }[];
  /** Updates below this were confirmed by the bot. */
  confirmedBelow(): number;
  webhook(): { url: string; secret: string } | undefined;
  /** The last command list registered for a scope and language, `all_private_chats:th`. */
  menus: Map<string, { command: string; description: string }[]>;
  person(id: number, about?: { name?: string; language?: string }): FakePerson;
  seesInGroup(group: number): FakeMessage[];
  unblocks(person: number): void;
  /** Sends something again that was sent already, or anything at all. */
  deliver(update: Update): void;
  sent: Update[];
  /** The next calls of a method go wrong, one after the other; for one chat only if it is named. */
  fails(method: string, faults: FakeFault[], chatId?: number): void;
  close(): Promise<void>;
}

const TOKEN = `${BOT.id}:AAfake-token_for-tests`;

/** A Bot API server on this machine, with people who use it. */
export async function startTelegram(): Promise<FakeTelegram> {
  const chats = new FakeChats();
  const calls: FakeTelegram['calls'] = [];
  const faults: { method: string; chatId: number | undefined; left: FakeFault[] }[] = [];
  const menus: FakeTelegram['menus'] = new Map();
  const queue = createQueue();
  const queries = new Map<string, FakePerson>();

  const methods: Record<string, (payload: Payload, files: Map<string, File>) => unknown> = {
    getMe: () => ({
      ...BOT,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
    }),
    setWebhook: ({ url, secret_token }) => queue.useWebhook({ url: String(url), secret: String(secret_token) }),
    deleteWebhook: () => queue.useWebhook(undefined),
    setMyCommands: (payload) => setCommands(menus, payload),
    sendMessage: (payload) => asJson(chats.send(payload), BOT),
    sendPhoto: async (payload, files) => asJson(chats.send(payload, await fileOf('photo', payload, files)), BOT),
    sendDocument: async (payload, files) => asJson(chats.send(payload, await fileOf('document', payload, files)), BOT),
    editMessageText: (payload) => asJson(chats.editText(payload), BOT),
    editMessageCaption: (payload) => asJson(chats.editCaption(payload), BOT),
    editMessageReplyMarkup: (payload) => asJson(chats.editButtons(payload), BOT),
    deleteMessage: (payload) => chats.delete(payload),
    answerCallbackQuery: ({ callback_query_id, text, url }) => {
      const person = queries.get(String(callback_query_id));
      if (!person)
        throw new BotApiError(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid');
      if ((text?.length ?? 0) > 200) throw new BotApiError(400, 'Bad Request: MESSAGE_TOO_LONG');
      person.popups.push({ text, url: url === undefined ? undefined : String(url) });
      return true;
    },
  };

  const perform = async (method: string, payload: Payload, files: Map<string, File>, request: IncomingMessage) => {
    calls.push({ method, payload, at: performance.now() });
    if (method === 'getUpdates') return { result: await queue.take(payload, request), fault: undefined };
    const planned = faults.find(
      (f) => f.method === method && f.left.length > 0 && (f.chatId ?? payload.chat_id) === payload.chat_id,
    );
    const fault = planned?.left.shift();
    if (fault && 'slowMs' in fault) await sleep(fault.slowMs);
    if (fault && 'code' in fault) throw new BotApiError(fault.code, fault.description ?? 'Error', fault.retryAfter);
    if (fault && 'cut' in fault) return { result: undefined, fault };
    const run = methods[method];
    if (!run) throw new BotApiError(404, 'Not Found: method not found');
    return { result: await run(payload, files), fault };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    try {
      const { payload, files } = await readBody(request);
      if (token !== TOKEN) throw new BotApiError(401, 'Unauthorized');
      const { result, fault } = await perform(method, payload, files, request);
      if (fault && ('lost' in fault || 'cut' in fault)) request.socket.destroy();
      else write(response, 200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof BotApiError)) throw error;
      const more = error.retryAfter === undefined ? {} : { parameters: { retry_after: error.retryAfter } };
      write(response, error.code, { ok: false, error_code: error.code, description: error.message, ...more });
    }
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: TOKEN,
    botId: String(BOT.id),
    calls,
    confirmedBelow: queue.confirmedBelow,
    webhook: queue.webhook,
    menus,
    person: (id, about = {}) => createPerson({ id, ...about }, { chats, queue, queries }),
    seesInGroup: (group) => chats.messages(group).filter((message) => message.author === undefined),
    unblocks: (person) => chats.blockers.delete(person),
    deliver: queue.deliver,
    sent: queue.sent,
    fails: (method, left, chatId) => faults.push({ method, chatId, left: [...left] }),
    close: () =>
      new Promise((resolve) => {
        queue.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const command = z.object({ command: z.string().regex(/^[a-z0-9_]{1,32}$/), description: z.string().min(1).max(256) });

function setCommands(menus: FakeTelegram['menus'], payload: Payload): true {
  const list = z.array(command).max(100).safeParse(payload.commands);
  if (!list.success) throw new BotApiError(400, 'Bad Request: BOT_COMMAND_INVALID');
  const scope = z.object({ type: z.string() }).parse(payload.scope ?? { type: 'default' });
  menus.set(`${scope.type}:${payload.language_code ?? ''}`, list.data);
  return true;
}

async function fileOf(
  as: 'photo' | 'document',
  payload: Payload,
  files: Map<string, File>,
): Promise<FakeMessage['file']> {
  const file = files.get(String(payload[as]).replace('attach://', ''));
  if (!file) throw new BotApiError(400, `Bad Request: there is no ${as} in the request`);
  return { as, name: file.name, bytes: Buffer.from(await file.arrayBuffer()) };
}

/** What a multipart form carries as JSON. */
const OBJECTS = new Set(['caption_entities', 'reply_markup', 'reply_parameters', 'link_preview_options']);

async function readBody(request: IncomingMessage): Promise<{ payload: Payload; files: Map<string, File> }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  const files = new Map<string, File>();
  if (!type.startsWith('multipart/'))
    return { payload: payloadSchema.parse(JSON.parse(body.toString() || '{}')), files };
  const fields: Record<string, unknown> = {};
  for (const [name, value] of await new Response(body, { headers: { 'content-type': type } }).formData()) {
    if (value instanceof File) files.set(name, value);
    else fields[name] = OBJECTS.has(name) ? JSON.parse(value) : value;
  }
  return { payload: payloadSchema.parse(fields), files };
}

function write(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
