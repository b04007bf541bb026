import { and, desc, eq, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { auditEntry } from '../audit.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { idsOf, walletOf } from '../money/ledger.ts';
import { ledgerEntry, ledgerTransfer, type TransferKind } from '../money/tables.ts';
import { notice } from '../notices/tables.ts';
import type { User } from '../people/identity.ts';
import { identity, type Provider } from '../people/tables.ts';
import { readUser } from '../people/user.ts';
import { operator } from './tables.ts';

/** A page of something of a person, newest first, and where the next one goes on. */
export interface PersonPage<T> {
  user: User;
  /** Ids that were joined into this one. */
  formerIds: UserId[];
  items: T[];
  next: string | undefined;
}

const PAGE = 25;

/** The person and all their ids. Refuses `user.merged` for the id of somebody who was joined with another. */
async function readIds(ctx: Context, userId: string): Promise<{ user: User; ids: UserId[] }> {
  const user = await readUser(ctx, userId as UserId); // any text may be compared
  if (user.mergedInto) fail('user.merged');
  return { user, ids: await idsOf(ctx, user.id) };
}

function pageOf<T>(found: { user: User; ids: UserId[] }, rows: T[], cursor: (row: T) => string): PersonPage<T> {
  const items = rows.slice(0, PAGE);
  const last = items.at(-1);
  const { user, ids } = found;
  const formerIds = ids.filter((id) => id !== user.id);
  return { user, formerIds, items, next: rows.length > PAGE && last ? cursor(last) : undefined };
}

export interface WalletEntry {
  transferId: string;
  at: Date;
  kind: TransferKind;
  subject: string;
  amountSatang: bigint;
  balanceAfterSatang: bigint;
  /** Counts the wallet's entries from 1. */
  number: bigint;
}

/** The newest entries of a wallet, before the one with this number. */
export async function entriesOf(ctx: Context, ownerId: UserId, limit: number, before?: bigint): Promise<WalletEntry[]> {
  const number = sql<bigint>`${ledgerEntry.accountVersion}`.mapWith(BigInt);
  return ctx.db
    .select({
      transferId: ledgerEntry.transferId,
      at: ledgerEntry.at,
      kind: ledgerTransfer.kind,
      subject: ledgerTransfer.subject,
      amountSatang: ledgerEntry.amountSatang,
      balanceAfterSatang: sql<bigint>`${ledgerEntry.balanceAfterSatang}`.mapWith(BigInt),
      number,
    })
    .from(ledgerEntry)
    .innerJoin(ledgerTransfer, eq(ledgerTransfer.id, ledgerEntry.transferId))
    .where(
      and(
        eq(ledgerEntry.accountId, walletOf(ownerId)),
        isNotNull(ledgerEntry.accountVersion),
        before === undefined ? undefined : lt(ledgerEntry.accountVersion, before),
      ),
    )
    .orderBy(desc(ledgerEntry.accountVersion))
    .limit(limit);
}

/** What moved in a person's wallet, or in one they had under a former id. */
export async function listEntries(
  ctx: Context,
  input: { userId: string; formerId?: string | undefined; before?: bigint | undefined },
): Promise<PersonPage<WalletEntry>> {
  requirePermission(ctx, 'users.read');
  const found = await readIds(ctx, input.userId);
  const ownerId = found.ids.find((id) => id === input.formerId) ?? found.user.id;
  const rows = await entriesOf(ctx, ownerId, PAGE + 1, input.before);
  return pageOf(found, rows, (row) => String(row.number));
}

export interface PersonNotice {
  notice: typeof notice.$inferSelect;
  /** The chat it was told in, as long as that login is there. */
  toldIn: Provider | null;
}

/** The newest of rows that each id has an index of its own for: one short walk along each, rather than a sort of all. */
const newestOf = (branches: SQL[], order: SQL, limit: number): SQL =>
  sql`select * from (${sql.join(
    branches.map((branch) => sql`(${branch})`),
    sql` union `,
  )}) x order by ${order} limit ${limit}`;

export async function noticesOf(
  ctx: Context,
  ids: readonly UserId[],
  limit: number,
  before?: string,
): Promise<PersonNotice[]> {
  const older = before ? sql`and (created_at, id) < (select created_at, id from notice where id = ${before})` : sql``;
  const branches = ids.map(
    (id) =>
      sql`select id, created_at from notice where user_id = ${id} ${older} order by created_at desc, id desc limit ${limit}`,
  );
  const rows = await ctx.db.execute<{ id: string }>(newestOf(branches, sql`created_at desc, id desc`, limit));
  if (rows.length === 0) return [];
  const wanted = rows.map(({ id }) => id);
  return ctx.db
    .select({ notice, toldIn: identity.provider })
    .from(notice)
    .leftJoin(identity, eq(identity.id, notice.sentTo))
    .where(inArray(notice.id, wanted))
    .orderBy(desc(notice.createdAt), desc(notice.id));
}

/** What a person was told, and what became of what they were not told. */
export async function listPersonNotices(
  ctx: Context,
  input: { userId: string; before?: string | undefined },
): Promise<PersonPage<PersonNotice>> {
  requirePermission(ctx, 'users.read');
  const found = await readIds(ctx, input.userId);
  const rows = await noticesOf(ctx, found.ids, PAGE + 1, input.before);
  return pageOf(found, rows, (row) => row.notice.id);
}

export interface PersonAuditLine {
  line: typeof auditEntry.$inferSelect;
  operatorName: string | null;
}

export async function auditOf(
  ctx: Context,
  ids: readonly UserId[],
  limit: number,
  before?: bigint,
): Promise<PersonAuditLine[]> {
  const older = before === undefined ? sql`` : sql`and seq < ${before.toString()}::bigint`;
  const walk = (where: SQL) =>
    sql`select seq from audit_entry where ${where} ${older} order by seq desc limit ${limit}`;
  const branches = ids.flatMap((id) => [walk(sql`subject = ${id}`), walk(sql`actor = ${`user:${id}`}`)]);
  const rows = await ctx.db.execute<{ seq: string }>(newestOf(branches, sql`seq desc`, limit));
  if (rows.length === 0) return [];
  const wanted = rows.map(({ seq }) => BigInt(seq));
  return ctx.db
    .select({ line: auditEntry, operatorName: operator.name })
    .from(auditEntry)
    .leftJoin(operator, sql`${auditEntry.actor} = 'operator:' || ${operator.id}`)
    .where(inArray(auditEntry.seq, wanted))
    .orderBy(desc(auditEntry.seq));
}

/** What was done to a person, and what they did themselves. */
export async function listPersonAudit(
  ctx: Context,
  input: { userId: string; before?: bigint | undefined },
): Promise<PersonPage<PersonAuditLine>> {
  requirePermission(ctx, 'audit.read');
  const found = await readIds(ctx, input.userId);
  const rows = await auditOf(ctx, found.ids, PAGE + 1, input.before);
  return pageOf(found, rows, (row) => String(row.line.seq));
}
