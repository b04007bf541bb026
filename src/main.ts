import { createPanel } from './admin/panel.ts';
import { accountForm } from './api/accountForm/form.ts';
import { health, type Part } from './api/health.ts';
import { paymentHook } from './api/paymentHook.ts';
import { sandboxBank } from './api/sandbox/bank.ts';
import { gather, serve } from './api/server.ts';
import { telegramHook } from './api/telegramHook.ts';
import type { BotContext } from './bot/command.ts';
import { loopbackOnly, sameOriginOnly } from './bot/local/guard.ts';
import { createLocalChat } from './bot/local/localChat.ts';
import { type Config, ConfigError, loadConfig, localUrl, readDotEnv } from './config.ts';
import { describeError } from './core/error.ts';
import type { Courier } from './core/notices/courier.ts';
import { offerFirstInvite } from './core/ops/invite.ts';
import type { JobDesk } from './core/ops/jobDesk.ts';
import { makeFirstOperator } from './core/ops/operator.ts';
import type { Provider } from './core/people/tables.ts';
import type { Guilds } from './core/rental/guild.ts';
import { sandboxSender } from './drivers/gateways/sandbox.ts';
import { AlreadyRunning } from './drivers/instanceLock.ts';
import { createLog, type Ground, openGround } from './ground.ts';
import { startDelivery } from './jobs/delivery.ts';
import { startDesk } from './jobs/desk.ts';
import { jobs } from './jobs/list.ts';
import { loadCandles } from './jobs/loadCandles.ts';
import { type Pool, startPool } from './jobs/pool.ts';
import { startProgress } from './jobs/progress.ts';
import { startQueue } from './jobs/queue.ts';
import { startRunner } from './jobs/runner.ts';
import { hasLocalPages, panelUrl, printWelcome } from './welcome.ts';

/** What was started, in order; stopped in the opposite one. */
type Stop = () => Promise<void>;

const PATIENCE_MS = 7_000;

const config = readConfig();
const log = createLog(config.logLevel);
for (const hint of config.hints) log.warn({}, hint);
const stops: Stop[] = [];
let stopping = false;
// A signal may come while things are still starting: what is half started is waited for and then stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
const opening = openGround(config, log);
const starting = opening.then((ground) => (stopping ? undefined : start(config, ground)));
try {
  await starting;
  void (await opening).databaseLost.then(() => {
    if (stopping) return;
    log.fatal({}, 'the embedded PostgreSQL ended by itself; stopping. Start again: nothing that was confirmed is lost');
    void stop(70);
  });
} catch (error) {
  if (!stopping) {
    process.stderr.write(`${wordsFor(error)}\n`);
    await stop(error instanceof AlreadyRunning ? 75 : 1); // EX_TEMPFAIL
  }
}

async function start(config: Config, ground: Ground): Promise<void> {
  const couriers = new Map<Provider, Courier>();
  let port: number | undefined;
  // Where the port is the system's choice, links can be written once we listen.
  const siteUrl = () => (config.publicUrl.endsWith(':0') && port === undefined ? null : panelUrl(config, port ?? 0));
  const pool = startPool();
  stops.push(() => pool.stop());
  const runs = config.roles.has('jobs') ? startRuns(ground, pool) : { wake: () => {} };
  const guilds = config.discord ? await openGuilds(config.discord) : undefined;
  const bare = { ...ground.ctx({ kind: 'job', name: 'main' }), couriers, guilds };
  const ctx: BotContext = { ...bare, painter: pool, runs, siteUrl };
  const parts: Part[] = [];
  const bots = await startBots(config, ctx, couriers, parts);
  const delivery = config.roles.has('bot') ? startDelivery(ctx) : undefined;
  if (delivery) stops.push(() => delivery.stop());
  if (config.roles.has('bot')) stops.push(startProgress(ctx).stop);
  const desk = config.roles.has('jobs') ? await startJobs(ground, guilds, parts) : undefined;
  port = config.roles.has('web')
    ? await startWeb(config, ground, ctx, parts, bots, desk ?? (await startReadingJobs(ground)), () => delivery?.wake())
    : undefined;
  printWelcome({
    config,
    ground,
    port,
    parts,
    firstInvite: port === undefined ? null : await firstInvite(config, ground),
  });
}

