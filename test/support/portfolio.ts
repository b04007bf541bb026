import type { UserId } from '../../src/core/id.ts';
import { rate } from '../../src/core/portfolio/tables.ts';
import type { AccountReading, Endpoint, Fill, MoneyMove } from '../../src/core/trading/exchange.ts';
import { accountState, exchangeAccount } from '../../src/core/trading/tables.ts';
import type { TestPort } from './exchangePort.ts';
import { job } from './money.ts';
import type { World } from './world.ts';

let accounts = 0;

/** An account of a person, read just now unless there is no reading. */
export async function account(
  world: World,
  userId: UserId,
  given: {
    exchange?: string;
    endpoint?: Endpoint;
    label?: string;
    groupName?: string | null;
    reading?: AccountReading | null;
    enabled?: boolean;
  } = {},
): Promise<string> {
  accounts += 1;
  const id = `exa_${String(accounts).padStart(6, '0')}`;
  const now = world.clock.now();
  const { exchange = 'binance', endpoint = 'live', label = `Account ${accounts}`, groupName = null } = given;
  const { reading = { balances: [], positions: [], orders: [] }, enabled = true } = given;
  const { db } = world.ctx(job);
  const row = { id, userId, exchange, endpoint, label, groupName, enabled, dueAt: now, createdAt: now };
  await db.insert(exchangeAccount).values({ ...row, readAt: reading && now });
  if (reading) await put(world, id, reading);
  return id;
}

/** What an account holds from now on, as the job that reads accounts keeps it. */
export async function put(world: World, accountId: string, reading: AccountReading): Promise<void> {
  const { balances, positions, orders } = reading;
  const set = { balances, positions, orders, readAt: world.clock.now() };
  await world
    .ctx(job)
    .db.insert(accountState)
    .values({ accountId, ...set })
    .onConflictDoUpdate({ target: accountState.accountId, set });
  const { readings } = world.exchanges as Partial<TestPort>; // a world made with a test port has them
  readings?.set(accountId, reading);
}

/** `BTC/USDT` at so much, as a source says it now. */
export async function price(world: World, pair: string, value: string, source = 'binance'): Promise<void> {
  const [base = '', quote = ''] = pair.split('/');
  const set = { price: value, at: world.clock.now() };
  await world
    .ctx(job)
    .db.insert(rate)
    .values({ source, base, quote, ...set })
    .onConflictDoUpdate({ target: [rate.source, rate.base, rate.quote], set });
}

let fills = 0;

export function fill(
  pair: string,
  side: 'buy' | 'sell',
  qtyBase: string,
  at: Date,
  more: Partial<Fill> & { price: string },
): Fill {
  fills += 1;
  const [base = '', rest = ''] = pair.split('/');
  const quote = rest.split(':')[0] ?? rest;
  const wallet = pair.includes(':') ? 'futures' : 'spot';
  return { id: `fill-${fills}`, wallet, symbol: pair, base, quote, side, qtyBase, fee: null, at, ...more };
}

export function move(kind: MoneyMove['kind'], asset: string, qty: string, at: Date): MoneyMove {
  fills += 1;
  return { id: `move-${fills}`, kind, asset, qty, at };
}
