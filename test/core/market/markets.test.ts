import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../../src/core/clock.ts';
import { demoMarkets } from '../../../src/core/market/demo.ts';
import { findMarket, marketText } from '../../../src/core/market/markets.ts';
import { writeCandles } from '../../../src/core/market/store.ts';
import { suggestSymbols } from '../../../src/core/market/suggest.ts';
import { coinsOf, spelledMarket } from '../../../src/core/market/symbol.ts';
import { refreshSymbols, refreshUsedSymbols, sourcesInUse } from '../../../src/core/market/symbolList.ts';
import { translate } from '../../../src/core/text/text.ts';
import { randomCandles } from '../../support/candles.ts';
import { type TestSource, testSource } from '../../support/source.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let admin: postgres.Sql;
let binance: TestSource;
let kraken: TestSource;
beforeAll(async () => {
  binance = testSource('binance');
  kraken = testSource('kraken');
  world = await createWorld({ sources: [binance, kraken] });
  admin = postgres(world.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await admin.end();
  await world.close();
});
beforeEach(async () => {
  await admin`truncate market_symbol, candle_block`;
  for (const source of [binance, kraken]) {
    source.traded = ['BTC/USDT', 'ETH/USDT', 'ETH/BTC', 'PEPE/USDT'];
    source.troubles = [];
    source.symbolsAsked = 0;
  }
  world.clock.pass(minutes(1));
});
const ctx = () => world.ctx({ kind: 'job', name: 'market' });
const symbols = async () =>
  (await admin`select source, symbol from market_symbol order by source, symbol`).map(
    (row) => `${row.source}:${row.symbol}`,
  );

const coin = fc.stringMatching(/^[A-Z][A-Z0-9]{1,7}$/);
const spellings = (base: string, quote: string) => [
  `${base}/${quote}`,
  `${base}-${quote}`,
  `${base}_${quote}`,
  `${base} ${quote}`,
  `${base}${quote}`,
];

describe('a spelling', () => {
  test('of any symbol, in any case, with any separator and with any source in front has the symbol among what it may mean', () => {
    fc.assert(
      fc.property(coin, coin, fc.boolean(), fc.boolean(), (base, quote, isLower, hasSource) => {
        for (const written of spellings(base, quote)) {
          const text = `${hasSource ? ' Binance : ' : ' '}${isLower ? written.toLowerCase() : written} `;
          const spelled = spelledMarket(text);
          expect(spelled.source).toBe(hasSource ? 'binance' : undefined);
          expect(spelled.bare).toBe(`${base}${quote}`);
          expect(spelled.candidates).toContain(`${base}/${quote}`);
          for (const candidate of spelled.candidates) {
            const coins = coinsOf(candidate);
            expect([coins.base.length > 0, coins.quote.length > 0]).toEqual([true, true]);
          }
        }
      }),
    );
  });

  test('of whatever else is no source and no symbol, and never throws', () => {
    expect(spelledMarket('BTC/USDT:USDT').source).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const { candidates } = spelledMarket(text);
        expect(candidates.length).toBeLessThan(60);
      }),
    );
  });
});

describe('a market is found', () => {
  test('by each spelling; every market of the demo exchange, without asking anybody', async () => {
    for (const { symbol, base, quote } of demoMarkets)
      for (const text of [...spellings(base, quote), base, base.toLowerCase(), `demo:${symbol}`, `DEMO: ${base}`])
        expect(await findMarket(ctx(), text)).toEqual({ source: 'demo', symbol, base, quote });
    expect([binance.symbolsAsked, kraken.symbolsAsked]).toEqual([0, 0]);
  });

  test('at a real exchange, which is asked once for what it trades when it is first used', async () => {
    const found = { source: 'binance', symbol: 'ETH/BTC', base: 'ETH', quote: 'BTC' };
    for (const text of ['binance:ethbtc', 'binance:ETH/BTC', 'Binance:eth_btc'])
      expect(await findMarket(ctx(), text)).toEqual(found);
    expect((await findMarket(ctx(), 'binance:eth')).symbol).toBe('ETH/USDT');
    expect(await findMarket(ctx(), 'eth-btc', 'binance')).toEqual(found);
    expect(binance.symbolsAsked).toBe(1);
    expect(kraken.symbolsAsked).toBe(0);
  });

  test('when it was listed after the list was made, at the earliest an hour later', async () => {
    await findMarket(ctx(), 'binance:btc');
    binance.traded = [...binance.traded, 'NEW/USDT'];
    await expect(findMarket(ctx(), 'binance:new')).rejects.toMatchObject({ code: 'market.symbol_unknown' });
    expect(binance.symbolsAsked).toBe(1);
    world.clock.pass(minutes(61));
    expect((await findMarket(ctx(), 'binance:new')).symbol).toBe('NEW/USDT');
    expect(binance.symbolsAsked).toBe(2);
  });

  test('when only candles of it are stored: under the name of an import, or of a coin that is no longer traded', async () => {
    await writeCandles(ctx(), { source: 'mine', symbol: 'GOLD/THB', timeframe: '1h' }, randomCandles(1, 10));
    await writeCandles(ctx(), { source: 'binance', symbol: 'LUNA/USDT', timeframe: '1h' }, randomCandles(2, 10));
    expect(await findMarket(ctx(), 'mine:gold')).toEqual({
      source: 'mine',
      symbol: 'GOLD/THB',
      base: 'GOLD',
      quote: 'THB',
    });
    expect((await findMarket(ctx(), 'binance:luna')).symbol).toBe('LUNA/USDT');
    expect(binance.symbolsAsked).toBe(0);
  });

  test('again by the words that are shown for it', async () => {
    for (const text of ['btc', 'binance:ethbtc'])
      for (const home of ['demo', 'binance']) {
        const market = await findMarket(ctx(), text, home);
        expect(await findMarket(ctx(), marketText(market, home), home)).toEqual(market);
      }
  });
});

