import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { parseApiRoot, parseBaseUrls, parseUrl } from './apiRoot.ts';
import { Refusal } from './core/error.ts';
import { type Payee, parsePayee } from './core/money/promptpay.ts';
import { spellingHints } from './core/spelling.ts';

export type Role = 'bot' | 'web' | 'jobs';
export type LogLevel = (typeof logLevels)[number];
export type Environment = Record<string, string | undefined>;

export type Config = {
  production: boolean;
  host: string;
  /** 0 asks the system for a free port; `publicUrl` then ends in `:0` unless PUBLIC_URL was given. */
  port: number;
  /** Without a slash at the end. */
  publicUrl: string;
  /** Absolute. */
  dataDir: string;
  /** null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  roles: Set<Role>;
  /** The first seals, all open. null: generate one (never in production). */
  secretKeys: SecretKey[] | null;
  /** Who becomes the first operator without the one-time link. */
  operator: { email: string; password: string } | null;
  telegram: { token: string; apiRoot: string; webhookSecret: string | null } | null;
  discord: { token: string; guildId: string | null; apiRoot: string | null } | null;
  promptpay: { payee: Payee | null; webhookSecrets: string[] | null };
  /** Exchange id → the address that takes the place of the host of its API. */
  exchangeBaseUrls: Readonly<Record<string, string>>;
  paymentGateway: 'hook';
  logLevel: LogLevel;
  /** What looks like a misspelt name of ours, one readable line each. */
  hints: string[];
};

export type SecretKey = { id: string; key: Buffer };

/** Everything wrong with the environment at once, one readable line for each mistake. Never holds the value of a secret. */
export class ConfigError extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
    this.lines = lines;
  }
}

const allRoles: readonly Role[] = ['bot', 'web', 'jobs'];
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const newSecretKey = `node -p "'k1:' + crypto.randomBytes(32).toString('base64')"`;
const apiAddress = {
  what: 'an https address',
  use: 'https://… (plain http only on loopback)',
};

const schema = z.object({
  HOST: variable({ what: 'an address', use: 'an IP address or a host name, for example 127.0.0.1', parse: parseHost }),
  PORT: variable({ what: 'a port', use: 'a number from 0 to 65535, for example 8000', parse: parsePort }),
  PUBLIC_URL: variable({ what: 'a web address', use: 'one such as https://bot.example.com', parse: parseWebAddress }),
  DATA_DIR: variable({ what: 'a folder', use: 'a path, for example ./data', parse: (text) => resolve(text) }),
  DATABASE_URL: secret({
    what: 'a PostgreSQL address',
    use: 'postgres://user:password@host:5432/name (special characters of the password percent-encoded)',
    parse: (text) => (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text) ? text : undefined),
  }),
  ROLES: variable({ what: 'a list of roles', use: 'some of bot, web, jobs, separated by commas', parse: parseRoles }),
  NODE_ENV: oneOf('an environment', ['development', 'production', 'test']),
  SECRET_KEY: secret({
    what: 'a list of keys',
    use: `id:base64 of 32 bytes, older ones after a comma; make one with: ${newSecretKey}`,
    parse: parseSecretKeys,
  }),
  OPERATOR_EMAIL: variable({
    what: 'an e-mail address',
    use: 'one such as name@example.com',
    parse: matching(/^[^\s@<>"]+@[^\s@<>"]+$/),
  }),
  OPERATOR_PASSWORD: secret({
    what: 'a password',
    use: '12 to 200 characters that are not the e-mail address',
    parse: (text) => ([...text].length >= 12 && [...text].length <= 200 ? text : undefined),
  }),
  TELEGRAM_BOT_TOKEN: secret({
    what: 'a bot token',
    use: 'what @BotFather gave you: digits, a colon, letters',
    parse: matching(/^\d+:[\w-]+$/),
  }),
  TELEGRAM_API_ROOT: variable({ ...apiAddress, parse: parseApiRoot }),
  TELEGRAM_WEBHOOK_SECRET: secret({
    what: 'a webhook secret',
    use: '1 to 256 characters out of A-Z a-z 0-9 _ -',
    parse: matching(/^[\w-]{1,256}$/),
  }),
  DISCORD_BOT_TOKEN: secret({ what: 'a bot token', use: 'the token alone, without "Bot"', parse: matching(/^\S+$/) }),
  DISCORD_GUILD_ID: variable({
    what: 'a server id',
    use: 'its digits (Copy Server ID)',
    parse: matching(/^\d{1,20}$/),
  }),
  DISCORD_API_ROOT: variable({ ...apiAddress, parse: parseApiRoot }),
  PROMPTPAY_MERCHANT_ID: variable({
    what: 'a PromptPay id',
    use: 'a phone number (0812345678), a national or tax id (13 digits), or ewallet: or biller: before 15 digits',
    parse: parseMerchantId,
  }),
  PROMPTPAY_WEBHOOK_SECRET: secret({
    what: 'a list of secrets',
    use: 'the current one, and after a comma the previous one',
    parse: parseList,
  }),
  EXCHANGE_BASE_URLS: variable({
    what: 'a list of addresses of exchanges',
    use: 'JSON such as {"binance":"https://proxy.example.com"} (plain http only on loopback)',
    parse: parseBaseUrls,
  }),
  PAYMENT_GATEWAY: oneOf('an available payment gateway', ['hook']),
  LOG_LEVEL: oneOf('a log level', logLevels),
});

/** Every name that `loadConfig` reads. */
export const knownNames: readonly string[] = Object.keys(schema.shape);

