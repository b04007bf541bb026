import { setTimeout as sleep } from 'node:timers/promises';
import { type Interaction, type Message, REST } from 'discord.js';
import type { Courier } from '../../core/notices/courier.ts';
import type { BotContext } from '../command.ts';
import { commands } from '../commands/list.ts';
import { createLanes } from '../lanes.ts';
import { createConnection, type DiscordStatus } from './connection.ts';
import { createCourier } from './courier.ts';
import { answerText, isTextForUs } from './directMessage.ts';
import { faultOf } from './fault.ts';
import { answerInteraction, isForUs } from './interaction.ts';
import { register } from './register.ts';
import { restOptionsOf } from './rest.ts';
import { suggest } from './suggest.ts';

export interface Discord {
  /** Connects and registers the commands. Ends after 8 seconds at the latest and goes on trying; never throws. */
  start(): Promise<void>;
  /** Waits at most 8 seconds for answers that are on their way. */
  stop(): Promise<void>;
  /** Works without `start`. */
  courier: Courier;
  status(): DiscordStatus;
}

export interface DiscordOptions {
  token: string;
  /** Where commands are registered; null: everywhere. */
  guildId: string | null;
  /** What stands in place of `https://discord.com/api`; null: that. */
  apiRoot: string | null;
}

/** A longer rate limit is told to the caller, who may do something else meanwhile. */
const LONGEST_WAIT_MS = 2000;
const PATIENCE_MS = 8000;
const REGISTER_ATTEMPTS = 5;

/** Our side of Discord. Whatever happens there, the rest of the service goes on. */
export function createDiscord(ctx: BotContext, options: DiscordOptions): Discord {
  const { token, guildId } = options;
  const restOptions = restOptionsOf(options.apiRoot, LONGEST_WAIT_MS);
  const rest = new REST(restOptions).setToken(token);
  const running = new Set<Promise<void>>();
  const inOrder = createLanes();
  const stopping = new AbortController();

  const run = (work: Promise<void>) => {
    const done = work
      .catch((error: unknown) => ctx.log.error({ fault: faultOf(error) }, 'something of ours broke on Discord'))
      .finally(() => running.delete(done));
    running.add(done);
  };

  const onInteraction = (interaction: Interaction) => {
    if (stopping.signal.aborted) return;
    if (interaction.isAutocomplete()) run(suggest(ctx, interaction));
    else if (isForUs(interaction)) run(answerInteraction(ctx, rest, interaction));
  };
  const onMessage = (message: Message) => {
    if (stopping.signal.aborted || !isTextForUs(message)) return;
    run(inOrder(message.author.id, () => answerText(ctx, rest, message)));
  };
  const connection = createConnection({ log: ctx.log, token, rest: restOptions, onInteraction, onMessage });

  const connect = async () => {
    const applicationId = await connection.open();
    if (!applicationId) return;
    for (let attempt = 1; attempt <= REGISTER_ATTEMPTS && !stopping.signal.aborted; attempt++) {
      try {
        const changed = await register(rest, { applicationId, guildId, commands });
        return ctx.log.info({ changed }, 'Discord knows our commands');
      } catch (error) {
        ctx.log.error({ fault: faultOf(error), attempt }, 'the commands could not be registered with Discord');
        await sleep(1000 * 2 ** attempt, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };

  return {
    courier: createCourier(ctx, rest, token),
    status: connection.status,
    async start() {
      await atMost(PATIENCE_MS, connect());
    },
    async stop() {
      stopping.abort();
      await atMost(PATIENCE_MS, Promise.allSettled(running));
      await connection.close();
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}

/** Waits for work that never fails, but not for ever. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: stop.signal }).catch(() => {})]);
  stop.abort();
}