describe('what is not found is refused', () => {
  const refusal = (text: string, home?: string) => findMarket(ctx(), text, home).catch((error: unknown) => error);

  test.each([
    ['BTX/USDT', 'BTC/USDT'],
    ['bct', 'BTC/USDT'],
    ['ethusd', 'ETH/USDT'],
    ['solanausdt', ''],
    ['SOL/BTC', ''],
    ['DOEG', 'DOGE/USDT'],
    ['', ''],
    ['/', ''],
    ['BTC/USDT:USDT', 'BTC/USDT'],
  ])('%s at the demo exchange: market.symbol_unknown, and %s is meant', async (text, nearest) => {
    const error = await refusal(text);
    expect(error).toMatchObject({ code: 'market.symbol_unknown', params: { source: 'demo' } });
    const { params } = error as { params: { nearest: string; count: number } };
    expect(params.nearest.split(', ')[0]).toBe(nearest);
    expect(translate('en', 'error.market.symbol_unknown', params)).toMatch(nearest ? /Did you mean/ : /Write it like/);
  });

  test('with the source that has it', async () => {
    await refreshSymbols(ctx(), 'kraken');
    expect(await refusal('pepe')).toMatchObject({ params: { nearest: 'kraken:PEPE/USDT', count: 1 } });
    expect(await refusal('demo:pepe')).toMatchObject({ params: { nearest: '', count: 0 } });
    expect(await refusal('kraken:pepo')).toMatchObject({ params: { nearest: 'kraken:PEPE/USDT' } });
  });

  test('an unknown source with market.source_unknown and those there are', async () => {
    await writeCandles(ctx(), { source: 'mine', symbol: 'GOLD/THB', timeframe: '1h' }, randomCandles(1, 10));
    for (const text of ['binanse:BTC/USDT', ':btc:'])
      expect(await refusal(text)).toMatchObject(
        text.startsWith('b')
          ? { code: 'market.source_unknown', params: { source: 'binanse', choices: 'demo, binance, kraken, mine' } }
          : { code: 'market.symbol_unknown' },
      );
    await expect(refreshSymbols(ctx(), 'mine')).rejects.toMatchObject({ code: 'market.source_unknown' });
  });

  test.each([
    ['unreachable', 'market.unreachable'],
    ['slow', 'market.slow'],
    ['limited', 'market.limited'],
    ['maintenance', 'market.maintenance'],
    ['region', 'market.region'],
    ['malformed', 'market.malformed'],
  ] as const)(
    'an exchange that is %s at its first use: %s; with an old list that list counts',
    async (trouble, code) => {
      binance.troubles = [trouble];
      expect(await refusal('binance:btc')).toMatchObject({ code, params: { exchange: 'binance' } });
      expect((await findMarket(ctx(), 'binance:btc')).symbol).toBe('BTC/USDT');
      world.clock.pass(minutes(61));
      binance.troubles = [trouble];
      expect(await refusal('binance:nope')).toMatchObject({ code: 'market.symbol_unknown' });
      expect((await findMarket(ctx(), 'binance:btc')).symbol).toBe('BTC/USDT');
    },
  );
});

