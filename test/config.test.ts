import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigError, type Environment, knownNames, loadConfig, localUrl, readDotEnv } from '../src/config.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const olderKey = Buffer.alloc(32, 9).toString('base64');

function mistakes(env: Environment): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

describe('an empty environment', () => {
  test('gives the defaults', () => {
    expect(loadConfig({})).toEqual({
      production: false,
      host: '127.0.0.1',
      port: 8000,
      publicUrl: 'http://127.0.0.1:8000',
      dataDir: resolve('data'),
      databaseUrl: null,
      roles: new Set(['bot', 'web', 'jobs']),
      secretKeys: null,
      operator: null,
      telegram: null,
      discord: null,
      promptpay: { payee: null, webhookSecrets: null },
      exchangeBaseUrls: {},
      paymentGateway: 'hook',
      logLevel: 'info',
      hints: [],
    });
  });

  test('is the same as one of empty values', () => {
    const empty = Object.fromEntries(knownNames.map((name) => [name, ' ']));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });
});

test('every variable is read', () => {
  const config = loadConfig({
    HOST: '0.0.0.0',
    PORT: '0',
    PUBLIC_URL: 'https://bot.example.com/abt/',
    DATA_DIR: 'elsewhere',
    DATABASE_URL: 'postgres://u:p%40@db:5432/abt',
    ROLES: 'web, jobs',
    NODE_ENV: 'production',
    SECRET_KEY: `k2:${key},k1:${olderKey}`,
    TELEGRAM_BOT_TOKEN: '12345:AAbb-cc_dd',
    TELEGRAM_API_ROOT: 'http://127.0.0.1:8081/',
    TELEGRAM_WEBHOOK_SECRET: 'hook_secret-1',
    DISCORD_BOT_TOKEN: 'MTIz.abc.def',
    DISCORD_GUILD_ID: '123456789012345678',
    DISCORD_API_ROOT: 'https://discord.example.com/api',
    PROMPTPAY_MERCHANT_ID: '081-234-5678',
    PROMPTPAY_WEBHOOK_SECRET: 'new,old',
    EXCHANGE_BASE_URLS: '{"binance":"http://127.0.0.1:9000/","okx":"https://proxy.example.com/okx"}',
    PAYMENT_GATEWAY: 'hook',
    OPERATOR_EMAIL: 'boss@example.com',
    OPERATOR_PASSWORD: 'twelve letters',
    LOG_LEVEL: 'silent',
  });
  expect(config).toEqual({
    production: true,
    host: '0.0.0.0',
    port: 0,
    publicUrl: 'https://bot.example.com/abt',
    dataDir: resolve('elsewhere'),
    databaseUrl: 'postgres://u:p%40@db:5432/abt',
    roles: new Set(['web', 'jobs']),
    secretKeys: [
      { id: 'k2', key: Buffer.alloc(32, 7) },
      { id: 'k1', key: Buffer.alloc(32, 9) },
    ],
    operator: { email: 'boss@example.com', password: 'twelve letters' },
    telegram: { token: '12345:AAbb-cc_dd', apiRoot: 'http://127.0.0.1:8081', webhookSecret: 'hook_secret-1' },
    discord: {
      token: 'MTIz.abc.def',
      guildId: '123456789012345678',
      apiRoot: 'https://discord.example.com/api',
    },
    promptpay: { payee: { kind: 'phone', id: '0812345678' }, webhookSecrets: ['new', 'old'] },
    exchangeBaseUrls: { binance: 'http://127.0.0.1:9000', okx: 'https://proxy.example.com/okx' },
    paymentGateway: 'hook',
    logLevel: 'silent',
    hints: [],
  });
});

