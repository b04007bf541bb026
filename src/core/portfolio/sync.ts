import { and, asc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { days, later, minutes, seconds } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import type { Decimal } from '../decimal.ts';
import { ExchangeTrouble } from '../market/trouble.ts';
import type { AccountLogin, Fill, MoneyMove } from '../trading/exchange.ts';
import { accountState, exchangeAccount } from '../trading/tables.ts';
import { type AccountRow, openLogins } from './accounts.ts';
import { isCash } from './cash.ts';
import type { PortfolioContext } from './context.ts';
import type { Prices } from './rates.ts';
import { readPrices, realmOf, sourceOf } from './rateTable.ts';
import { addLateFlow, lockSnapshots } from './snapshot.ts';
import { accountCursor, accountFill, accountMove, rate } from './tables.ts';
import { UNIT } from './valuation.ts';

/** How long after it was read an account's history is read again. */
const EVERY_MS = minutes(10);
/** Exchanges tell of some things a little late: so much is read twice. */
const OVERLAP_MS = minutes(15);
/** How far back from when an account was added its history is asked for. */
const BACK_MS = days(365);
const PATIENCE_MS = seconds(20);
const AT_ONCE = 4;
const MOST_ACCOUNTS = 200;
/** Pages of one symbol a run: the next run goes on where this one ended. */
const MOST_ROUNDS = 20;
/** A coin that came within this time is valued at the rate of now; one that came before has no known value. */
const NOW_MS = minutes(60);

export interface HistoryRead {
  accounts: number;
  fills: number;
  moves: number;
  failed: number;
}

/**
 * Reads what was traded and moved at accounts whose history was not read for a while, four at a time. Everything has the
 * exchange's own id as its key and cursors move with what is stored, so that a run that was cut off is taken up again, and
 * two at once store nothing twice.
 */
export async function syncHistory(ctx: PortfolioContext): Promise<HistoryRead> {
  requireActor(ctx, 'job');
  const done = { accounts: 0, fills: 0, moves: 0, failed: 0 };
  const rows = await dueAccounts(ctx);
  const logins = await openLogins(ctx, rows);
  const prices = await readPrices(ctx);
  const waiting = rows.values();
  const worker = async () => {
    for (const row of waiting) {
      try {
        const login = logins.get(row.id)?.();
        if (!login) continue;
        done.moves += await syncMoves(ctx, row, login, prices[realmOf(row.endpoint)]);
        done.fills += await syncFills(ctx, row, login);
        done.accounts += 1;
      } catch (error) {
        done.failed += 1;
        if (!(error instanceof ExchangeTrouble) && !(error instanceof DOMException))
          ctx.log.error({ err: error, accountId: row.id }, 'the history of an account could not be read');
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
}

/** Those that were never read come first. An account in trouble waits until reading what it holds goes well again. */
function dueAccounts(ctx: Context): Promise<AccountRow[]> {
  const before = later(ctx.clock.now(), -EVERY_MS);
  return ctx.db
    .select({ account: exchangeAccount })
    .from(exchangeAccount)
    .leftJoin(
      accountCursor,
      and(
        eq(accountCursor.accountId, exchangeAccount.id),
        eq(accountCursor.what, 'fills'),
        eq(accountCursor.symbol, ''),
      ),
    )
    .where(
      and(
        isNull(exchangeAccount.removedAt),
        eq(exchangeAccount.enabled, true),
        isNull(exchangeAccount.trouble),
        or(isNull(accountCursor.until), lt(accountCursor.until, before)),
      ),
    )
    .orderBy(sql`${accountCursor.until} asc nulls first`, asc(exchangeAccount.id))
    .limit(MOST_ACCOUNTS)
    .then((rows) => rows.map(({ account }) => account));
}

async function readCursors(ctx: Context, accountId: string, what: 'fills' | 'moves'): Promise<Map<string, Date>> {
  const rows = await ctx.db
    .select()
    .from(accountCursor)
    .where(and(eq(accountCursor.accountId, accountId), eq(accountCursor.what, what)));
  return new Map(rows.map(({ symbol, until }) => [symbol, until]));
}

/** A cursor never goes back: of two runs the one that came further counts. */
async function moveCursors(
  ctx: Context,
  accountId: string,
  what: 'fills' | 'moves',
  symbols: readonly string[],
  until: Date,
): Promise<void> {
  await ctx.db
    .insert(accountCursor)
    .values(symbols.map((symbol) => ({ accountId, what, symbol, until })))
    .onConflictDoUpdate({
      target: [accountCursor.accountId, accountCursor.what, accountCursor.symbol],
      set: { until: sql`greatest(${accountCursor.until}, excluded.until)` },
    });
}

async function syncMoves(ctx: PortfolioContext, row: AccountRow, login: AccountLogin, prices: Prices): Promise<number> {
  const now = ctx.clock.now();
  const until = (await readCursors(ctx, row.id, 'moves')).get('');
  const since = until ? later(until, -OVERLAP_MS) : later(row.createdAt, -BACK_MS);
  const moves = await ctx.exchanges.moves(login, { since }, AbortSignal.timeout(PATIENCE_MS));
  return inTransaction(ctx, async (ctx) => {
    await lockSnapshots(ctx, row.userId);
    const stored = await keepMoves(ctx, row, moves ?? [], prices);
    await moveCursors(ctx, row.id, 'moves', [''], now);
    return stored;
  });
}

/** What a move was worth, as far as that can be said now: money at today's rate, a coin only while it has just come. */
function valueThen({ asset, qty, at }: MoneyMove, prices: Prices, now: Date): Decimal | null {
  if (!isCash(asset) && now.getTime() - at.getTime() > NOW_MS) return null;
  const price = prices.quote(asset, UNIT)?.price;
  return price ? price.times(qty) : null;
}

async function keepMoves(
  ctx: TxContext,
  { id: accountId, userId, endpoint }: AccountRow,
  moves: readonly MoneyMove[],
  prices: Prices,
): Promise<number> {
  let stored = 0;
  for (const move of moves) {
    const value = valueThen(move, prices, ctx.clock.now());
    const { id: moveId, kind, asset, qty, at } = move;
    const put = await ctx.db
      .insert(accountMove)
      .values({ accountId, moveId, kind, asset, qty, valueUsdt: value?.toFixed() ?? null, at })
      .onConflictDoNothing()
      .returning({ moveId: accountMove.moveId });
    if (put.length === 0) continue;
    stored += 1;
    const usdt = value && (kind === 'deposit' ? value : value.neg());
    if (usdt) await addLateFlow(ctx, { userId, accountId, realm: realmOf(endpoint), at, usdt });
  }
  return stored;
}

async function syncFills(ctx: PortfolioContext, row: AccountRow, login: AccountLogin): Promise<number> {
  const startedAt = ctx.clock.now();
  const cursors = await readCursors(ctx, row.id, 'fills');
  const symbols = await symbolsOf(ctx, row, [...cursors.keys()].filter(Boolean));
  const known = symbols.filter((symbol) => cursors.has(symbol));
  const fresh = symbols.filter((symbol) => !cursors.has(symbol));
  // Exchanges that tell of everything are asked on from where the last reading began.
  const read = known.length > 0 ? known : cursors.has('') ? [''] : [];
  const oldest = Math.min(...read.map((symbol) => cursors.get(symbol)?.getTime() ?? 0));
  let stored = 0;
  if (read.length > 0)
    stored += await readOn(ctx, login, known, { since: later(new Date(oldest), -OVERLAP_MS), startedAt });
  if (fresh.length > 0 || cursors.size === 0)
    stored += await readOn(ctx, login, fresh, { since: later(row.createdAt, -BACK_MS), startedAt });
  await moveCursors(ctx, row.id, 'fills', [''], startedAt);
  return stored;
}

/** Page after page, until one brings nothing that was not there. */
async function readOn(
  ctx: PortfolioContext,
  login: AccountLogin,
  symbols: readonly string[],
  { since, startedAt }: { since: Date; startedAt: Date },
): Promise<number> {
  let stored = 0;
  let from = since;
  for (let round = 1; ; round++) {
    const wanted = { since: from, symbols };
    const fills = await ctx.exchanges.fills(login, wanted, AbortSignal.timeout(PATIENCE_MS));
    const last = fills.at(-1)?.at ?? from;
    const isAll = fills.length === 0 || (round > 1 && last <= from);
    const until = isAll ? startedAt : last;
    const named = [...new Set([...symbols, ...fills.map((fill) => fill.symbol)])];
    const put = await inTransaction(ctx, async (ctx) => {
      const put = await keepFills(ctx, login.accountId, fills);
      if (named.length > 0) await moveCursors(ctx, login.accountId, 'fills', named, until);
      return put;
    });
    stored += put;
    if (isAll || round >= MOST_ROUNDS) return stored;
    from = last;
  }
}

async function keepFills(ctx: TxContext, accountId: string, fills: readonly Fill[]): Promise<number> {
  if (fills.length === 0) return 0;
  const rows = fills.map(({ id: fillId, fee, ...fill }) => ({
    accountId,
    ...fill,
    fillId,
    feeAsset: fee?.asset ?? null,
    feeQty: fee?.qty ?? null,
  }));
  const put = await ctx.db.insert(accountFill).values(rows).onConflictDoNothing().returning({ id: accountFill.fillId });
  return put.length;
}

/**
 * Symbols that an exchange may have to be asked for by name: those that something was traded in before, those of open
 * positions and orders, and every pair of the exchange whose base is held.
 */
async function symbolsOf(ctx: Context, row: AccountRow, before: readonly string[]): Promise<string[]> {
  const [state] = await ctx.db.select().from(accountState).where(eq(accountState.accountId, row.id));
  const held = new Set(state?.balances.map(({ asset }) => asset));
  const pairs = await ctx.db
    .select({ base: rate.base, quote: rate.quote })
    .from(rate)
    .where(eq(rate.source, sourceOf(row.exchange, row.endpoint)));
  const symbols = [
    ...before,
    ...(state?.positions ?? []).map(({ symbol }) => symbol),
    ...(state?.orders ?? []).map(({ symbol }) => symbol),
    ...pairs.filter(({ base }) => held.has(base)).map(({ base, quote }) => `${base}/${quote}`),
  ];
  return [...new Set(symbols)].sort();
}
