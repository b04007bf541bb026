import { Api } from 'grammy';
import { telegramBotId } from '../../core/chats/telegramUpdate.ts';
import type { Courier } from '../../core/notices/courier.ts';
import type { BotContext } from '../command.ts';
import { commands } from '../commands/list.ts';
import { telegramCourier } from './courier.ts';
import { faultOf } from './fault.ts';
import { registerMenu } from './menu.ts';
import { paced } from './pace.ts';
import { delayAfter, pause, poll } from './poll.ts';
import { WANTED } from './read.ts';
import type { Desk } from './show.ts';
import { startWorker, type Worker } from './work.ts';

export interface TelegramOptions {
  token: string;
  /** Without a slash at the end. */
  apiRoot: string;
  /** The public address of `POST /telegram/<bot id>`. Without it updates are fetched by long polling. */
  webhookUrl?: string | null;
  webhookSecret: string | null;
  /** How many people are served at once. */
  lanes?: number;
}

type TelegramStatus = 'starting' | 'connected' | 'failing';

export interface Telegram {
  /** Comes back after the first attempt to connect, however that went, or after 5 s; it keeps trying by itself. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Brings notices; works without `start`. */
  courier: Courier;
  /** Says that the inbox holds something new. */
  wake(): void;
  status(): TelegramStatus;
}

const GRACE_MS = 8000;
const FIRST_ATTEMPT_MS = 5000;

export function createTelegram(ctx: BotContext, options: TelegramOptions): Telegram {
  const { token, apiRoot, webhookUrl, webhookSecret, lanes = 8 } = options;
  if (webhookUrl && !webhookSecret) throw new Error('a Telegram webhook needs a secret');
  const reading = new AbortController();
  const speaking = new AbortController();
  const api = new Api(token, { apiRoot, timeoutSeconds: 20 });
  api.config.use(paced(speaking.signal));
  const reader = new Api(token, { apiRoot, timeoutSeconds: 40 });
  const desk: Desk = { ctx, api, self: { id: telegramBotId(token), username: '' } };

  let status: TelegramStatus = 'starting';
  let worker: Worker | undefined;
  let running = Promise.resolve();
  const wake = () => worker?.wake();

  const connect = async () => {
    const me = await api.getMe();
    desk.self.username = me.username;
    if (webhookUrl) await api.setWebhook(webhookUrl, { secret_token: webhookSecret ?? '', allowed_updates: WANTED });
    else await api.deleteWebhook();
    await registerMenu(api, commands).catch((error: unknown) => {
      ctx.log.warn({ err: faultOf(error)?.about ?? error }, 'telegram: the command menu was not registered');
    });
    ctx.log.info({ bot: me.username, by: webhookUrl ? 'webhook' : 'long polling' }, 'telegram: connected');
  };

  const run = async (tried: () => void) => {
    for (let failures = 0; !reading.signal.aborted && status !== 'connected'; ) {
      try {
        await connect();
        status = 'connected';
      } catch (error) {
        status = 'failing';
        failures += 1;
        tried();
        if (!reading.signal.aborted) await pause(delayAfter(desk, error, failures), reading.signal);
      }
    }
    if (reading.signal.aborted) return;
    worker = startWorker(desk, lanes);
    tried();
    if (webhookUrl) return;
    const healthy = (well: boolean) => {
      status = well ? 'connected' : 'failing';
    };
    await poll(desk, { reader, signal: reading.signal, stored: wake, healthy });
  };

  return {
    courier: telegramCourier(desk),
    wake,
    status: () => status,
    start: () =>
      new Promise((resolve) => {
        running = run(resolve);
        setTimeout(resolve, FIRST_ATTEMPT_MS).unref();
      }),
    async stop() {
      reading.abort();
      const abort = () => speaking.abort();
      if (worker) await worker.stop(GRACE_MS, abort);
      else abort(); // still connecting
      await running;
    },
  };
}
