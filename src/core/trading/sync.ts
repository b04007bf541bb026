import { and, asc, eq, inArray, isNull, lte } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { later, minutes, seconds } from '../clock.ts';
import { type Context, inTransaction } from '../context.ts';
import { putNotice } from '../notices/notice.ts';
import { notice } from '../notices/tables.ts';
import type { ExchangeAccount } from './account.ts';
import type { AccountReading } from './exchange.ts';
import { type Failure, failureOf, isAway, isSameSort, isWorthTelling, restMs } from './failing.ts';
import { type AccountContext, exchangeName } from './port.ts';
import { openKey, sealedKeysOf } from './sealedKey.ts';
import { keepReading } from './state.ts';
import { exchangeAccount } from './tables.ts';

/** A little less than the job's turn, so that an account is due again whenever the job comes by. */
export const EVERY_MS = seconds(25);

/** For so long an account belongs to the instance that took it; then another may. */
const LEASE_MS = minutes(2);
const PATIENCE_MS = seconds(15);
const AT_ONCE = 32;

/** After so many accounts of one exchange in a row that found it away, the rest of the round does not ask it. */
const AWAY_MOST = 8;

export interface Synced {
  read: number;
  failed: number;
  /** Removed, disabled or given another key while they were being read. */
  dropped: number;
}

/**
 * Reads every account that is due, thirty-two at a time, and keeps what it holds. Accounts are taken from the database as
 * there is room to read them, so that a thousand take no more memory than a few; several instances share them. A failure
 * is noted, told once, and puts the account off for longer each time.
 */
