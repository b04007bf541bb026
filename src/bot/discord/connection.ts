import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  DiscordAPIError,
  DiscordjsErrorCodes,
  Events,
  GatewayIntentBits,
  type Interaction,
  type Message,
  Options,
  Partials,
  type RESTOptions,
  Status,
} from 'discord.js';
import type { Log } from '../../core/context.ts';
import { faultOf } from './fault.ts';

export type DiscordStatus = 'starting' | 'connected' | 'failing';

export interface Connection {
  /** Tries until it is connected, refused or closed. Answers our application's id once connected. Never throws. */
  open(): Promise<string | undefined>;
  close(): Promise<void>;
  status(): DiscordStatus;
}

interface Needs {
  log: Log;
  token: string;
  rest: Partial<RESTOptions>;
  onInteraction(interaction: Interaction): void;
  onMessage(message: Message): void;
}

const LONGEST_PAUSE_MS = 60_000;

/**
 * Our line to Discord's gateway. Once it stood, discord.js mends it by itself: `failing` while it tries, `connected`
 * again when it resumed. What it cannot mend, such as a token that was taken back, stays `failing` and is said in one
 * line of the log.
 */
export function createConnection(needs: Needs): Connection {
  const { log, token } = needs;
  const closing = new AbortController();
  let client: Client | undefined;
  let status: DiscordStatus = 'starting';

  const turnTo = (next: DiscordStatus) => {
    if (next === status || closing.signal.aborted) return;
    if (next === 'connected') log.info({}, 'Discord is connected');
    if (next === 'failing' && status === 'connected') log.warn({}, 'the connection to Discord is lost; trying again');
    status = next;
  };

  return {
    status: () => status,
    async open() {
      for (let attempt = 0; !closing.signal.aborted; attempt++) {
        client = newClient(needs, turnTo);
        try {
          return await login(client, token);
        } catch (error) {
          turnTo('failing');
          const fault = faultOf(error);
          if (isRefused(error)) {
            log.error({ fault }, 'Discord refuses us: check DISCORD_BOT_TOKEN, then start again');
            return undefined;
          }
          const pauseMs = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** attempt);
          log.warn({ fault, pauseMs }, 'Discord cannot be reached; trying again');
          await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
        }
      }
      return undefined;
    },
    async close() {
      if (closing.signal.aborted) return;
      const mending = status === 'failing';
      closing.abort();
      if (client) await end(client, mending);
    },
  };
}

const MENDED_WITHIN_MS = 1500;

/**
 * discord.js opens a lost connection again half a second later, even when it was told to end meanwhile. So a line that
 * is being mended is ended when it is up again, or right when the attempt fails.
 */
async function end(client: Client, mending: boolean): Promise<void> {
  const givenUp = client.ws.shards.every((shard) => shard.status === Status.Disconnected);
  if (!mending || givenUp || client.token === null) return client.destroy();
  const ended = new Promise<void>((resolve) => {
    const now = () => void client.destroy().then(resolve);
    for (const event of [Events.ShardReady, Events.ShardResume, Events.ShardReconnecting] as const)
      client.once(event, now);
  });
  await Promise.race([ended, sleep(MENDED_WITHIN_MS)]);
  await client.destroy();
}

async function login(client: Client, token: string): Promise<string> {
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  await client.login(token);
  await ready;
  if (!client.application) throw new Error('Discord did not say who we are');
  return client.application.id;
}

function newClient({ log, rest, onInteraction, onMessage }: Needs, turnTo: (next: DiscordStatus) => void): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages],
    partials: [Partials.Channel], // direct chats that we have not seen yet
    rest,
    waitGuildTimeout: 0, // answering need not wait until every server was heard of
    allowedMentions: { parse: [] },
    makeCache: Options.cacheWithLimits({ ...Options.DefaultMakeCacheSettings, MessageManager: 0, ThreadManager: 0 }),
  });
  client.on(Events.InteractionCreate, onInteraction);
  client.on(Events.MessageCreate, onMessage);
  client.on(Events.ShardReady, () => turnTo('connected'));
  client.on(Events.ShardResume, () => turnTo('connected'));
  client.on(Events.ShardReconnecting, () => turnTo('failing'));
  client.on(Events.ShardDisconnect, ({ code }) => {
    turnTo('failing');
    log.error(
      { code },
      `Discord closed the connection for good (${code}): ${CLOSED[code] ?? 'see its list of close codes'}`,
    );
  });
  client.on(Events.ShardError, (error) => log.warn({ fault: faultOf(error) }, 'the connection to Discord has trouble'));
  client.on(Events.Error, (error) => log.error({ fault: faultOf(error) }, 'discord.js reports an error'));
  return client;
}

const CLOSED: Record<number, string> = {
  4004: 'the token is not valid any more',
  4011: 'we are in too many servers for one connection',
  4013: 'it does not know what we asked to hear',
  4014: 'it does not allow what we asked to hear',
};

function isRefused(error: unknown): boolean {
  if (error instanceof DiscordAPIError) return error.status === 401;
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return code === DiscordjsErrorCodes.TokenInvalid || REFUSALS.has(error.message);
}

/** What discord.js says when the gateway itself refuses us; these errors have no code. */
const REFUSALS = new Set([
  'Authentication failed',
  'Sharding is required',
  'Used an invalid API version',
  'Used disallowed intents',
  'Used invalid intents',
]);
