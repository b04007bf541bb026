import { type SQL, sql } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import type { TopupStatus, TransferKind } from './tables.ts';

export const transactionStatuses = ['done', 'waiting', 'ended'] as const;
export type TransactionStatus = (typeof transactionStatuses)[number];

export interface TransactionFilter {
  kind?: TransferKind;
  status?: TransactionStatus;
  /** From this moment on. */
  from?: Date;
  /** Before this moment. */
  until?: Date;
}

/** One line of a person's money: a movement of their wallet, or a top-up that has moved nothing. */
export interface Transaction {
  id: string;
  at: Date;
  kind: TransferKind;
  status: TransactionStatus;
  /** Set for a top-up that is not settled. */
  topupStatus: TopupStatus | null;
  /** Signed from the wallet's side; what was asked for where nothing has moved. */
  amountSatang: bigint;
  /** After this movement, of the wallet it was in; null where nothing has moved. */
  balanceSatang: bigint | null;
  reference: string | null;
  topupId: string | null;
}

/** `join` moves money between two wallets of one person: for that person nothing happened. */
function everything(userId: UserId): SQL {
  return sql`
    select t.id, e.at, t.kind, 'done' as status, null as topup_status, e.amount_satang, e.balance_after_satang as balance,
           coalesce(top.reference, pay.reference) as reference, top.id as topup_id
    from ledger_account a
    join ledger_entry e on e.account_id = a.id
    join ledger_transfer t on t.id = e.transfer_id
    left join topup top on top.id = t.subject
    left join payment pay on pay.id = t.subject
    where a.user_id = ${userId} and a.kind = 'wallet' and t.kind <> 'join'
    union all
    select top.id, top.created_at, 'topup', case when top.status in ('pending', 'review') then 'waiting' else 'ended' end,
           top.status, top.amount_satang, null, top.reference, top.id
    from topup top where top.user_id = ${userId} and top.status <> 'settled'`;
}

function matching(filter: TransactionFilter): SQL {
  const conditions = [sql`true`];
  if (filter.kind) conditions.push(sql`kind = ${filter.kind}`);
  if (filter.status) conditions.push(sql`status = ${filter.status}`);
  if (filter.from) conditions.push(sql`at >= ${filter.from.toISOString()}`);
  if (filter.until) conditions.push(sql`at < ${filter.until.toISOString()}`);
  return sql.join(conditions, sql` and `);
}

interface Row extends Record<string, unknown> {
  id: string;
  at: string;
  kind: TransferKind;
  status: TransactionStatus;
  topup_status: TopupStatus | null;
  amount_satang: string;
  balance: string | null;
  reference: string | null;
  topup_id: string | null;
}

const toTransaction = (row: Row): Transaction => ({
  id: row.id,
  at: new Date(row.at),
  kind: row.kind,
  status: row.status,
  topupStatus: row.topup_status,
  amountSatang: BigInt(row.amount_satang),
  balanceSatang: row.balance === null ? null : BigInt(row.balance),
  reference: row.reference,
  topupId: row.topup_id,
});

export interface TransactionPage {
  items: Transaction[];
  page: number;
  pages: number;
  total: number;
}

function checkFilter(filter: TransactionFilter): void {
  if (filter.from && filter.until && filter.from >= filter.until) fail('date.reversed');
}

/** A page of a person's transactions, newest first. `page` counts from 1; one beyond the end is the last. */
export async function listTransactions(
  ctx: Context,
  input: { userId: UserId; filter: TransactionFilter; page: number; limit: number },
): Promise<TransactionPage> {
  requireSelf(ctx, input.userId);
  checkFilter(input.filter);
  const all = everything(input.userId);
  const where = matching(input.filter);
  const [count] = await ctx.db.execute<{ n: string }>(sql`select count(*) as n from (${all}) x where ${where}`);
  const total = Number(count?.n ?? 0);
  const pages = Math.max(1, Math.ceil(total / input.limit));
  const page = Math.min(Math.max(1, input.page), pages);
  const rows = await ctx.db.execute<Row>(
    sql`select * from (${all}) x where ${where} order by at desc, id desc limit ${input.limit} offset ${(page - 1) * input.limit}`,
  );
  return { items: rows.map(toTransaction), page, pages, total };
}

const EXPORT_PAGE = 1000;
const EXPORT_MOST = 100_000;

/** Every transaction of the filter, newest first, a thousand a round trip; at most 100,000. */
export async function* allTransactions(
  ctx: Context,
  input: { userId: UserId; filter: TransactionFilter },
): AsyncGenerator<Transaction> {
  requireSelf(ctx, input.userId);
  checkFilter(input.filter);
  let after: Row | undefined;
  for (let given = 0; given < EXPORT_MOST; given += EXPORT_PAGE) {
    const beyond: SQL = after ? sql`and (at, id) < (${after.at}::timestamptz, ${after.id})` : sql``;
    const rows: Row[] = await ctx.db.execute<Row>(
      sql`select * from (${everything(input.userId)}) x where ${matching(input.filter)} ${beyond} order by at desc, id desc limit ${EXPORT_PAGE}`,
    );
    yield* rows.map(toTransaction);
    after = rows.at(-1);
    if (rows.length < EXPORT_PAGE) return;
  }
}
