import type { Trade, Transaction } from 'ccxt';
import { days } from '../../core/clock.ts';
import { ExchangeTrouble, type TroubleKind } from '../../core/market/trouble.ts';
import type { Fill, MoneyMove } from '../../core/trading/exchange.ts';
import type { Params } from './profiles.ts';
import { readSpot } from './reading.ts';
import { demanded, exact, inBase, pairOf } from './text.ts';
import { learnWallets } from './unified.ts';
import type { Session } from './venue.ts';
import { throughWindows } from './windows.ts';

/** Executions since then. A symbol that is not traded any more has none to tell of. */
export async function readFills(
  session: Session,
  { since, symbols }: { since: Date; symbols: readonly string[] },
): Promise<Fill[]> {
  await learnWallets(session);
  const { bySymbol, types } = session.profile.fills;
  const isListed = (symbol: string) => session.client.markets?.[symbol] !== undefined;
  const trades: Trade[] = [];
  if (bySymbol) for (const symbol of symbols.filter(isListed)) trades.push(...(await tradesOf(session, symbol, since)));
  else for (const type of types) trades.push(...(await tradesOfType(session, type, since)));
  const fills = new Map<string, Fill>();
  for (const trade of trades) {
    const fill = fillOf(session, trade);
    if (fill && fill.at >= since) fills.set(`${fill.symbol} ${fill.id}`, fill);
  }
  return [...fills.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}

async function tradesOf(session: Session, symbol: string, since: Date): Promise<Trade[]> {
  const isSpot = session.client.markets?.[symbol]?.spot === true;
  try {
    if (session.id === 'binance' && isSpot) return await binanceSpot(session, symbol, since);
    return await tradesBetween(session, symbol, {}, since);
  } catch (error) {
    // Delisted since the markets were loaded.
    if (error instanceof ExchangeTrouble && error.kind === 'symbol_unknown') return [];
    return isSpot ? Promise.reject(error) : noneIfForbidden(session, error);
  }
}

function tradesOfType(session: Session, type: Params, since: Date): Promise<Trade[]> {
  const asked = tradesBetween(session, undefined, type, since);
  return type.type === 'swap' ? asked.catch((error: unknown) => noneIfForbidden(session, error)) : asked;
}

const forbidden: readonly TroubleKind[] = ['permission', 'key_refused', 'unsupported'];

/**
 * A key that may not look at futures has none to tell of. One that does not work at all must not look the same, or what
 * happened meanwhile would be passed over for good: so the balance, which every key may read, is read first.
 */
async function noneIfForbidden(session: Session, error: unknown): Promise<never[]> {
  if (!(error instanceof ExchangeTrouble) || !forbidden.includes(error.kind)) throw error;
  await readSpot(session);
  return [];
}

function tradesBetween(session: Session, symbol: string | undefined, params: Params, since: Date): Promise<Trade[]> {
  const { days: span, rows, keptDays } = session.profile.fills;
  const toMs = session.now().getTime() + session.clockOffsetMs();
  return throughWindows({
    fromMs: Math.max(since.getTime(), toMs - days(keptDays)),
    toMs,
    spanMs: days(span) - 1,
    rows,
    ask: (fromMs, toMs) => {
      // MEXC's futures have names of their own for it, and Binance leaves out the last moment.
      const until = { ...params, until: toMs, ...(session.id === 'mexc' && { end_time: toMs }) };
      return session.ask((client) => client.fetchMyTrades(symbol, fromMs, rows, until));
    },
  });
}

/** Binance answers a spot question with an end only within a day, but counts a market's trades: so on from the last. */
async function binanceSpot(session: Session, symbol: string, since: Date): Promise<Trade[]> {
  const { rows } = session.profile.fills;
  const found: Trade[] = [];
  const ask = (from: number | undefined, params: Params) =>
    session.ask((client) => client.fetchMyTrades(symbol, from, rows, params));
  let page = await ask(since.getTime(), {});
  for (;;) {
    found.push(...page);
    const last = page.at(-1)?.id;
    if (page.length < rows || last === undefined) return found;
    page = await ask(undefined, { fromId: String(BigInt(last) + 1n) });
    if (page[0]?.id === last) throw new ExchangeTrouble(session.id, 'malformed');
  }
}

function fillOf({ id: exchange, client }: Session, trade: Trade): Fill | undefined {
  const pair = pairOf(trade.symbol);
  if (!pair || (trade.side !== 'buy' && trade.side !== 'sell') || trade.timestamp === undefined) return undefined;
  const price = demanded(exchange, trade.price);
  const qtyBase = inBase(demanded(exchange, trade.amount), client.markets?.[String(trade.symbol)], price);
  const feeQty = exact(trade.fee?.cost);
  return {
    id: String(trade.id),
    wallet: pair.settle ? 'futures' : 'spot',
    symbol: String(trade.symbol),
    base: pair.base,
    quote: pair.quote,
    side: trade.side,
    price,
    qtyBase: demanded(exchange, qtyBase),
    fee: feeQty !== null && trade.fee?.currency ? { asset: trade.fee.currency, qty: feeQty } : null,
    at: new Date(trade.timestamp),
  };
}

/** Null where the exchange or the key does not tell. */
export async function readMoves(session: Session, { since }: { since: Date }): Promise<MoneyMove[] | null> {
  if (!session.profile.moves) return null;
  try {
    const deposits = await movesBetween(session, 'deposit', since, session.profile.moves);
    const withdrawals = await movesBetween(session, 'withdrawal', since, session.profile.moves);
    return [...deposits, ...withdrawals].sort((a, b) => a.at.getTime() - b.at.getTime());
  } catch (error) {
    await noneIfForbidden(session, error);
    return null;
  }
}

async function movesBetween(
  session: Session,
  kind: MoneyMove['kind'],
  since: Date,
  { days: span, rows }: { days: number; rows: number },
): Promise<MoneyMove[]> {
  const transactions = await throughWindows<Transaction>({
    fromMs: since.getTime(),
    toMs: session.now().getTime() + session.clockOffsetMs(),
    spanMs: days(span) - 1,
    rows,
    ask: (fromMs, toMs) => {
      // ccxt does not hand on the end of Binance's withdrawals and of MEXC's deposits by its own name.
      const until = session.id === 'binance' || session.id === 'mexc' ? { endTime: toMs } : { until: toMs };
      return session.ask((client) =>
        kind === 'deposit'
          ? client.fetchDeposits(undefined, fromMs, rows, until)
          : client.fetchWithdrawals(undefined, fromMs, rows, until),
      );
    },
  });
  const moves = new Map<string, MoneyMove>();
  for (const { id, txid, status, currency, amount, timestamp } of transactions) {
    const name = id ?? txid;
    if (status !== 'ok' || name === undefined || !currency || timestamp === undefined || timestamp < since.getTime())
      continue;
    const qty = demanded(session.id, amount);
    moves.set(name, { id: name, kind, asset: currency, qty, at: new Date(timestamp) });
  }
  return [...moves.values()];
}