function startRuns(ground: Ground, pool: Pool) {
  const ctx = ground.ctx({ kind: 'job', name: 'runs' });
  const runner = startRunner(ctx, { pool, load: loadCandles(ctx) });
  stops.push(() => runner.stop());
  return runner;
}

async function startJobs(ground: Ground, guilds: Guilds | undefined, parts: Part[]): Promise<JobDesk> {
  const ctx = { ...ground.ctx({ kind: 'job', name: 'queue' }), guilds };
  const queue = await startQueue(ctx, ground.databaseUrl, jobs);
  parts.push({ name: 'jobs', needed: true, status: queue.status });
  stops.push(() => queue.stop(PATIENCE_MS));
  return queue.desk;
}

/** Who gives roles in Discord's servers: the command asks it what is possible, a job does it, in whichever process. */
async function openGuilds(discord: NonNullable<Config['discord']>): Promise<Guilds> {
  const { createGuilds } = await import('./bot/discord/guilds.ts');
  const guilds = createGuilds(discord);
  stops.push(async () => guilds.close());
  return guilds;
}

/** The panel shows the queue also where another process works it off. */
async function startReadingJobs(ground: Ground): Promise<JobDesk> {
  const { desk, stop } = await startDesk(ground.ctx({ kind: 'job', name: 'desk' }), ground.databaseUrl, jobs);
  stops.push(stop);
  return desk;
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
  const local = hasLocalPages(config) ? createLocalChat(ctx) : undefined;
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
  desk: JobDesk,
  wake: () => void,
): Promise<number> {
  let port = config.port;
  const apps = [health(ctx, parts), paymentHook(ctx, wake), accountForm(ctx)];
  if (config.telegram?.webhookSecret) {
    const { token, webhookSecret: secret } = config.telegram;
    apps.push(telegramHook(ctx, { botId: token.split(':')[0] ?? '', secret, onStored: () => bots.telegramWake?.() }));
  }
  const secure = config.publicUrl.startsWith('https:');
  const url = () => panelUrl(config, port);
  const panelCtx = { ...ground.ctx({ kind: 'job', name: 'panel' }), desk, painter: ctx.painter };
  const closing = new AbortController();
  const gatewayConfigured = ground.webhookSecrets.length > 0;
  const panel = { secure, url, lights: parts, gatewayConfigured, closing: closing.signal };
  apps.push(createPanel(panelCtx, panel));
  const [secret] = ground.webhookSecrets;
  if (bots.local && secret) {
    const send = sandboxSender({ url: () => localUrl(config.host, port), secret });
    apps.push(bots.local.app, sandboxBank(ctx, { send, guards: [loopbackOnly, sameOriginOnly] }));
  }
  const server = await serve(gather(ctx, apps), config);
  port = server.port;
  stops.push(async () => {
    closing.abort();
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
  const ground = await opening.catch(() => undefined);
  await starting.catch(() => undefined);
  for (const end of stops.reverse())
    await end().catch((error: unknown) => log.error({ err: error }, 'something did not stop well'));
  await ground?.close().catch((error: unknown) => log.error({ err: error }, 'the database did not stop well'));
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

/** Why there was no start, and what to do about it. */
function wordsFor(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (code === 'EADDRINUSE')
    return `Port ${config.port} is taken by another program. Stop that one, or set PORT to another number (0 takes any that is free).`;
  if (code === 'EACCES') return `Port ${config.port} may not be opened by this user. Set PORT to a number above 1023.`;
  return error instanceof AlreadyRunning ? error.message : `ABTPro could not start: ${describeError(error).message}`;
}
