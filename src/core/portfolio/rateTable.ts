import { and, eq, isNull, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { seconds } from '../clock.ts';
import { type Context, together } from '../context.ts';
import { Decimal } from '../decimal.ts';
import type { Endpoint, Exchanges, Ticker } from '../trading/exchange.ts';
import { exchangeAccount } from '../trading/tables.ts';
import { bridges, type Prices, priceGraph, type Rate } from './rates.ts';
import { RATE_STALE_MS, readHouseRates } from './settings.ts';
import { rate } from './tables.ts';

/** Money, and what people practise with. The two are never added up. */
export const realms = ['real', 'practice'] as const;
export type Realm = (typeof realms)[number];

export const realmOf = (endpoint: Endpoint): Realm => (endpoint === 'live' ? 'real' : 'practice');

/** An exchange's id; one where nothing is real carries its endpoint, for its prices are its own. */
export const sourceOf = (exchange: string, endpoint: Endpoint): string =>
  endpoint === 'live' ? exchange : `${exchange}:${endpoint}`;

const isPractice = ({ source }: Rate) => source.includes(':');
const pairOf = ({ base, quote }: Rate) => [base, quote].sort().join(' ');

/**
 * The prices of today. What is practised with has the prices of its own exchange, and those of the real ones only for
 * pairs that it has not.
 */
export async function readPrices(ctx: Context): Promise<Record<Realm, Prices>> {
  const [rows, house] = await together([ctx.db.select().from(rate), readHouseRates(ctx)]);
  const ages = { now: ctx.clock.now(), staleMs: RATE_STALE_MS, houseStaleMs: house.staleMs };
  const real = [...rows.filter((row) => !isPractice(row)), ...house.rates];
  const practice = rows.filter(isPractice);
  const own = new Set(practice.map(pairOf));
  return {
    real: priceGraph(real, ages),
    practice: priceGraph([...practice, ...real.filter((row) => !own.has(pairOf(row)))], ages),
  };
}

const PATIENCE_MS = seconds(10);

/**
 * Asks every exchange that somebody has an account at for its last prices, all at once, and keeps those that value
 * something. One that does not answer keeps what it said before; how old that is, answers say.
 */
export async function refreshRates(
  ctx: Context & { exchanges: Exchanges },
): Promise<{ sources: number; rates: number; failed: string[] }> {
  requireActor(ctx, 'job');
  const sources = await ctx.db
    .selectDistinct({ exchange: exchangeAccount.exchange, endpoint: exchangeAccount.endpoint })
    .from(exchangeAccount)
    .where(and(isNull(exchangeAccount.removedAt), eq(exchangeAccount.enabled, true)));
  const wanted = await assetsHeld(ctx);
  const failed: string[] = [];
  let rates = 0;
  await Promise.all(
    sources.map(async ({ exchange, endpoint }) => {
      const source = sourceOf(exchange, endpoint);
      try {
        const tickers = await ctx.exchanges.tickers(exchange, endpoint, AbortSignal.timeout(PATIENCE_MS));
        rates += await keepRates(ctx, source, tickers, wanted);
      } catch (error) {
        failed.push(source);
        ctx.log.warn({ err: error, source }, 'an exchange did not tell its prices; what it said before is kept');
      }
    }),
  );
  return { sources: sources.length, rates, failed: failed.sort() };
}

/** Everything that somebody holds or has open, and what prices go through. */
async function assetsHeld(ctx: Context): Promise<Set<string>> {
  const rows = await ctx.db.execute<{ asset: string }>(sql`
    select distinct b ->> 'asset' as asset from account_state, jsonb_array_elements(balances) b
    union select distinct p ->> 'base' from account_state, jsonb_array_elements(positions) p
    union select distinct p ->> 'settle' from account_state, jsonb_array_elements(positions) p`);
  return new Set([...bridges, ...rows.map(({ asset }) => asset)]);
}

async function keepRates(
  ctx: Context,
  source: string,
  tickers: readonly Ticker[],
  wanted: ReadonlySet<string>,
): Promise<number> {
  const isBridge = (asset: string) => bridges.some((bridge) => bridge === asset);
  const useful = tickers.filter(
    ({ base, quote, price }) => wanted.has(base) && isBridge(quote) && new Decimal(price).gt(0),
  );
  if (useful.length === 0) return 0;
  const rows = useful.map(({ base, quote, price, at }) => ({ source, base, quote, price, at: at.toISOString() }));
  await ctx.db.execute(sql`
    insert into rate (source, base, quote, price, at)
    select distinct on (base, quote) source, base, quote, price, at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(source text, base text, quote text, price numeric, at timestamptz)
    order by base, quote, at desc
    on conflict (source, base, quote) do update set price = excluded.price, at = excluded.at where excluded.at > rate.at`);
  return rows.length;
}
