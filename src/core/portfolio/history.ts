import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { days, minutes } from '../clock.ts';
import { type Context, together } from '../context.ts';
import { Decimal } from '../decimal.ts';
import type { UserId } from '../id.ts';
import type { Fill } from '../trading/exchange.ts';
import type { CostMethod } from './book.ts';
import { isCash } from './cash.ts';
import { type AccountBooks, accountBooks, type HistoryMove, type RateThen } from './profit.ts';
import type { Prices } from './rates.ts';
import { accountFill, accountMove, portfolioSnapshot } from './tables.ts';
import { UNIT } from './valuation.ts';

interface Kept {
  mark: string;
  atMs: number;
  books: AccountBooks;
}

/** Books follow from history alone, so they are kept until there is more of it; and not for ever, for some rates come later. */
const kept = new Map<string, Kept>();
const KEPT_MS = minutes(10);
const MOST_KEPT = 5_000;

/** Of one account; the oldest are read, and the books say that they are incomplete. */
const MOST_FILLS = 50_000;

interface Wanted {
  userId: UserId;
  accountIds: readonly string[];
  method: CostMethod;
  prices: Prices;
}

/** The books of accounts: cost and realised profit, from all that was traded there. */
export async function readBooks(ctx: Context, wanted: Wanted): Promise<Map<string, AccountBooks>> {
  if (wanted.accountIds.length === 0) return new Map();
  const marks = await readMarks(ctx, wanted.accountIds);
  const nowMs = ctx.clock.now().getTime();
  const books = new Map<string, AccountBooks>();
  const missing: string[] = [];
  for (const id of wanted.accountIds) {
    const found = kept.get(`${id} ${wanted.method}`);
    if (found && found.mark === marks.get(id) && Math.abs(nowMs - found.atMs) < KEPT_MS) books.set(id, found.books);
    else missing.push(id);
  }
  for (const [id, made] of await makeBooks(ctx, wanted, missing)) {
    books.set(id, made);
    kept.set(`${id} ${wanted.method}`, { mark: marks.get(id) ?? '', atMs: nowMs, books: made });
  }
  for (const key of kept.keys()) {
    if (kept.size <= MOST_KEPT) break; // the oldest are first
    kept.delete(key);
  }
  return books;
}

/** What changes whenever there is more history. */
async function readMarks(ctx: Context, accountIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await ctx.db.execute<{ id: string; mark: string }>(sql`
    select id, concat_ws(' ',
      (select concat(count(*), ' ', max(at)) from account_fill where account_id = id),
      (select concat(count(*), ' ', count(value_usdt)) from account_move where account_id = id)) as mark
    from jsonb_array_elements_text(${JSON.stringify(accountIds)}::jsonb) as ids(id)`);
  return new Map(rows.map(({ id, mark }) => [id, mark]));
}

async function makeBooks(
  ctx: Context,
  { userId, method, prices }: Wanted,
  ids: readonly string[],
): Promise<Map<string, AccountBooks>> {
  if (ids.length === 0) return new Map();
  const [fills, moves, baht] = await together([readFills(ctx, ids), readMoves(ctx, ids), readBaht(ctx, userId)]);
  const [fillsOf, movesOf] = [Map.groupBy(fills, (one) => one.accountId), Map.groupBy(moves, (one) => one.accountId)];
  return new Map(
    ids.map((id) => {
      const all: readonly Fill[] = (fillsOf.get(id) ?? []).map(toFill);
      const own = all.slice(0, MOST_FILLS);
      const history = { fills: own, moves: movesOf.get(id) ?? [] };
      const books = accountBooks(history, method, ratesThen({ fills: own, baht, prices, now: ctx.clock.now() }));
      return [id, all.length > MOST_FILLS ? { ...books, isIncomplete: true } : books] as const;
    }),
  );
}

type FillRow = typeof accountFill.$inferSelect;