describe('the list of a source', () => {
  test('follows what the exchange says: what is gone goes, twice at once is once', async () => {
    const other = world.another();
    const both = await Promise.all([refreshSymbols(ctx(), 'binance'), refreshSymbols(other, 'binance')]);
    expect(both).toEqual([
      { symbols: 4, gone: 0 },
      { symbols: 4, gone: 0 },
    ]);
    world.clock.pass(1000);
    binance.traded = ['BTC/USDT', 'SOL/USDT', 'no symbol', 'BTC/USDT'];
    expect(await refreshSymbols(ctx(), 'binance')).toEqual({ symbols: 2, gone: 3 });
    expect(await symbols()).toEqual(['binance:BTC/USDT', 'binance:SOL/USDT']);
    expect(await refreshSymbols(ctx(), 'demo')).toEqual({ symbols: demoMarkets.length, gone: 0 });
  });

  test('stays when the exchange says that it trades nothing, or says nothing', async () => {
    await refreshSymbols(ctx(), 'binance');
    binance.traded = [];
    await expect(refreshSymbols(ctx(), 'binance')).rejects.toMatchObject({ code: 'market.malformed' });
    const away = new AbortController();
    away.abort(new Error('gone'));
    await expect(refreshSymbols(ctx(), 'binance', { signal: away.signal })).rejects.toThrow('gone');
    expect(await symbols()).toHaveLength(4);
  });

  test('is renewed daily for the sources that are in use, and one in trouble keeps nobody else from theirs', async () => {
    expect(await refreshUsedSymbols(ctx())).toEqual({ refreshed: {}, troubles: {} });
    await findMarket(ctx(), 'kraken:btc');
    await writeCandles(ctx(), { source: 'binance', symbol: 'BTC/USDT', timeframe: '1h' }, randomCandles(1, 10));
    await writeCandles(ctx(), { source: 'mine', symbol: 'GOLD/THB', timeframe: '1h' }, randomCandles(1, 10));
    expect(await sourcesInUse(ctx())).toEqual(['binance', 'kraken']);
    binance.troubles = ['region'];
    expect(await refreshUsedSymbols(ctx())).toEqual({
      refreshed: { kraken: { symbols: 4, gone: 0 } },
      troubles: { binance: 'market.region' },
    });
  });
});

describe('suggestions', () => {
  const suggested = async (prefix: string, limit?: number, home?: string) =>
    (await suggestSymbols(ctx(), prefix, limit, home)).map((market) => marketText(market, home));

  test('begin with the demo exchange, or with the exchange of this person, and with the coins everybody knows', async () => {
    await refreshSymbols(ctx(), 'binance');
    expect(await suggested('', 3)).toEqual(['BTC/USDT', 'ETH/USDT', 'BNB/USDT']);
    expect(await suggested('eth')).toEqual(['ETH/USDT', 'binance:ETH/USDT', 'binance:ETH/BTC']);
    expect(await suggested('eth', 25, 'binance')).toEqual(['ETH/USDT', 'ETH/BTC', 'demo:ETH/USDT']);
    expect(await suggested('eth/b')).toEqual(['binance:ETH/BTC']);
    expect(await suggested('ETHU')).toEqual(['ETH/USDT', 'binance:ETH/USDT']);
    expect(await suggested('binance:')).toEqual([
      'binance:BTC/USDT',
      'binance:ETH/USDT',
      'binance:ETH/BTC',
      'binance:PEPE/USDT',
    ]);
    expect(await suggested('demo:et')).toEqual(['ETH/USDT']);
    expect(await suggested('nowhere:btc')).toEqual([]);
    expect(await suggested("'; drop")).toEqual([]);
  });

  test('hold what was imported', async () => {
    await writeCandles(ctx(), { source: 'mine', symbol: 'GOLD/THB', timeframe: '1h' }, randomCandles(1, 10));
    expect(await suggested('go')).toEqual(['mine:GOLD/THB']);
    expect(await suggested('mine:')).toEqual(['mine:GOLD/THB']);
    expect(await suggested('binance:go')).toEqual([]);
  });

  test('come within 20 ms out of 24,000 markets', async () => {
    await admin`insert into market_symbol (source, symbol, base, quote, seen_at)
      select s, 'C' || n || '/' || q, 'C' || n, q, now()
      from unnest(array['binance','kraken','a','b','c','d','e','f']) s, generate_series(1, 1000) n, unnest(array['USDT','BTC','EUR']) q`;
    await admin`analyze market_symbol`;
    for (const prefix of ['', 'c', 'c99', 'c999usd', 'c9/u', 'binance:c1', 'zzz']) {
      const took = [Number.POSITIVE_INFINITY];
      // Somebody else may have the machine for a moment; what counts is what it takes by itself.
      for (let n = 0; n < 50 && Math.min(...took) >= 20; n++) {
        const beganMs = performance.now();
        await suggestSymbols(ctx(), prefix, 25);
        took.push(performance.now() - beganMs);
      }
      expect(Math.min(...took), prefix).toBeLessThan(20);
    }
  });
});
