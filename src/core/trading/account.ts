import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { violatedConstraint } from '../db.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { lockActiveUser } from '../people/user.ts';
import { type AccountContext, exchangeName } from './port.ts';
import { destroyKeys } from './sealedKey.ts';
import { dropReading } from './state.ts';
import { accountLink, exchangeAccount } from './tables.ts';
import { accountLabel, groupLabel } from './typed.ts';

/** An account as its person may see it: there is no key in it. */
export type ExchangeAccount = typeof exchangeAccount.$inferSelect;

interface Which {
  userId: UserId;
  accountId: string;
}

const own = ({ userId, accountId }: Which) =>
  and(eq(exchangeAccount.id, accountId), eq(exchangeAccount.userId, userId), isNull(exchangeAccount.removedAt));

/** A person's accounts: those in no group first, then group by group, each by its label. */
export async function listAccounts(ctx: Context, input: { userId: UserId }): Promise<ExchangeAccount[]> {
  requireSelf(ctx, input.userId);
  return ctx.db
    .select()
    .from(exchangeAccount)
    .where(and(eq(exchangeAccount.userId, input.userId), isNull(exchangeAccount.removedAt)))
    .orderBy(
      sql`lower(${exchangeAccount.groupName}) nulls first`,
      sql`lower(${exchangeAccount.label})`,
      asc(exchangeAccount.id),
    )
    .limit(100);
}

/** One account. For anybody else it does not exist. */
export async function readAccount(ctx: Context, input: Which): Promise<ExchangeAccount> {
  requireSelf(ctx, input.userId);
  const [row] = await ctx.db.select().from(exchangeAccount).where(own(input));
  return row ?? fail('account.missing');
}

/** Locks an account after its person, as everything that changes one does. */
export async function lockAccount(ctx: TxContext, input: Which): Promise<ExchangeAccount> {
  await lockActiveUser(ctx, input.userId);
  const [row] = await ctx.db.select().from(exchangeAccount).where(own(input)).for('no key update');
  return row ?? fail('account.missing');
}

/** Two labels of one person never differ by their capital letters alone. */
export const labelTaken = (error: unknown, label: string): never => {
  if (violatedConstraint(error) === 'exchange_account_label') fail('account.label_taken', { label });
  throw error;
};

export async function renameAccount(ctx: Context, input: Which & { label: string }): Promise<void> {
  requireSelf(ctx, input.userId);
  const label = accountLabel(input.label);
  await inTransaction(ctx, async (ctx) => {
    const row = await lockAccount(ctx, input);
    if (row.label === label) return;
    await ctx.db.update(exchangeAccount).set({ label }).where(eq(exchangeAccount.id, row.id));
    await writeAudit(ctx, 'account.renamed', row.id); // the names themselves are the person's own affair
  }).catch((error: unknown) => labelTaken(error, label));
}

/** Puts an account into a group, or with an empty name or `-` into none. A group is nothing but its name. */
export async function setGroup(ctx: Context, input: Which & { group: string }): Promise<void> {
  requireSelf(ctx, input.userId);
  const groupName = groupLabel(input.group);
  await inTransaction(ctx, async (ctx) => {
    const row = await lockAccount(ctx, input);
    if (row.groupName === groupName) return;
    await ctx.db.update(exchangeAccount).set({ groupName }).where(eq(exchangeAccount.id, row.id));
    await writeAudit(ctx, 'account.grouped', row.id, { grouped: groupName !== null });
  });
}

/** What stands in `trouble` of an account that an operator has stopped: its person cannot turn it on again. */
export const STOPPED = 'stopped';

/**
 * Turns the reading of an account, and everything that trades with it, on or off. Turned on it is read at once. What an
 * operator has stopped stays off (`account.stopped`).
 */
export async function enableAccount(ctx: Context, input: Which & { enabled: boolean }): Promise<void> {
  requireSelf(ctx, input.userId);
  const { enabled } = input;
  await inTransaction(ctx, async (ctx) => {
    const row = await lockAccount(ctx, input);
    if (row.trouble === STOPPED) fail('account.stopped', { label: row.label });
    if (row.enabled === enabled) return;
    await writeEnabled(ctx, row, enabled);
    await writeAudit(ctx, enabled ? 'account.enabled' : 'account.disabled', row.id);
  });
}

/** The version counts on, so that a reading that is under way is not written over it. */
export async function writeEnabled(
  ctx: TxContext,
  row: ExchangeAccount,
  enabled: boolean,
  trouble: string | null = null,
) {
  const now = ctx.clock.now();
  await ctx.db
    .update(exchangeAccount)
    .set({ enabled, trouble, troubleSince: trouble ? now : null, failures: 0, dueAt: now, version: row.version + 1 })
    .where(eq(exchangeAccount.id, row.id));
}

/**
 * Takes an account away: its key is destroyed, what it held is dropped, its links end. The row stays, because what was
 * traded there is history. Removing twice is removing once.
 */
export async function removeAccount(ctx: AccountContext, input: Which): Promise<void> {
  requireSelf(ctx, input.userId);
  const { exchanges } = ctx;
  await inTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId);
    const [row] = await ctx.db
      .select()
      .from(exchangeAccount)
      .where(and(eq(exchangeAccount.id, input.accountId), eq(exchangeAccount.userId, input.userId)))
      .for('no key update');
    if (!row) fail('account.missing');
    if (row.removedAt) return;
    await destroyKeys(ctx, [row.id]);
    await dropReading(ctx, row.id);
    await ctx.db.delete(accountLink).where(eq(accountLink.accountId, row.id));
    await ctx.db
      .update(exchangeAccount)
      .set({ removedAt: ctx.clock.now(), enabled: false, trouble: null, troubleSince: null, version: row.version + 1 })
      .where(eq(exchangeAccount.id, row.id));
    await writeAudit(ctx, 'account.removed', row.id, { exchange: row.exchange, endpoint: row.endpoint });
    await putNotice(ctx, {
      userId: row.userId,
      kind: 'account.removed',
      params: { label: row.label, exchange: exchangeName(exchanges, row.exchange) },
      key: `${row.id}:removed`,
    });
  });
  ctx.exchanges.forget(input.accountId);
}

/** Labels that a person's accounts have, apart from one. */
export async function labelsOf(ctx: Context, userId: UserId, except = ''): Promise<string[]> {
  const rows = await ctx.db
    .select({ label: exchangeAccount.label })
    .from(exchangeAccount)
    .where(and(eq(exchangeAccount.userId, userId), isNull(exchangeAccount.removedAt), ne(exchangeAccount.id, except)));
  return rows.map(({ label }) => label);
}