/** Reads the environment once. An empty value counts as unset. Throws `ConfigError` with all mistakes. */
export function loadConfig(env: Environment): Config {
  const given = withoutEmpty(env);
  const parsed = schema.safeParse(given);
  const lines = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  if (given.NODE_ENV === 'production' && given.SECRET_KEY === undefined) {
    lines.push(`SECRET_KEY: is required when NODE_ENV is production; make one with: ${newSecretKey}`);
  }
  if (parsed.success) lines.push(...aboutOperator(parsed.data));
  if (!parsed.success || lines.length > 0) throw new ConfigError(lines);
  return toConfig(parsed.data, spellingHints(Object.keys(given), knownNames));
}

function aboutOperator({ OPERATOR_EMAIL: email, OPERATOR_PASSWORD: password }: z.output<typeof schema>): string[] {
  if ((email === undefined) !== (password === undefined))
    return ['OPERATOR_EMAIL, OPERATOR_PASSWORD: belong together; set both, or leave both out for a one-time link'];
  if (email && email.toLowerCase() === password?.toLowerCase())
    return ['OPERATOR_PASSWORD: is the e-mail address; use another one'];
  return [];
}

/** The variables written in a `.env` file; none when there is no such file. Spread the real environment over them: it wins. */
export function readDotEnv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`${path}: cannot be read (${reason}); mend it or remove it`]);
  }
}

/** The address a browser on this machine reaches us at when we listen on `host` and `port`. */
export function localUrl(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : isIP(host) === 6 ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function toConfig(read: z.output<typeof schema>, hints: string[]): Config {
  const host = read.HOST ?? '127.0.0.1';
  const port = read.PORT ?? 8000;
  const { TELEGRAM_BOT_TOKEN: telegramToken, DISCORD_BOT_TOKEN: discordToken } = read;
  return {
    production: read.NODE_ENV === 'production',
    host,
    port,
    publicUrl: read.PUBLIC_URL ?? localUrl(host, port),
    dataDir: read.DATA_DIR ?? resolve('./data'),
    databaseUrl: read.DATABASE_URL ?? null,
    roles: read.ROLES ?? new Set(allRoles),
    secretKeys: read.SECRET_KEY ?? null,
    operator:
      read.OPERATOR_EMAIL && read.OPERATOR_PASSWORD
        ? { email: read.OPERATOR_EMAIL, password: read.OPERATOR_PASSWORD }
        : null,
    telegram: telegramToken
      ? {
          token: telegramToken,
          apiRoot: read.TELEGRAM_API_ROOT ?? 'https://api.telegram.org',
          webhookSecret: read.TELEGRAM_WEBHOOK_SECRET ?? null,
        }
      : null,
    discord: discordToken
      ? { token: discordToken, guildId: read.DISCORD_GUILD_ID ?? null, apiRoot: read.DISCORD_API_ROOT ?? null }
      : null,
    promptpay: {
      payee: read.PROMPTPAY_MERCHANT_ID ?? null,
      webhookSecrets: read.PROMPTPAY_WEBHOOK_SECRET ?? null,
    },
    exchangeBaseUrls: read.EXCHANGE_BASE_URLS ?? {},
    paymentGateway: read.PAYMENT_GATEWAY ?? 'hook',
    logLevel: read.LOG_LEVEL ?? 'info',
    hints,
  };
}

type Rule<T> = { what: string; use: string; parse: (text: string) => T | undefined };

function variable<T>(rule: Rule<T>, show = shown) {
  const read = z.string().transform((text, context): T => {
    const value = rule.parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', input: text, message: `${show(text)} is not ${rule.what}; use ${rule.use}` });
    return z.NEVER;
  });
  return read.optional();
}

/** Like `variable`, but a mistake never repeats the value: the line ends up on screens and in logs. */
function secret<T>(rule: Rule<T>) {
  return variable(rule, () => 'the value');
}

/** On one line, not endless, and without a password that an address may carry. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100).replace(/\/\/.*@/, '//…@'));
}

function oneOf<const T extends string>(what: string, choices: readonly T[]) {
  const use = choices.length === 1 ? `${choices[0]}, or leave it out` : `one of ${choices.join(', ')}`;
  return variable({ what, use, parse: (text) => choices.find((choice) => choice === text) });
}

function matching(pattern: RegExp) {
  return (text: string) => (pattern.test(text) ? text : undefined);
}

function parseHost(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare)) return bare;
  // Only digits and dots is a mistyped address, not a name.
  return /^(?![\d.]+$)[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text) ? text : undefined;
}

function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65535 ? port : undefined;
}

function parseWebAddress(text: string): string | undefined {
  return parseUrl(text)?.href.replace(/\/+$/, '');
}

function parseList(text: string): string[] | undefined {
  const items = text.split(',').map((item) => item.trim());
  return items.every((item) => item !== '') ? items : undefined;
}

function parseRoles(text: string): Set<Role> | undefined {
  const names = parseList(text);
  const roles = allRoles.filter((role) => names?.includes(role));
  return names && new Set(names).size === roles.length ? new Set(roles) : undefined;
}

function parseSecretKeys(text: string): SecretKey[] | undefined {
  const keys: SecretKey[] = [];
  for (const item of parseList(text) ?? []) {
    const [, id, base64] = /^([\w-]{1,32}):([A-Za-z\d+/]{43}=?)$/.exec(item) ?? [];
    if (!id || !base64 || keys.some((known) => known.id === id)) return undefined;
    keys.push({ id, key: Buffer.from(base64, 'base64') });
  }
  return keys.length > 0 ? keys : undefined;
}

/** Digits only. What kind of id it is, and whether its check digit is right, is for the one who makes the QR code. */
function parseMerchantId(text: string): Payee | undefined {
  try {
    return parsePayee(text);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function withoutEmpty(env: Environment): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const text = value?.trim();
    if (text) given[name] = text;
  }
  return given;
}
