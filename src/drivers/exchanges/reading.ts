import { Decimal } from '../../core/decimal.ts';
import { ExchangeTrouble } from '../../core/market/trouble.ts';
import type { AccountReading, AssetBalance, OpenOrder, OpenPosition, WalletKind } from '../../core/trading/exchange.ts';
import type { Params, Row } from './profiles.ts';
import { settledTotals } from './settled.ts';
import { demanded, exact, inBase, pairOf, unlessZero } from './text.ts';
import { learnWallets } from './unified.ts';
import type { Session } from './venue.ts';

/** All that an account holds. Futures that its key may not read are left out and named as unread. */
export async function readAccount(session: Session): Promise<AccountReading> {
  const { profile } = session;
  const isUnified = await learnWallets(session);
  const spot = await readSpot(session);
  const futures = await allowed(session, () => readFutures(session, isUnified));
  const hasLocked = spot.some(({ used }) => !new Decimal(used).isZero());
  const orders: OpenOrder[] = [];
  for (const params of profile.orders) {
    const isFutures = params.type === 'swap';
    if ((isFutures && futures === null) || (!isFutures && profile.ordersLockFunds && !hasLocked)) continue;
    orders.push(...(await readOrders(session, params)));
  }
  return {
    balances: [...spot, ...(futures?.balances ?? [])],
    positions: futures?.positions ?? [],
    orders,
    ...(futures === null && { unread: ['futures'] as const }),
  };
}

/** The wallets that are one to a person, added up. Throws when the first of them cannot be read. */
export async function readSpot(session: Session): Promise<AssetBalance[]> {
  const { profile } = session;
  const wallets: AssetBalance[][] = [];
  const isUnified = await learnWallets(session);
  for (const params of (isUnified && profile.unifiedSpot) || profile.spot)
    wallets.push(await readWallet(session, 'spot', params));
  const { funding } = profile;
  const second = funding && (await allowed(session, () => readWallet(session, 'spot', funding)));
  return addedUp([...wallets, second ?? []].flat());
}

async function readFutures(session: Session, isUnified: boolean) {
  const { profile } = session;
  const balances: AssetBalance[] = [];
  if (!isUnified)
    for (const params of profile.futures) balances.push(...(await readWallet(session, 'futures', params)));
  const positions: OpenPosition[] = [];
  for (const params of profile.positions) positions.push(...(await readPositions(session, params)));
  return { balances: addedUp(balances), positions };
}

/** Null where the key may not look: a person need not open every wallet to us. Everything else is thrown on. */
async function allowed<T>(session: Session, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    session.signal.throwIfAborted();
    if (error instanceof ExchangeTrouble && (error.isOfKey || error.kind === 'unsupported')) return null;
    throw error;
  }
}

const notAssets = ['info', 'free', 'used', 'total', 'debt', 'timestamp', 'datetime'];

async function readWallet(session: Session, wallet: WalletKind, params: Params): Promise<AssetBalance[]> {
  const answer = await session.ask((client) => client.fetchBalance({ ...params }));
  const settled = settledTotals(session, wallet, answer.info);
  const found: AssetBalance[] = [];
  for (const [asset, value] of Object.entries(answer)) {
    if (notAssets.includes(asset) || typeof value !== 'object' || value === null) continue;
    const { free, used, total } = value as { free?: unknown; used?: unknown; total?: unknown }; // ccxt's shape of a balance
    const balance = wholeBalance(session.id, exact(free), exact(used), settled.get(asset) ?? exact(total));
    if (balance && !(isZero(balance.total) && isZero(balance.used))) found.push({ wallet, asset, ...balance });
  }
  return found;
}

const isZero = (text: string) => new Decimal(text).isZero();