const toFill = ({ fillId, feeAsset, feeQty, ...row }: FillRow): Fill => ({
  ...row,
  id: fillId,
  fee: feeAsset !== null && feeQty !== null ? { asset: feeAsset, qty: feeQty } : null,
});

/** One more of each than is counted, so that it shows that there are more. */
async function readFills(ctx: Context, ids: readonly string[]): Promise<FillRow[]> {
  const of = (id: string) =>
    ctx.db
      .select()
      .from(accountFill)
      .where(eq(accountFill.accountId, id))
      .orderBy(asc(accountFill.at), asc(accountFill.fillId))
      .limit(MOST_FILLS + 1);
  return (await together(ids.map(of))).flat();
}

const readMoves = (ctx: Context, ids: readonly string[]): Promise<(HistoryMove & { accountId: string })[]> =>
  ctx.db
    .select()
    .from(accountMove)
    .where(inArray(accountMove.accountId, [...ids]))
    .orderBy(asc(accountMove.at), asc(accountMove.moveId));

interface BahtThen {
  at: Date;
  usdtInThb: string | null;
}

/** What the baht was worth, as snapshots have kept it. */
const readBaht = (ctx: Context, userId: UserId): Promise<BahtThen[]> =>
  ctx.db
    .select({ at: portfolioSnapshot.at, usdtInThb: portfolioSnapshot.usdtInThb })
    .from(portfolioSnapshot)
    .where(
      and(
        eq(portfolioSnapshot.userId, userId),
        eq(portfolioSnapshot.accountId, ''),
        isNotNull(portfolioSnapshot.usdtInThb),
      ),
    )
    .orderBy(asc(portfolioSnapshot.at));

const NEAR_MS = days(1);
const NOW_MS = minutes(60);
const ONE = new Decimal(1);

interface Sources {
  fills: readonly Fill[];
  baht: readonly BahtThen[];
  prices: Prices;
  now: Date;
}

/**
 * What something was worth at a moment. A coin: what this account itself paid or got for it within a day, or today's rate
 * within an hour of now, or nothing; for a fee alone today's rate will do. Money: the baht as snapshots kept it, otherwise
 * today's rate, which for what is pegged hardly differs. Where today's stands in for another day's, that is said.
 */
function ratesThen({ fills, baht, prices, now }: Sources): RateThen {
  const today = (asset: string) => prices.quote(asset, UNIT)?.price ?? null;
  const cashThen = (asset: string, at: Date) => {
    if (asset === UNIT) return { price: ONE, isApproximate: false };
    const then = asset === 'THB' ? nearest(baht, at)?.usdtInThb : null;
    if (then) return { price: ONE.div(then), isApproximate: false };
    const price = today(asset);
    return price && { price, isApproximate: now.getTime() - at.getTime() > NOW_MS };
  };
  const priced = Map.groupBy(
    fills.filter((fill) => fill.wallet === 'spot' && isCash(fill.quote)),
    (fill) => fill.base,
  );
  return (asset, at, use) => {
    if (isCash(asset)) return cashThen(asset, at);
    const near = nearest(priced.get(asset) ?? [], at);
    const money = near && cashThen(near.quote, near.at);
    if (near && money) return { ...money, price: money.price.times(near.price) };
    const isNow = now.getTime() - at.getTime() <= NOW_MS;
    const price = isNow || use === 'fee' ? today(asset) : null;
    return price && { price, isApproximate: !isNow };
  };
}

/** The one nearest in time within a day; `of` is in order. */
function nearest<T extends { readonly at: Date }>(of: readonly T[], at: Date): T | undefined {
  let [low, high] = [0, of.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((of[middle] as T).at < at) low = middle + 1;
    else high = middle;
  }
  const away = (one: T) => Math.abs(one.at.getTime() - at.getTime());
  const near = [of[low - 1], of[low]].filter((one): one is T => one !== undefined && away(one) <= NEAR_MS);
  return near.sort((a, b) => away(a) - away(b))[0];
}
