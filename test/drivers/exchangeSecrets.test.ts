import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { describeError } from '../../src/core/error.ts';
import type { AccountLogin, Exchanges } from '../../src/core/trading/exchange.ts';
import { openExchanges } from '../../src/drivers/exchanges/accounts.ts';
import { type FakeBinance, type Fault, startBinance } from '../support/binance.ts';
import { API_KEY, SECRET, trader } from '../support/binanceRows.ts';
import { startOkx } from '../support/okx.ts';

let binance: FakeBinance;
beforeAll(async () => {
  binance = await startBinance();
});
afterAll(() => binance.close());

const PASSPHRASE = 'pAsSpHrAsE-of-somebody';
const signal = () => AbortSignal.timeout(20_000);

/** All that could be seen of an error, however somebody looks at it, and whatever it holds on to. */
function everythingOf(error: unknown): string {
  const seen: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) {
    seen.push(String(each), each.message, each.stack ?? '', JSON.stringify(each), JSON.stringify(describeError(each)));
    seen.push(inspect(each, { depth: 10, showHidden: true }), Object.getOwnPropertyNames(each).join());
  }
  return seen.join('\n');
}

/** As production writes it, and as somebody would who logs the whole error by another name. */
function logged(error: unknown): string {
  const lines: string[] = [];
  const stream = new Writable({ write: (line, _, done) => done(void lines.push(String(line))) });
  const log = pino({ serializers: { err: describeError } }, stream);
  log.error({ err: error }, 'failed');
  log.error({ trouble: error, nested: { error } }, 'failed');
  return lines.join('\n');
}

const secrets = [
  API_KEY,
  SECRET,
  PASSPHRASE,
  'signature',
  'timestamp=',
  'recvWindow',
  'X-MBX',
  'OK-ACCESS',
  '127.0.0.1',
  'http',
];

function expectClean(error: unknown): void {
  expect(error).toMatchObject({ name: 'ExchangeTrouble' });
  expect((error as Error).cause).toBeUndefined();
  const seen = `${everythingOf(error)}\n${logged(error)}`.replaceAll(/file:\/\/[^\s)]*/g, '');
  for (const secret of secrets) expect([secret, seen.includes(secret)]).toEqual([secret, false]);
}

const questions: Record<string, (exchanges: Exchanges, login: AccountLogin) => Promise<unknown>> = {
  rights: (exchanges, login) => exchanges.rights(login, signal()),
  read: (exchanges, login) => exchanges.read(login, signal()),
  fills: (exchanges, login) =>
    exchanges.fills(login, { since: new Date(Date.now() - 60_000), symbols: ['BTC/USDT'] }, signal()),
  moves: (exchanges, login) => exchanges.moves(login, { since: new Date(Date.now() - 60_000) }, signal()),
};
const paths: Record<string, string> = {
  rights: 'apiRestrictions',
  read: 'account',
  fills: 'myTrades',
  moves: 'hisrec',
};
const faults: readonly Fault[] = [
  'limited',
  'bannedForMinutes',
  'error',
  'maintenance',
  'html',
  'half',
  'cut',
  'silent',
];

test('no trouble of any call shows an address, a key or a signature: not in its words, cause, JSON or a log line', async () => {
  const written: string[] = [];
  const spies = (['log', 'warn', 'error', 'info', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...texts) => void written.push(texts.map(String).join(' '))),
  );
  binance.accounts.set(API_KEY, trader());
  for (const [name, question] of Object.entries(questions))
    for (const fault of faults) {
      const exchanges = openExchanges({
        baseUrls: { binance: binance.baseUrl },
        clock: systemClock,
        backoffMs: 1,
        timeoutMs: 150,
      });
      await exchanges.tickers('binance', 'live', signal());
      binance.fail(paths[name] ?? '', ...Array.from({ length: 3 }, () => fault));
      const login = {
        accountId: 'exa_1',
        exchange: 'binance',
        endpoint: 'live',
        key: { apiKey: API_KEY, secret: SECRET },
      } as const;
      expectClean(
        await question(exchanges, login).then(
          () => 'it went well',
          (error: unknown) => error,
        ),
      );
      binance.heal();
    }
  for (const spy of spies) spy.mockRestore();
  expect(written).toEqual([]);
}, 60_000);

test('nor does one of an exchange that cannot be reached, that refuses the key, or that has a passphrase', async () => {
  const okx = await startOkx();
  const dead = await startBinance();
  await dead.close();
  const exchanges = openExchanges({
    baseUrls: { binance: dead.baseUrl, okx: okx.baseUrl },
    clock: systemClock,
    backoffMs: 1,
    timeoutMs: 500,
  });
  const key = { apiKey: API_KEY, secret: SECRET, passphrase: PASSPHRASE };
  for (const exchange of ['binance', 'okx'])
    for (const question of Object.values(questions)) {
      const login = { accountId: `exa_${exchange}`, exchange, endpoint: 'live', key } as const;
      expectClean(
        await question(exchanges, login).then(
          () => 'it went well',
          (error: unknown) => error,
        ),
      );
    }
  await okx.close();
});

test('a secret that the signing itself stumbles over is not quoted', async () => {
  const exchanges = openExchanges({ baseUrls: { kraken: binance.baseUrl }, clock: systemClock, backoffMs: 1 });
  // Kraken's secrets are base64; the library says of another text what it is.
  const key = { apiKey: API_KEY, secret: `${SECRET}!!` };
  const login = { accountId: 'exa_k', exchange: 'kraken', endpoint: 'live', key } as const;
  expectClean(
    await exchanges.read(login, signal()).then(
      () => 'it went well',
      (error: unknown) => error,
    ),
  );
});
