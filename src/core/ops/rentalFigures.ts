import { sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { days, later, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import { memory } from './memory.ts';

/** How renting goes. Null stands for "nothing to say yet", which is another thing than zero. */
export interface RentalFigures {
  /** Contracts that are paid for: active or in grace, not on trial. */
  paying: number;
  /** Monthly recurring revenue: what their running terms cost less discount, each brought to 30 days. */
  mrrSatang: bigint | null;
  /** Paid terms that ended in the last 30 days and of which it is known whether another one followed. */
  decided: number;
  renewed: number;
  /** Of 100 such terms, after how many another paid one followed within the grace. */
  renewalPercent: number | null;
}

const TERM_SECONDS = 30 * 24 * 3600;
const WINDOW_DAYS = 30;

/** Contracts change by the day, so what was read is given for a minute, and behind an answer for ten. */
const recall = memory<RentalFigures>({ freshMs: minutes(1), usableMs: minutes(10) });

/** Monthly recurring revenue and the rate of renewal, for the dashboard. */
export async function readRentalFigures(ctx: Context): Promise<RentalFigures> {
  requirePermission(ctx, 'dashboard.read');
  return recall(ctx, 'rental', async () => {
    const [revenue, renewals] = await Promise.all([readRevenue(ctx), readRenewals(ctx)]);
    return { ...revenue, ...renewals };
  });
}

async function readRevenue(ctx: Context): Promise<Pick<RentalFigures, 'paying' | 'mrrSatang'>> {
  const [row] = await ctx.db.execute<{ paying: number; mrr: string | null }>(sql`
    select count(*)::int as paying,
      round(sum((term.price_satang - term.discount_satang) * ${TERM_SECONDS}::numeric
        / extract(epoch from term.ends_at - term.starts_at)))::text as mrr
    from contract join term on term.contract_id = contract.id and term.number = contract.term
    where contract.status in ('active', 'grace') and term.kind = 'paid' and term.ends_at > term.starts_at`);
  return { paying: row?.paying ?? 0, mrrSatang: row?.mrr ? BigInt(row.mrr) : null };
}

/**
 * A term that was cut short, by an upgrade or a refund, ended by another decision and is not counted; neither is a next
 * term that was given back before it began. While a contract is in grace nothing is decided yet.
 */
async function readRenewals(ctx: Context): Promise<Pick<RentalFigures, 'decided' | 'renewed' | 'renewalPercent'>> {
  const now = ctx.clock.now();
  const since = later(now, -days(WINDOW_DAYS)).toISOString();
  const until = now.toISOString();
  const [row] = await ctx.db.execute<{ decided: number; renewed: number }>(sql`
    select count(*)::int as decided, (count(*) filter (where next.number is not null))::int as renewed
    from term join contract on contract.id = term.contract_id
    left join term as next on next.contract_id = term.contract_id and next.number = term.number + 1
      and next.kind = 'paid' and (next.cut_at is null or next.cut_at > next.starts_at)
    where term.kind = 'paid' and term.cut_at is null
      and term.ends_at > ${since}::timestamptz and term.ends_at <= ${until}::timestamptz
      and (next.number is not null or contract.status in ('expired', 'cancelled')
        or contract.grace_until <= ${until}::timestamptz)`);
  const { decided = 0, renewed = 0 } = row ?? {};
  return { decided, renewed, renewalPercent: decided === 0 ? null : Math.round((renewed * 100) / decided) };
}
