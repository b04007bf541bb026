import { type SQL, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { type AuditContext, verifyAudit } from '../audit.ts';
import { inTransaction } from '../context.ts';
import { alertOperators } from '../notices/alert.ts';

export interface Difference {
  check: string;
  subject: string;
  detail: string;
}

/** Each check answers with rows of (subject, detail), one a difference; none is a clean ledger. */
const checks: Record<string, SQL> = {
  'transfer does not sum to zero': sql`
    select transfer_id as subject, sum(amount_satang)::text as detail from ledger_entry group by transfer_id having sum(amount_satang) <> 0`,
  'transfer has not two entries': sql`
    select t.id as subject, count(e.transfer_id)::text as detail from ledger_transfer t
    left join ledger_entry e on e.transfer_id = t.id group by t.id having count(e.transfer_id) <> 2`,
  'balance differs from its entries': sql`
    select a.id as subject, format('balance %s, entries %s, version %s, counted %s', a.balance_satang, coalesce(sum(e.amount_satang), 0), a.version, count(e.account_id)) as detail
    from ledger_account a left join ledger_entry e on e.account_id = a.id where a.tracked
    group by a.id having a.balance_satang <> coalesce(sum(e.amount_satang), 0) or a.version <> count(e.account_id)
      or coalesce(max(e.account_version), 0) <> a.version`,
  'balance after an entry is wrong': sql`
    select account_id || '#' || account_version as subject, format('says %s, is %s', balance_after_satang, running) as detail from (
      select e.account_id, e.account_version, e.balance_after_satang,
             sum(e.amount_satang) over (partition by e.account_id order by e.account_version) as running
      from ledger_entry e where e.account_version is not null) x
    where balance_after_satang <> running`,
  'payment has no transfer': sql`
    select p.id as subject, p.provider || ':' || p.charge_id as detail from payment p
    left join ledger_transfer t on t.key = p.provider || ':' || p.charge_id || ':paid' where t.id is null`,
  'transfer has no payment': sql`
    select t.id as subject, t.key as detail from ledger_transfer t
    left join payment p on t.key = p.provider || ':' || p.charge_id || ':paid'
    where t.kind in ('topup', 'suspend') and p.id is null`,
  'payment and transfer differ in amount': sql`
    select p.id as subject, format('payment %s, transfer %s', p.amount_satang, e.amount_satang) as detail from payment p
    join ledger_transfer t on t.key = p.provider || ':' || p.charge_id || ':paid'
    join ledger_entry e on e.transfer_id = t.id and e.amount_satang > 0 where e.amount_satang <> p.amount_satang`,
  'settled top-up has no payment': sql`
    select top.id as subject, top.reference as detail from topup top where top.status = 'settled'
      and not exists (select 1 from payment p where p.topup_id = top.id and p.status = 'credited')`,
  'credited payment of a top-up that is not settled': sql`
    select p.id as subject, top.status as detail from payment p join topup top on top.id = p.topup_id
    where p.status = 'credited' and top.status <> 'settled'`,
  'clearing differs from what gateways hold': sql`
    select a.id as subject, format('ledger %s, payments %s', coalesce(e.sum, 0), -coalesce(p.sum, 0)) as detail
    from ledger_account a
    left join (select account_id, sum(amount_satang) from ledger_entry group by account_id) e on e.account_id = a.id
    left join (select 'clearing:' || provider as id, sum(amount_satang - refunded_satang) from payment group by provider) p on p.id = a.id
    where a.kind = 'clearing' and coalesce(e.sum, 0) <> -coalesce(p.sum, 0)`,
  'suspense differs from its open items': sql`
    select 'suspense' as subject, format('ledger %s, items %s', ledger, items) as detail from (
      select (select coalesce(sum(amount_satang), 0) from ledger_entry where account_id = 'suspense') as ledger,
             (select coalesce(sum(p.amount_satang - p.refunded_satang), 0) from suspense s join payment p on p.id = s.payment_id where s.status = 'open') as items) x
    where ledger <> items`,
};

/** Differences named per check; beyond this a number stands for the rest. */
const NAMED = 50;

export type Findings = { differences: Difference[]; checks: number };

/**
 * Compares the ledger with itself, with payments and with top-ups, and walks the audit chain. Names every difference.
 * Reads one snapshot, so payments that arrive meanwhile do not look like differences.
 */
export async function findDifferences(ctx: AuditContext): Promise<Findings> {
  requireActor(ctx, 'job', 'operator');
  const differences: Difference[] = [];
  await ctx.db.transaction(
    async (db) => {
      for (const [check, query] of Object.entries(checks)) {
        const rows = await db.execute<{ subject: string; detail: string }>(query);
        differences.push(...rows.slice(0, NAMED).map((row) => ({ check, subject: row.subject, detail: row.detail })));
        if (rows.length > NAMED) differences.push({ check, subject: 'more', detail: String(rows.length - NAMED) });
      }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
  const { faults } = await verifyAudit(ctx);
  const broken = faults.map((f) => ({
    check: `audit line ${f.fault}`,
    subject: `link ${f.link ?? '-'}`,
    detail: `seq ${f.seq ?? '-'}`,
  }));
  return { differences: [...differences, ...broken], checks: Object.keys(checks).length + 1 };
}

/** The same, and asks operators to look when anything was found. */
export async function reconcile(ctx: AuditContext): Promise<Findings> {
  const found = await findDifferences(ctx);
  const { length } = found.differences;
  if (length > 0)
    await inTransaction(ctx, (ctx) => alertOperators(ctx, 'ledger.difference', 'ledger', { differences: length }));
  return found;
}
