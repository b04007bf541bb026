import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { may, requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import type { UserId } from '../id.ts';
import type { Adjustment } from '../money/adjustment.ts';
import { type Balances, balancesOf, idsOf } from '../money/ledger.ts';
import { topup, walletAdjustment } from '../money/tables.ts';
import type { Topup } from '../money/topup.ts';
import { type NoticePreference, readPreference } from '../notices/preference.ts';
import { type Identity, identitiesOf, type User } from '../people/identity.ts';
import { readUser } from '../people/user.ts';
import { contract, plan } from '../rental/tables.ts';
import type { ExchangeAccount } from '../trading/account.ts';
import { accountsOf } from './accounts.ts';
import { newestRunsOf, type RunRow } from './backtests.ts';
import { type Hindrance, hindrancesOf } from './closing.ts';
import {
  auditOf,
  entriesOf,
  noticesOf,
  type PersonAuditLine,
  type PersonNotice,
  type WalletEntry,
} from './personLists.ts';

/** A person's whole picture, with the newest few of each list. */
export interface Person {
  user: User;
  /** Ids that were joined into this one. */
  formerIds: UserId[];
  identities: Identity[];
  balances: Balances;
  contract: LiveContract | undefined;
  topups: Topup[];
  entries: WalletEntry[];
  /** Those that wait for a second operator. */
  adjustments: Adjustment[];
  notices: PersonNotice[];
  accounts: ExchangeAccount[];
  preference: NoticePreference;
  runs: RunRow[];
  /** Undefined for a role that may not read the audit. */
  audit: PersonAuditLine[] | undefined;
  /** Why the account cannot be closed now; undefined for a role that may not close any. */
  hindrances: Hindrance[] | undefined;
}

export interface LiveContract {
  contract: typeof contract.$inferSelect;
  plan: typeof plan.$inferSelect;
}

const FEW = 5;

/**
 * The whole picture of a person. For the id of somebody who was joined with another it answers with `mergedInto` alone:
 * everything is there now.
 */
export async function readPerson(
  ctx: Context,
  input: { userId: string },
): Promise<Person | { mergedInto: UserId; user: User }> {
  const { role } = requirePermission(ctx, 'users.read');
  const user = await readUser(ctx, input.userId as UserId); // any text may be compared
  if (user.mergedInto) return { mergedInto: user.mergedInto, user };
  const { id } = user;
  const ids = await idsOf(ctx, id);
  return {
    user,
    formerIds: ids.filter((former) => former !== id),
    identities: await identitiesOf(ctx, id),
    balances: await balancesOf(ctx, id),
    contract: await liveContract(ctx, ids),
    topups: await newestTopups(ctx, id),
    entries: await entriesOf(ctx, id, FEW),
    adjustments: await waitingAdjustments(ctx, ids),
    notices: await noticesOf(ctx, ids, FEW),
    accounts: await accountsOf(ctx, ids),
    preference: await readPreference(ctx, id),
    runs: await newestRunsOf(ctx, ids, FEW),
    audit: may(role, 'audit.read') ? await auditOf(ctx, ids, FEW) : undefined,
    hindrances: may(role, 'users.close') && !user.closedAt ? await hindrancesOf(ctx, id) : undefined,
  };
}

async function liveContract(ctx: Context, ids: UserId[]): Promise<LiveContract | undefined> {
  const [row] = await ctx.db
    .select({ contract, plan })
    .from(contract)
    .innerJoin(plan, eq(plan.id, contract.planId))
    .where(and(inArray(contract.userId, ids), sql`${contract.status} in ('trial', 'active', 'grace')`))
    .limit(1);
  return row;
}

const newestTopups = (ctx: Context, userId: UserId): Promise<Topup[]> =>
  ctx.db.select().from(topup).where(eq(topup.userId, userId)).orderBy(desc(topup.createdAt)).limit(FEW);

const waitingAdjustments = (ctx: Context, ids: UserId[]): Promise<Adjustment[]> =>
  ctx.db
    .select()
    .from(walletAdjustment)
    .where(and(inArray(walletAdjustment.userId, ids), sql`${walletAdjustment.status} = 'waiting'`))
    .orderBy(desc(walletAdjustment.id))
    .limit(FEW);
