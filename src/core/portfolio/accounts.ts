import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import type { UserId } from '../id.ts';
import type { AccountLogin, AccountReading } from '../trading/exchange.ts';
import { openKey } from '../trading/sealedKey.ts';
import { accountKey, accountState, exchangeAccount } from '../trading/tables.ts';
import type { Vault } from '../vault.ts';

export type AccountRow = typeof exchangeAccount.$inferSelect;

/** An account and what it held when it was last read; null where it never was. */
export interface LoadedAccount {
  readonly row: AccountRow;
  readonly reading: AccountReading | null;
  readonly readAt: Date | null;
}

/** A person's accounts, in one query, removed ones left out. */
export async function readAccounts(ctx: Context, userId: UserId): Promise<LoadedAccount[]> {
  const rows = await ctx.db
    .select({ row: exchangeAccount, state: accountState })
    .from(exchangeAccount)
    .leftJoin(accountState, eq(accountState.accountId, exchangeAccount.id))
    .where(and(eq(exchangeAccount.userId, userId), isNull(exchangeAccount.removedAt)))
    .orderBy(asc(exchangeAccount.id));
  return rows.map(({ row, state }) => ({ row, reading: state, readAt: state?.readAt ?? null }));
}

/** A reading older than this is stale, whatever the reason: accounts are read every half minute. */
const STALE_MS = minutes(15);

/** Whether what is known of an account is no longer how it is: reading it fails, or nobody has for long. */
export function isStale({ row, readAt }: LoadedAccount, now: Date): boolean {
  if (!readAt) return true;
  if (row.trouble && row.troubleSince && row.troubleSince >= readAt) return true;
  return now.getTime() - readAt.getTime() > STALE_MS;
}

/** Accounts with their keys, opened for the one call that uses them. Those without a key are of the demo exchange. */
export async function openLogins(
  ctx: Context & { vault: Vault },
  rows: readonly Pick<AccountRow, 'id' | 'exchange' | 'endpoint'>[],
): Promise<Map<string, () => AccountLogin>> {
  const ids = rows.map(({ id }) => id);
  const keys = ids.length === 0 ? [] : await ctx.db.select().from(accountKey).where(inArray(accountKey.accountId, ids));
  const sealed = new Map(keys.map((key) => [key.accountId, key.sealed]));
  return new Map(
    rows.map(({ id, exchange, endpoint }) => {
      const open = () => {
        const text = sealed.get(id);
        if (text === undefined) return { accountId: id, exchange, endpoint, key: null };
        return { accountId: id, exchange, endpoint, key: openKey(ctx.vault, id, text) };
      };
      return [id, open] as const;
    }),
  );
}