export async function syncAccounts(ctx: AccountContext): Promise<Synced> {
  requireActor(ctx, 'job');
  const round: Round = { synced: { read: 0, failed: 0, dropped: 0 }, away: new Map() };
  const due = takeDue(ctx);
  const work = async () => {
    for (;;) {
      const next = await due.next();
      if (next.done) return;
      const outcome = await readOne(ctx, round, next.value);
      round.synced[outcome] += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return round.synced;
}

interface Round {
  synced: Synced;
  /** By exchange: how many accounts in a row found it away, and in what way. */
  away: Map<string, { count: number; failure: Failure }>;
}

interface Due {
  account: ExchangeAccount;
  /** Undefined for a demo account, which has no key. */
  sealed: string | undefined;
}

/** What was due when the round began: an account that becomes due meanwhile waits for the next one. */
async function* takeDue(ctx: Context): AsyncGenerator<Due, undefined> {
  const startedAt = ctx.clock.now();
  for (;;) {
    const first = ctx.db
      .select({ id: exchangeAccount.id })
      .from(exchangeAccount)
      .where(isDue(startedAt))
      .orderBy(asc(exchangeAccount.dueAt))
      .limit(AT_ONCE)
      .for('update', { skipLocked: true });
    const accounts = await ctx.db
      .update(exchangeAccount)
      .set({ dueAt: later(ctx.clock.now(), LEASE_MS) })
      .where(inArray(exchangeAccount.id, first))
      .returning();
    if (accounts.length === 0) return;
    const keys = await sealedKeysOf(
      ctx,
      accounts.map(({ id }) => id),
    );
    for (const account of accounts) yield { account, sealed: keys.get(account.id) };
  }
}

const isDue = (at: Date) =>
  and(isNull(exchangeAccount.removedAt), eq(exchangeAccount.enabled, true), lte(exchangeAccount.dueAt, at));

/** What the next round would read. */
export async function previewSync(ctx: Context): Promise<{ due: { id: string; exchange: string; dueAt: Date }[] }> {
  requireActor(ctx, 'job');
  const { id, exchange, dueAt } = exchangeAccount;
  const due = await ctx.db
    .select({ id, exchange, dueAt })
    .from(exchangeAccount)
    .where(isDue(ctx.clock.now()))
    .orderBy(asc(dueAt))
    .limit(1000);
  return { due };
}

async function readOne(ctx: AccountContext, round: Round, due: Due): Promise<keyof Synced> {
  const { account } = due;
  const away = round.away.get(account.exchange);
  if (away && away.count >= AWAY_MOST) return noteFailure(ctx, account, away.failure);
  const found = await ask(ctx, due);
  if ('trouble' in found) {
    if (isAway(found.trouble)) round.away.set(account.exchange, { count: (away?.count ?? 0) + 1, failure: found });
    return noteFailure(ctx, account, found);
  }
  round.away.delete(account.exchange);
  return noteReading(ctx, account, found);
}

/** One answer of the exchange, or why there is none. A fault of ours fails this one account and no other. */
async function ask(ctx: AccountContext, { account, sealed }: Due): Promise<AccountReading | Failure> {
  const { id: accountId, exchange, endpoint } = account;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const key = sealed === undefined ? null : openKey(ctx.vault, accountId, sealed);
    return await ctx.exchanges.read({ accountId, exchange, endpoint, key }, signal);
  } catch (error) {
    const failure = failureOf(error, signal);
    if (!failure) ctx.log.error({ err: error, accountId, exchange }, 'an account could not be read');
    return failure ?? { trouble: 'malformed', retryAfterMs: 0 };
  }
}

/** Still the account that was read: not removed, not disabled, and with the key it was read with. */
const unchanged = ({ id, version }: ExchangeAccount) =>
  and(
    eq(exchangeAccount.id, id),
    eq(exchangeAccount.version, version),
    eq(exchangeAccount.enabled, true),
    isNull(exchangeAccount.removedAt),
  );

async function noteReading(
  ctx: AccountContext,
  account: ExchangeAccount,
  reading: AccountReading,
): Promise<'read' | 'dropped'> {
  const name = exchangeName(ctx.exchanges, account.exchange);
  return inTransaction(ctx, async (ctx) => {
    const now = ctx.clock.now();
    const well = { trouble: null, troubleSince: null, failures: 0, readAt: now, dueAt: later(now, EVERY_MS) };
    const [row] = await ctx.db.update(exchangeAccount).set(well).where(unchanged(account)).returning();
    if (!row) return 'dropped';
    await keepReading(ctx, row.id, reading);
    if (account.trouble && account.troubleSince) {
      const key = failingKey(account, account.troubleSince);
      // Whoever was not told of the trouble need not hear that it is over.
      const [wasTold] = await ctx.db.select({ id: notice.id }).from(notice).where(eq(notice.key, key)).limit(1);
      const params = { label: row.label, exchange: name };
      if (wasTold)
        await putNotice(ctx, { userId: row.userId, kind: 'account.recovered', params, key: `${key}:recovered` });
    }
    return 'read';
  });
}

/** One trouble, however many rounds it lasts, has one name. */
const failingKey = ({ id }: ExchangeAccount, since: Date) => `${id}:failing:${since.getTime()}`;

async function noteFailure(
  ctx: AccountContext,
  account: ExchangeAccount,
  { trouble, retryAfterMs }: Failure,
): Promise<'failed' | 'dropped'> {
  const name = exchangeName(ctx.exchanges, account.exchange);
  return inTransaction(ctx, async (ctx) => {
    const now = ctx.clock.now();
    const goesOn = account.trouble !== null && isSameSort(account.trouble, trouble);
    const since = (goesOn && account.troubleSince) || now;
    const failures = goesOn ? account.failures + 1 : 1;
    const dueAt = later(now, restMs(trouble, failures, retryAfterMs));
    const [row] = await ctx.db
      .update(exchangeAccount)
      .set({ trouble, troubleSince: since, failures, dueAt })
      .where(unchanged(account))
      .returning();
    if (!row) return 'dropped';
    if (isWorthTelling(trouble, now.getTime() - since.getTime())) {
      const params = { label: row.label, exchange: name, trouble };
      await putNotice(ctx, { userId: row.userId, kind: 'account.failing', params, key: failingKey(row, since) });
    }
    return 'failed';
  });
}
