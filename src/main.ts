import { createPanel } from './admin/panel.ts';
import { health, type Part } from './api/health.ts';
import { paymentHook } from './api/paymentHook.ts';
import { sandboxBank } from './api/sandbox/bank.ts';
import { gather, serve } from './api/server.ts';
import { telegramHook } from './api/telegramHook.ts';
import type { BotContext } from './bot/command.ts';
import { loopbackOnly, sameOriginOnly } from './bot/local/guard.ts';
import { createLocalChat } from './bot/local/localChat.ts';
import { type Config, ConfigError, loadConfig, localUrl, readDotEnv } from './config.ts';
import type { Courier } from './core/notices/courier.ts';
import { offerFirstInvite } from './core/ops/invite.ts';
import { makeFirstOperator } from './core/ops/operator.ts';
import type { Provider } from './core/people/tables.ts';
import { sandboxSender } from './drivers/gateways/sandbox.ts';
import { AlreadyRunning } from './drivers/instanceLock.ts';
import { createLog, type Ground, openGround } from './ground.ts';
import { startDelivery } from './jobs/delivery.ts';
import { jobs } from './jobs/list.ts';
import { startQueue } from './jobs/queue.ts';
import { isLoopback, panelUrl, printWelcome } from './welcome.ts';

/** What was started, in order; stopped in the opposite one. */
type Stop = () => Promise<void>;

const PATIENCE_MS = 7_000;

const config = readConfig();
const log = createLog(config.logLevel);
for (const hint of config.hints) log.warn({}, hint);
const ground = await openGround(config, log).catch(giveUp);
const stops: Stop[] = [];
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
void ground.databaseLost.then(() => {
  if (stopping) return;
  log.fatal(
    {},
    'the embedded PostgreSQL ended by itself; stopping. Start again to go on: nothing that was confirmed is lost',
  );
  void stop(70);
});

try {
  await start(config, ground);
} catch (error) {
  log.fatal({ err: error }, 'the start failed');
  process.stderr.write(`ABTPro could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}

async function start(config: Config, ground: Ground): Promise<void> {
  const couriers = new Map<Provider, Courier>();
  const ctx: BotContext = { ...ground.ctx({ kind: 'job', name: 'main' }), couriers };
  const parts: Part[] = [];
  const bots = await startBots(config, ctx, couriers, parts);
  const delivery = config.roles.has('bot') ? startDelivery(ctx) : undefined;
  if (delivery) stops.push(() => delivery.stop());
  if (config.roles.has('jobs')) {
    const queue = await startQueue(ground.ctx({ kind: 'job', name: 'queue' }), ground.databaseUrl, jobs);
    parts.push({ name: 'jobs', needed: true, status: queue.status });
    stops.push(() => queue.stop(PATIENCE_MS));
  }
  const port = config.roles.has('web')
    ? await startWeb(config, ground, ctx, parts, bots, () => delivery?.wake())
    : undefined;
  printWelcome({
    config,
    ground,
    port,
    parts,
    firstInvite: port === undefined ? null : await firstInvite(config, ground),
  });
}

/** The way in for the first operator: made from the environment, or a link. */
async function firstInvite(config: Config, ground: Ground): Promise<string | null> {
  const ctx = ground.ctx({ kind: 'job', name: 'start' });
  if (config.operator) await makeFirstOperator(ctx, config.operator);
  return offerFirstInvite(ctx);
}

type Bots = { telegramWake: (() => void) | undefined; local: ReturnType<typeof createLocalChat> | undefined };

/** Chats are loaded only where their token is: discord.js alone is a fifth of the start. */
async function startBots(
  config: Config,
  ctx: BotContext,
  couriers: Map<Provider, Courier>,
  parts: Part[],
): Promise<Bots> {
  const local = config.production || !isLoopback(config.host) ? undefined : createLocalChat(ctx);
  if (local) couriers.set('local', local.courier);
  const bots: Bots = { telegramWake: undefined, local };
  if (!config.roles.has('bot')) return bots;
  if (config.telegram) {
    const { createTelegram } = await import('./bot/telegram/telegram.ts');
    const { token, apiRoot, webhookSecret } = config.telegram;
    const webhookUrl = webhookSecret ? `${config.publicUrl}/telegram/${token.split(':')[0]}` : null;
    const telegram = createTelegram(ctx, { token, apiRoot, webhookSecret, webhookUrl });
    couriers.set('telegram', telegram.courier);
    parts.push({ name: 'telegram', needed: false, status: telegram.status });
    bots.telegramWake = telegram.wake;
    stops.push(() => telegram.stop());
    await telegram.start();
  }
  if (config.discord) {
    const { createDiscord } = await import('./bot/discord/discord.ts');
    const discord = createDiscord(ctx, config.discord);
    couriers.set('discord', discord.courier);
    parts.push({ name: 'discord', needed: false, status: discord.status });
    stops.push(() => discord.stop());
    await discord.start();
  }
  return bots;
}

async function startWeb(
  config: Config,
  ground: Ground,
  ctx: BotContext,
  parts: Part[],
  bots: Bots,
  wake: () => void,
): Promise<number> {
  let port = config.port;
  const apps = [health(ctx, parts), paymentHook(ctx, wake)];
  if (config.telegram?.webhookSecret) {
    const { token, webhookSecret: secret } = config.telegram;
    apps.push(telegramHook(ctx, { botId: token.split(':')[0] ?? '', secret, onStored: () => bots.telegramWake?.() }));
  }
  const secure = config.publicUrl.startsWith('https:');
  const url = () => panelUrl(config, port);
  apps.push(createPanel(ground.ctx({ kind: 'job', name: 'panel' }), { secure, url, lights: parts }));
  const [secret] = ground.webhookSecrets;
  if (bots.local && secret) {
    const send = sandboxSender({ url: () => localUrl(config.host, port), secret });
    apps.push(bots.local.app, sandboxBank(ctx, { send, guards: [loopbackOnly, sameOriginOnly] }));
  }
  const server = await serve(gather(ctx, apps), config);
  port = server.port;
  stops.push(async () => {
    bots.local?.stop();
    await server.stop(PATIENCE_MS);
  });
  return port;
}

/** Ends everything in the opposite order of its start, once, within ten seconds. */
async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  const limit = setTimeout(() => process.exit(code || 1), 9_500);
  for (const end of stops.reverse())
    await end().catch((error: unknown) => log.error({ err: error }, 'something did not stop well'));
  await ground.close().catch((error: unknown) => log.error({ err: error }, 'the database did not stop well'));
  clearTimeout(limit);
  process.exit(code);
}

function readConfig(): Config {
  try {
    return loadConfig({ ...readDotEnv('.env'), ...process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.lines) process.stderr.write(`${line}\n`);
    process.exit(78); // EX_CONFIG
  }
}

function giveUp(error: unknown): never {
  const known = error instanceof AlreadyRunning;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!known) log.debug({ err: error }, 'the ground could not be opened');
  process.exit(known ? 75 : 1); // EX_TEMPFAIL
}
