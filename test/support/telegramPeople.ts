import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import { asJson, BotApiError, type FakeChats, type FakeMessage, type Payload } from './telegramChats.ts';

export const BOT = { id: 7000001, is_bot: true, first_name: 'ABTPro', username: 'abtpro_test_bot' };

export interface Update {
  update_id: number;
  [kind: string]: unknown;
}

export interface FakePerson {
  id: number;
  /** Writes in private, or in a group. Answers the update's id. */
  says(text: string, group?: number): number;
  /** Sends a photo. */
  sendsPhoto(): number;
  /** Presses the button with this label on the newest message that has one. */
  presses(label: string, group?: number): number;
  blocks(): number;
  /** What stands in the private chat now, oldest first; the bot's only. */
  sees(): FakeMessage[];
  waitsFor(what: (message: FakeMessage) => boolean): Promise<FakeMessage>;
  /** What answered presses of buttons: popups and links to open. */
  popups: { text: string | undefined; url: string | undefined }[];
}

type Queue = ReturnType<typeof createQueue>;

/** Updates that wait to be fetched; with a webhook they are pushed, again and again until they are taken. */
export function createQueue() {
  const sent: Update[] = [];
  let waiting: Update[] = [];
  let webhook: { url: string; secret: string } | undefined;
  let confirmedBelow = 0;
  let lastId = 500;
  let closed = false;
  let nudge = () => {};
  let conflict = () => {};

  const push = async (update: Update) => {
    for (let attempt = 0; attempt < 20 && webhook && !closed; attempt++) {
      const headers = { 'content-type': 'application/json', 'X-Telegram-Bot-Api-Secret-Token': webhook.secret };
      const body = JSON.stringify(update);
      const response = await fetch(webhook.url, { method: 'POST', headers, body }).catch(() => undefined);
      if (response?.ok) {
        waiting = waiting.filter((other) => other !== update);
        return;
      }
      await sleep(50);
    }
  };
  const deliver = (update: Update) => {
    waiting.push(update);
    waiting.sort((a, b) => a.update_id - b.update_id);
    nudge();
    if (webhook) void push(update);
  };
  return {
    sent,
    deliver,
    confirmedBelow: () => confirmedBelow,
    webhook: () => webhook,
    useWebhook(to: typeof webhook): true {
      webhook = to;
      return true;
    },
    add(content: object): number {
      lastId += 1;
      const update = { update_id: lastId, ...content };
      sent.push(update);
      deliver(update);
      return lastId;
    },
    async take({ offset, limit, timeout }: Payload, request: IncomingMessage): Promise<Update[]> {
      if (webhook) throw new BotApiError(409, "Conflict: can't use getUpdates method while webhook is active");
      conflict();
      confirmedBelow = Math.max(confirmedBelow, Number(offset ?? 0));
      waiting = waiting.filter((update) => update.update_id >= Number(offset ?? 0));
      if (waiting.length === 0) {
        const gone = new AbortController();
        const leave = () => gone.abort();
        request.socket.once('close', leave);
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, 1000 * Number(timeout ?? 0));
          timer.unref();
          nudge = resolve;
          conflict = () => reject(new BotApiError(409, 'Conflict: terminated by other getUpdates request'));
          gone.signal.addEventListener('abort', () => resolve());
        }).finally(() => request.socket.off('close', leave));
        conflict = () => {};
      }
      return waiting.slice(0, Number(limit ?? 100));
    },
    close() {
      closed = true;
      nudge();
    },
  };
}

type Town = { chats: FakeChats; queue: Queue; queries: Map<string, FakePerson> };

export function createPerson(about: { id: number; name?: string; language?: string }, town: Town): FakePerson {
  const { id, name = 'Somsri', language = 'en' } = about;
  const { chats, queue, queries } = town;
  const from = { id, is_bot: false, first_name: name, language_code: language };
  const chatOf = (group?: number) =>
    chats.open(group === undefined ? { id, type: 'private' } : { id: group, type: 'group' });
  const writes = (chatId: number, more: Partial<FakeMessage>) =>
    queue.add({ message: asJson(chats.add(chatId, { author: id, ...more }), from) });
  const sees = () => chats.messages(id).filter((message) => message.author === undefined);
  const person: FakePerson = {
    id,
    popups: [],
    sees,
    says: (text, group) => writes(chatOf(group).id, { text }),
    sendsPhoto: () => writes(chatOf().id, { file: { as: 'photo', name: 'x.jpg', bytes: Buffer.alloc(1) } }),
    presses(label, group) {
      const message = chats.messages(group ?? id).findLast((m) => m.buttons.flat().some((b) => b.text === label));
      const button = message?.buttons.flat().find((b) => b.text === label);
      if (!message || !button) throw new Error(`there is no button "${label}"`);
      const queryId = `query-${queries.size + 1}`;
      queries.set(queryId, person);
      const query = {
        id: queryId,
        from,
        chat_instance: '1',
        message: asJson(message, BOT),
        data: button.callback_data,
      };
      return queue.add({ callback_query: query });
    },
    blocks() {
      chats.blockers.add(id);
      const member = (status: string) => ({ user: BOT, status });
      const change = { old_chat_member: member('member'), new_chat_member: member('kicked') };
      return queue.add({ my_chat_member: { chat: chatOf(), from, date: 1, ...change } });
    },
    async waitsFor(what) {
      return eventually(() => sees().find(what)).catch(() => {
        throw new Error(`waited in vain; sees ${JSON.stringify(sees().map((m) => m.text ?? m.caption))}`);
      });
    },
  };
  return person;
}
