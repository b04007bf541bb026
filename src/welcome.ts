import type { Part } from './api/health.ts';
import { type Config, localUrl } from './config.ts';
import type { Ground } from './ground.ts';

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host);

/**
 * The local chat and the sandbox bank let anybody be anybody and make money out of nothing, so they are there in
 * development alone, and not when this machine is reached from outside, directly or by way of a proxy.
 */
export const hasLocalPages = (config: Config) =>
  !config.production && isLoopback(config.host) && isLoopback(new URL(config.publicUrl).hostname);

interface Started {
  config: Config;
  ground: Ground;
  port: number | undefined;
  parts: readonly Part[];
  /** Makes the first operator, once. */
  firstInvite: string | null;
}

/** How operators reach the panel: by PUBLIC_URL, or where we listen when the port was the system's choice. */
export const panelUrl = (config: Config, port: number) =>
  config.publicUrl.endsWith(':0') ? localUrl(config.host, port) : config.publicUrl;

/**
 * What a person needs to know after a start: where things are and what is connected. The one-time link is for whoever
 * sits at this terminal: it goes to standard output and never to the log.
 */
export function printWelcome({ config, ground, port, parts, firstInvite }: Started): void {
  const lines = ['', 'ABTPro is running.'];
  const state = (name: string) => parts.find((part) => part.name === name)?.status() ?? 'off (no token)';
  if (port !== undefined) {
    const url = localUrl(config.host, port);
    if (hasLocalPages(config)) lines.push(`  Local chat      ${url}/chat`, `  Sandbox bank    ${url}/sandbox/bank`);
    lines.push(`  Panel           ${panelUrl(config, port)}/admin`, `  Health          ${url}/health`);
  }
  lines.push(`  Telegram        ${state('telegram')}`, `  Discord         ${state('discord')}`);
  lines.push(`  Payments        signed webhook${ground.sandboxPayee ? ', sandbox PromptPay id' : ''}`);
  lines.push(
    `  Database        ${config.databaseUrl ? 'DATABASE_URL' : `embedded PostgreSQL, data in ${config.dataDir}`}`,
  );
  lines.push(`  Roles           ${[...config.roles].join(', ')}`, '');
  if (port !== undefined && firstInvite)
    lines.push(
      '  There is no operator yet. Become the first with this link; it works once:',
      `  ${panelUrl(config, port)}/admin/invite/${firstInvite}`,
      '',
    );
  process.stdout.write(`${lines.join('\n')}\n`);
  const { log } = ground;
  if (ground.webhookSecrets.length === 0)
    log.warn({}, 'PROMPTPAY_WEBHOOK_SECRET is not set: payment webhooks are refused with 503 until it is');
  if (config.production && config.promptpay.payee === null)
    log.warn({}, 'PROMPTPAY_MERCHANT_ID is not set: nobody can top up until it is');
  log.info({ port, roles: [...config.roles], parts: parts.map((part) => `${part.name} ${part.status()}`) }, 'started');
}
