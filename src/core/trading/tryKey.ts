import { seconds } from '../clock.ts';
import { fail, Refusal } from '../error.ts';
import { ExchangeTrouble, type TroubleKind } from '../market/trouble.ts';
import type { AccountLogin, AccountReading, ExchangeInfo, KeyRights } from './exchange.ts';
import type { AccountContext } from './port.ts';

/** A signed request is refused by exchanges when its time is further off than this. */
const CLOCK_MOST_MS = seconds(5);
const PATIENCE_MS = seconds(20);

export interface Tried {
  rights: KeyRights;
  reading: AccountReading;
}

/**
 * Tries a key before anything is stored: what it may do, that the clocks agree, and that it reads. Refuses a key that may
 * withdraw. Outside any transaction, for the exchange may take its time.
 */
export async function tryKey(ctx: AccountContext, info: ExchangeInfo, login: AccountLogin): Promise<Tried> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const rights = await ctx.exchanges.rights(login, signal);
    if (rights.canWithdraw === true)
      fail('account.withdrawal', { exchange: info.name, id: info.id, where: whereOf(info) });
    if (Math.abs(rights.clockOffsetMs) > CLOCK_MOST_MS)
      fail('account.clock', { exchange: info.name, seconds: Math.round(Math.abs(rights.clockOffsetMs) / 1000) });
    return { rights, reading: await ctx.exchanges.read(login, signal) };
  } catch (error) {
    ctx.exchanges.forget(login.accountId);
    throw asRefusal(info, error, signal);
  }
}

/** Where at the exchange a person changes a key. */
const whereOf = ({ id, keyPage }: ExchangeInfo) => keyPage ?? id;

/** Nothing of what the exchange itself said is passed on: it may hold the key. */
function asRefusal(info: ExchangeInfo, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof Refusal) return error;
  const trouble = error instanceof ExchangeTrouble ? error : signal.aborted ? { kind: 'slow' as const } : undefined;
  if (!trouble) return error;
  const exchange = info.name;
  const where = whereOf(info);
  const refusals: Partial<Record<TroubleKind, Refusal>> = {
    key_invalid: new Refusal('account.key_invalid', { exchange, where }),
    key_refused: new Refusal('account.key_refused', { exchange, where }),
    key_expired: new Refusal('account.key_expired', { exchange, where }),
    suspended: new Refusal('account.suspended', { exchange }),
    ip_not_allowed: new Refusal('account.ip_not_allowed', { exchange, where }),
    permission: new Refusal('account.permission', { exchange, where }),
    clock: new Refusal('account.clock', { exchange, seconds: 0 }),
    maintenance: new Refusal('account.maintenance', { exchange }),
    limited: new Refusal('account.busy', { exchange }),
    banned: new Refusal('account.turned_away', { exchange }),
    region: new Refusal('account.turned_away', { exchange }),
  };
  return refusals[trouble.kind] ?? new Refusal('account.unreachable', { exchange });
}
