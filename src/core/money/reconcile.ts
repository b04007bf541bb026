import { and, lt, type SQL, sql } from 'drizzle-orm';
import { actorName, requireActor, requirePermission } from '../access.ts';
import { type AuditContext, verifyAudit } from '../audit.ts';
import { type Context, inTransaction, together } from '../context.ts';
import { firstIdAt } from '../id.ts';
import { alertOperators } from '../notices/alert.ts';
import { ledgerTransfer, reconciliationRun } from './tables.ts';

export interface Difference {
  check: string;
  subject: string;
  detail: string;
}

/** Each check answers with rows of (subject, detail), one a difference; none is a clean ledger. */
const checks: Record<string, SQL> = {
  // Two entries sum to zero when the smaller is the larger's negative: that spares adding a million numerics.
  'transfer is not two entries that sum to zero': sql`
    with sums as materialized (
      select transfer_id, count(*) as n, min(amount_satang) as low, max(amount_satang) as high from ledger_entry group by transfer_id)
    select transfer_id as subject, format('entries %s, from %s to %s', n, low, high) as detail from sums where n <> 2 or low <> -high
    union all
    select t.id, 'no entries' from ledger_transfer t
    where (select count(*) from ledger_transfer) <> (select count(*) from sums)
      and not exists (select 1 from ledger_entry e where e.transfer_id = t.id)`,
  'balance differs from its last entry': sql`
    select a.id as subject, format('balance %s, entries %s, version %s, entries %s', a.balance_satang, e.balance_after_satang, a.version, e.account_version) as detail
    from ledger_account a
    left join lateral (select balance_after_satang, account_version from ledger_entry e
      where e.account_id = a.id and e.account_version is not null order by e.account_version desc limit 1) e on true
    where a.tracked and (a.balance_satang <> coalesce(e.balance_after_satang, 0) or a.version <> coalesce(e.account_version, 0))`,
  // Each entry from the one before it, without a gap: with the check above, every balance equals its entries.
  'entry does not follow from the one before': sql`
    select account_id || '#' || account_version as subject, format('says %s, is %s', balance_after_satang, before + amount_satang) as detail from (
      select e.account_id, e.account_version, e.amount_satang, e.balance_after_satang,
             lag(e.balance_after_satang, 1, 0::bigint) over w as before, lag(e.account_version, 1, 0::bigint) over w as version_before
      from ledger_entry e where e.account_version is not null
      window w as (partition by e.account_id order by e.account_version)) x
    where balance_after_satang <> before + amount_satang or account_version <> version_before + 1`,
  'entry of a tracked account has no version': sql`
    select e.transfer_id as subject, e.account_id as detail from ledger_entry e
    join ledger_account a on a.id = e.account_id where e.account_version is null and a.tracked`,
  'payment and transfer do not agree': sql`
    select coalesce(p.id, t.id) as subject, format('payment %s, transfer %s', coalesce(p.amount_satang::text, 'none'), coalesce(t.amount_satang::text, 'none')) as detail
    from (select id, provider || ':' || charge_id || ':paid' as key, amount_satang from payment) p
    full join (select t.id, t.key, e.amount_satang from ledger_transfer t
      join ledger_entry e on e.transfer_id = t.id and e.amount_satang > 0 where t.kind in ('topup', 'suspend')) t on t.key = p.key
    where p.amount_satang is distinct from t.amount_satang`,
  'settled top-up has no credited payment': sql`
    select top.id as subject, top.reference as detail from topup top
    where top.status = 'settled' and not exists (select 1 from payment p where p.topup_id = top.id and p.status = 'credited')`,
  'credited payment belongs to a top-up that is not settled': sql`
    select p.id as subject, top.status as detail from topup top join payment p on p.topup_id = top.id
    where top.status <> 'settled' and p.status = 'credited'`,
  'clearing differs from what gateways hold': sql`
    select a.id as subject, format('ledger %s, payments %s', coalesce(e.sum, 0), -coalesce(p.sum, 0)) as detail
    from ledger_account a
    left join (select account_id, sum(amount_satang) from ledger_entry where account_version is null group by account_id) e on e.account_id = a.id
    left join (select 'clearing:' || provider as id, sum(amount_satang - refunded_satang) from payment group by provider) p on p.id = a.id
    where a.kind = 'clearing' and coalesce(e.sum, 0) <> -coalesce(p.sum, 0)`,
  'term and its payment do not agree': sql`
    select key as subject, format('term %s, transfer %s', coalesce(t.amount::text, 'none'), coalesce(l.amount::text, 'none')) as detail
    from (select 'renew:' || contract_id || ':' || number as key, price_satang - discount_satang as amount
          from term where price_satang > discount_satang) t
    full join (select l.key, e.amount_satang as amount from ledger_transfer l
               join ledger_entry e on e.transfer_id = l.id and e.account_id = 'revenue' where l.kind = 'rent') l using (key)
    where t.amount is distinct from l.amount`,
  'unused time and its credit do not agree': sql`
    select key as subject, format('term %s, transfer %s', coalesce(t.amount::text, 'none'), coalesce(l.amount::text, 'none')) as detail
    from (select 'unused:' || contract_id || ':' || number as key, credited_satang as amount from term where credited_satang > 0) t
    full join (select l.key, -e.amount_satang as amount from ledger_transfer l
               join ledger_entry e on e.transfer_id = l.id and e.account_id = 'revenue' where l.kind = 'rent_credit') l using (key)
    where t.amount is distinct from l.amount`,
  'suspense differs from its open items': sql`
    select 'suspense' as subject, format('ledger %s, items %s', ledger, items) as detail from (
      select (select coalesce(sum(amount_satang), 0) from ledger_entry where account_id = 'suspense') as ledger,
             (select coalesce(sum(p.amount_satang - p.refunded_satang), 0) from suspense s join payment p on p.id = s.payment_id where s.status = 'open') as items) x
    where ledger <> items`,
  // The law wants every number once, none left out, and dates that rise with them. The series' own count is the last.
  'document number missing or out of order': sql`
    select series || '-' || number as subject, format('number %s after %s, issued %s after %s', number, before, issued_at, issued_before) as detail from (
      select series, number, issued_at, lag(number, 1, 0) over w as before, lag(issued_at, 1, issued_at) over w as issued_before
      from tax_document window w as (partition by series order by number)) x
    where number <> before + 1 or issued_at < issued_before
    union all
    select series, format('last number given %s, last document %s', coalesce(s.last, 0), coalesce(d.last, 0))
    from document_series s full join (select series, max(number) as last from tax_document group by series) d using (series)
    where s.last is distinct from d.last`,
  // Everything paid for renting has its receipt or tax invoice, and what went back of it its credit note, over that amount.
  'rent and its document do not agree': sql`
    select l.key as subject, format('%s %s, %s %s', l.kind, abs(e.amount_satang), coalesce(d.kind, 'document'), coalesce(d.total_satang::text, 'none')) as detail
    from ledger_transfer l
    join ledger_entry e on e.transfer_id = l.id and e.account_id = 'revenue'
    left join tax_document d on d.transfer_key = l.key
    where l.kind in ('rent', 'rent_credit')
      and (d.total_satang, d.kind = 'credit_note') is distinct from (abs(e.amount_satang), l.kind = 'rent_credit')`,
  'document has no transfer': sql`
    select d.series || '-' || d.number as subject, d.transfer_key as detail from tax_document d
    where not exists (select 1 from ledger_transfer t where t.key = d.transfer_key)`,
};