describe('mistakes', () => {
  test('are told in one readable line each, all at once', () => {
    expect(mistakes({ PORT: 'abc', ROLES: 'bot,cook', PAYMENT_GATEWAY: 'stripe' })).toEqual([
      'PORT: "abc" is not a port; use a number from 0 to 65535, for example 8000',
      'ROLES: "bot,cook" is not a list of roles; use some of bot, web, jobs, separated by commas',
      'PAYMENT_GATEWAY: "stripe" is not an available payment gateway; use hook, or leave it out',
    ]);
  });

  test('asks for both or neither of the first operator', () => {
    expect(mistakes({ OPERATOR_EMAIL: 'boss@example.com' })[0]).toMatch(/belong together/);
    const same = { OPERATOR_EMAIL: 'boss@example.com', OPERATOR_PASSWORD: 'Boss@example.com' };
    expect(mistakes(same)).toEqual(['OPERATOR_PASSWORD: is the e-mail address; use another one']);
  });

  const wrong: [name: string, values: string[]][] = [
    ['HOST', ['300.1.1.1', 'a b', 'http://x', '-x']],
    ['PORT', ['65536', '-1', '80.5', '0x50', '1e3']],
    ['PUBLIC_URL', ['example.com', 'ftp://example.com', 'https://', 'https://u:p@example.com', 'https://e.com/?a=1']],
    ['DATABASE_URL', ['mysql://u:hidden@h/d', 'hidden', 'postgres://u:hid:den@h:port/d']],
    ['ROLES', ['web,,jobs', 'Web', ',']],
    ['NODE_ENV', ['prod', 'Production']],
    ['SECRET_KEY', ['hidden', `:${key}`, 'k1:c2hvcnQ=', `k1:${key},k1:${olderKey}`, `k1:${key},`]],
    ['OPERATOR_EMAIL', ['nobody', 'a b@c']],
    ['OPERATOR_PASSWORD', ['hidden', 'h'.repeat(201)]],
    ['TELEGRAM_BOT_TOKEN', ['hidden', '123:hid den', ':hidden']],
    ['TELEGRAM_API_ROOT', ['http://example.com', 'api.telegram.org', 'http://127.0.0.1.example.com']],
    ['TELEGRAM_WEBHOOK_SECRET', ['hid den', 'hidden!', 'h'.repeat(257)]],
    ['DISCORD_BOT_TOKEN', ['Bot hidden']],
    ['DISCORD_GUILD_ID', ['my server', '12x']],
    ['DISCORD_API_ROOT', ['http://discord.com/api']],
    ['PROMPTPAY_MERCHANT_ID', ['12345', '1812345678', 'abc']],
    ['PROMPTPAY_WEBHOOK_SECRET', ['hidden,', ',hidden']],
    [
      'EXCHANGE_BASE_URLS',
      ['binance', '[]', '{"binance":1}', '{"binance":"http://example.com"}', '{"":"https://e.com"}', 'null'],
    ],
    ['PAYMENT_GATEWAY', ['stripe', 'HOOK']],
    ['LOG_LEVEL', ['verbose', '30']],
  ];
  const secrets = [
    'DATABASE_URL',
    'SECRET_KEY',
    'TELEGRAM_BOT_TOKEN',
    'TELEGRAM_WEBHOOK_SECRET',
    'DISCORD_BOT_TOKEN',
    'PROMPTPAY_WEBHOOK_SECRET',
    'OPERATOR_PASSWORD',
  ];

  test.each(wrong)('%s refuses what it cannot be', (name, values) => {
    for (const value of values) {
      const lines = mistakes({ [name]: value });
      expect(lines, value).toHaveLength(1);
      expect(lines[0]).toMatch(new RegExp(`^${name}: .+; use .+`));
      if (secrets.includes(name)) expect(lines[0]).not.toContain(value);
      else if (!value.includes('@')) expect(lines[0]).toContain(JSON.stringify(value));
    }
  });

  test('every name but DATA_DIR, which may be anything, has a refusal here', () => {
    const covered = new Set(wrong.map(([name]) => name));
    expect(knownNames.filter((name) => !covered.has(name))).toEqual(['DATA_DIR']);
  });

  test('never repeat a password written into an address', () => {
    const [line] = mistakes({ PUBLIC_URL: 'https://me:hidden@example.com' });
    expect(line).toMatch(/^PUBLIC_URL: "https:\/\/…@example.com" is not/);
  });

  test('production without SECRET_KEY is one, also beside another', () => {
    expect(mistakes({ NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^SECRET_KEY: is required/)]);
    expect(mistakes({ NODE_ENV: 'production', PORT: 'x' })).toHaveLength(2);
  });
});

describe('hints', () => {
  test.each([
    ['TELEGRAM_BOT_TOKN', 'TELEGRAM_BOT_TOKEN'],
    ['TELEGRAM_BOTTOKEN', 'TELEGRAM_BOT_TOKEN'],
    ['telegram_bot_token', 'TELEGRAM_BOT_TOKEN'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['ROLE', 'ROLES'],
  ])('%s is taken for a misspelt %s', (name, meant) => {
    const { hints } = loadConfig({ [name]: 'x' });
    expect(hints).toEqual([`${name} is not a name we know; did you mean ${meant}?`]);
  });

  test('leave ordinary names of a system alone', () => {
    const ordinary =
      'HOME HOSTNAME PATH PWD USER SHELL TERM LANG TZ SHLVL POSTGRES_URL NODE_OPTIONS NODE_PATH XDG_DATA_DIRS LOGNAME EDITOR';
    expect(loadConfig(Object.fromEntries(ordinary.split(' ').map((name) => [name, 'x']))).hints).toEqual([]);
  });

  test('say nothing when the right name is set as well', () => {
    expect(loadConfig({ LOGLEVEL: 'x', LOG_LEVEL: 'warn' }).hints).toEqual([]);
  });
});

test('a local address can be opened in a browser', () => {
  expect(localUrl('0.0.0.0', 8000)).toBe('http://127.0.0.1:8000');
  expect(localUrl('::1', 80)).toBe('http://[::1]:80');
  expect(localUrl('box.lan', 81)).toBe('http://box.lan:81');
});

describe('.env', () => {
  test('is read, and a missing one is no mistake', () => {
    const folder = mkdtempSync(join(tmpdir(), 'abtpro-config-'));
    try {
      expect(readDotEnv(join(folder, '.env'))).toEqual({});
      writeFileSync(join(folder, '.env'), '# ours\nPORT=9000\nHOST="127.0.0.2"\n');
      expect(loadConfig({ ...readDotEnv(join(folder, '.env')), PORT: '9001' })).toMatchObject({
        host: '127.0.0.2',
        port: 9001,
      });
      expect(() => readDotEnv(folder)).toThrow(ConfigError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('.env.example names exactly what is read, and changes nothing when copied', () => {
    const example = parseEnv(readFileSync(resolve(import.meta.dirname, '../.env.example'), 'utf8'));
    expect(Object.keys(example).sort()).toEqual([...knownNames].sort());
    expect(loadConfig(example)).toEqual(loadConfig({}));
  });
});