/** Any two of them say the third. Where open profit may be spent there is more free than there is. */
function wholeBalance(exchange: string, free: string | null, used: string | null, total: string | null) {
  if (free === null && total === null) {
    if (used === null) return null;
    throw new ExchangeTrouble(exchange, 'malformed');
  }
  const whole = total ?? new Decimal(free ?? 0).plus(used ?? 0).toFixed();
  const left = free ?? new Decimal(whole).minus(used ?? 0).toFixed();
  const open = Decimal.min(left, whole).toFixed();
  return { free: open, used: new Decimal(whole).minus(open).toFixed(), total: whole };
}

function addedUp(balances: readonly AssetBalance[]): AssetBalance[] {
  const sums = new Map<string, AssetBalance>();
  for (const balance of balances) {
    const before = sums.get(balance.asset);
    const plus = (name: 'free' | 'used' | 'total') =>
      before ? new Decimal(before[name]).plus(balance[name]).toFixed() : balance[name];
    sums.set(balance.asset, { ...balance, free: plus('free'), used: plus('used'), total: plus('total') });
  }
  return [...sums.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

async function readPositions(session: Session, params: Params): Promise<OpenPosition[]> {
  const { id, client } = session;
  const rows = await session.ask((asked) => asked.fetchPositions(undefined, { ...params }));
  const found: OpenPosition[] = [];
  for (const row of rows) {
    const contracts = unlessZero(row.contracts);
    const pair = pairOf(row.symbol);
    if (contracts === null || !pair || (row.side !== 'long' && row.side !== 'short')) continue;
    const entryPrice = demanded(id, row.entryPrice);
    const markPrice = unlessZero(row.markPrice);
    const qtyBase = inBase(contracts, client.markets?.[String(row.symbol)], markPrice ?? entryPrice);
    found.push({
      symbol: String(row.symbol),
      base: pair.base,
      settle: pair.settle ?? pair.quote,
      side: row.side,
      qtyBase: demanded(id, qtyBase),
      entryPrice,
      markPrice,
      unrealisedPnl: exact(row.unrealizedPnl),
      leverage: unlessZero(row.leverage),
      liquidationPrice: unlessZero(row.liquidationPrice),
      margin: unlessZero(row.initialMargin) ?? unlessZero(row.collateral),
    });
  }
  return found;
}

/** Nobody has more open orders than this; a page that never ends is an exchange gone wrong. */
const MOST_PAGES = 40;

async function readOrders(session: Session, params: Params): Promise<OpenOrder[]> {
  const { profile } = session;
  const found = new Map<string, OpenOrder>();
  let next: Params = {};
  for (let number = 1; number <= MOST_PAGES; number++) {
    const { page } = profile;
    const asked = { ...params, ...next };
    const rows = await session.ask((client) => client.fetchOpenOrders(undefined, undefined, page?.size, asked));
    const before = found.size;
    for (const row of rows) {
      const order = openOrder(session, row as unknown as Readonly<Record<string, unknown>>); // read field by field
      if (order) found.set(`${order.symbol} ${order.id}`, order);
    }
    if (!page || rows.length < page.size || found.size === before) break;
    next = page.next(rows as unknown as readonly Row[], number + 1); // the two fields that a row has on every exchange
  }
  return [...found.values()];
}

function openOrder({ id, client, now }: Session, row: Readonly<Record<string, unknown>>): OpenOrder | undefined {
  const market = client.markets?.[String(row.symbol)];
  const pair = pairOf(row.symbol);
  const side = row.side === 'buy' || row.side === 'sell' ? row.side : undefined;
  if (!pair || !side) return undefined;
  const price = unlessZero(row.price);
  const inUnits = (value: unknown) => inBase(exact(value) ?? '0', market, price);
  return {
    id: String(row.id),
    wallet: pair.settle ? 'futures' : 'spot',
    symbol: String(row.symbol),
    side,
    type: String(row.type ?? 'limit'),
    price,
    qtyBase: demanded(id, inUnits(row.amount)),
    filledQtyBase: demanded(id, inUnits(row.filled)),
    placedAt: new Date(typeof row.timestamp === 'number' ? row.timestamp : now()).toISOString(),
  };
}