/** Differences named per check; beyond this one line of the subject `more` holds the number of the rest. */
const NAMED = 50;
const MORE = 'more';

function capped(differences: readonly Difference[]): Difference[] {
  const [first] = differences;
  if (!first || differences.length <= NAMED) return [...differences];
  const rest = String(differences.length - NAMED);
  return [...differences.slice(0, NAMED), { check: first.check, subject: MORE, detail: rest }];
}

/** How many differences a list stands for. */
const numberOf = (differences: readonly Difference[]) =>
  differences.reduce((sum, { subject, detail }) => sum + (subject === MORE ? Number(detail) : 1), 0);

export type Findings = { differences: Difference[]; checks: number; transfers: number };

/** Jobs may, and operators who have the permission. */
function requireReconciler(ctx: AuditContext): void {
  if (ctx.actor.kind === 'operator') requirePermission(ctx, 'ledger.reconcile');
  else requireActor(ctx, 'job');
}

type Checked = { differences: Difference[]; transfers: number };

async function checkLedger(ctx: Context): Promise<Checked> {
  const differences: Difference[] = [];
  const transfers = await ctx.db.transaction(
    async (db) => {
      await db.execute(sql`set local work_mem = '128MB'`); // sums over every entry: on disk they take twice as long
      for (const [check, query] of Object.entries(checks)) {
        const rows = await db.execute<{ subject: string; detail: string }>(query);
        differences.push(...capped(rows.map(({ subject, detail }) => ({ check, subject, detail }))));
      }
      return db.$count(ledgerTransfer);
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
  return { differences, transfers };
}

/**
 * Compares the ledger with itself, with payments and with top-ups, and walks the audit chain. Names every difference.
 * Reads one snapshot, so payments that arrive meanwhile do not look like differences.
 */
export async function findDifferences(ctx: AuditContext): Promise<Findings> {
  requireReconciler(ctx);
  // The one keeps the database busy and the other this process: side by side they take as long as the longer one.
  const [{ differences, transfers }, { faults }] = await together([checkLedger(ctx), verifyAudit(ctx)]);
  const broken = Object.groupBy(faults, ({ fault }) => fault);
  for (const [fault, found] of Object.entries(broken)) {
    const check = `audit line ${fault}`;
    const named = found.map((f) => ({ check, subject: `link ${f.link ?? '-'}`, detail: `seq ${f.seq ?? '-'}` }));
    differences.push(...capped(named));
  }
  return { differences, checks: Object.keys(checks).length + 1, transfers };
}

/**
 * The same, kept as a run, and operators are asked to look at it when anything was found. `askedBy` names, as audit
 * lines do, whom a job runs for; without it the run is the actor's own.
 */
export async function reconcile(ctx: AuditContext, input: { askedBy?: string | undefined } = {}): Promise<Findings> {
  const startedAt = ctx.clock.now();
  const found = await findDifferences(ctx);
  await inTransaction(ctx, async (ctx) => {
    const id = ctx.newId('rec');
    const tookMs = ctx.clock.now().getTime() - startedAt.getTime();
    const startedBy = input.askedBy ?? actorName(ctx.actor);
    await ctx.db.insert(reconciliationRun).values({ id, startedBy, startedAt, tookMs, ...found });
    const differences = numberOf(found.differences);
    if (differences > 0) await alertOperators(ctx, 'ledger.difference', id, { differences });
  });
  return found;
}

/** Drops runs without differences that were born before `before`. One that found something is kept for ever. */
export async function forgetReconciliations(ctx: Context, before: Date): Promise<number> {
  requireActor(ctx, 'job');
  const clean = sql`jsonb_array_length(${reconciliationRun.differences}) = 0`;
  const old = and(lt(reconciliationRun.id, firstIdAt('rec', before)), clean);
  return (await ctx.db.delete(reconciliationRun).where(old).returning({ id: reconciliationRun.id })).length;
}
