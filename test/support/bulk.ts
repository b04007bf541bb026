import { sql } from 'drizzle-orm';
import type { Db } from '../../src/core/db.ts';
import { firstIdAt } from '../../src/core/id.ts';

/** How ids born at that moment begin: sixteen digits behind it make one. */
const born = (prefix: string, at: Date) => firstIdAt(prefix, at).slice(0, -16);

const digits = (n: string) => sql.raw(`lpad(${n}::text, 16, '0')`);

/**
 * `count` settled top-ups of one person, each with its payment, its movement in the ledger and a line in the audit, put
 * into the tables at once. The n-th is of n satang more than 100 baht, and its charge is `chg-n`.
 */
export async function manyTopups(
  db: Db,
  { count, at, name }: { count: number; at: Date; name: string },
): Promise<void> {
  const moment = sql`${at.toISOString()}::timestamptz`;
  const userId = `${born('usr', at)}${String(count).padStart(16, '0')}`;
  await db.execute(
    sql`insert into "user" (id, display_name, language, created_at) values (${userId}, ${name}, 'th', ${moment})`,
  );
  await db.execute(sql`insert into ledger_account (id, kind, user_id, tracked, created_at)
    values (${`wallet:${userId}`}, 'wallet', ${userId}, false, ${moment})`);
  await db.execute(sql`insert into topup (id, user_id, reference, request_key, amount_satang, mode, provider, status, flags, created_at, expires_at, closed_at)
    select ${born('top', at)}::text || ${digits('n')}, ${userId}, 'TU' || lpad(n::text, 10, '0'), 'bulk-' || n, 10000 + n, 'hook', 'hook', 'settled', '[]', ${moment}, ${moment}, ${moment}
    from generate_series(1, ${count}::int) n`);
  await db.execute(sql`insert into payment (id, provider, charge_id, reference, amount_satang, topup_id, user_id, status, paid_at, recorded_at)
    select ${born('pay', at)}::text || ${digits('n')}, 'hook', 'chg-' || n, 'TU' || lpad(n::text, 10, '0'), 10000 + n, ${born('top', at)}::text || ${digits('n')}, ${userId}, 'credited', ${moment}, ${moment}
    from generate_series(1, ${count}::int) n`);
  await db.execute(sql`insert into ledger_transfer (id, key, kind, subject, at)
    select ${born('tra', at)}::text || ${digits('n')}, 'hook:chg-' || n || ':paid', 'topup', ${born('top', at)}::text || ${digits('n')}, ${moment}
    from generate_series(1, ${count}::int) n`);
  await db.execute(sql`insert into ledger_entry (transfer_id, account_id, amount_satang, at)
    select ${born('tra', at)}::text || ${digits('n')}, side.account, side.sign * (10000 + n), ${moment}
    from generate_series(1, ${count}::int) n, (values (${`wallet:${userId}`}, 1), ('clearing:hook', -1)) as side(account, sign)`);
  await db.execute(sql`insert into audit_entry (at, actor, action, subject, detail)
    select ${moment}, 'gateway:hook', 'topup.settled', ${born('top', at)}::text || ${digits('n')}, jsonb_build_object('amountSatang', (10000 + n)::text)
    from generate_series(1, ${count}::int) n`);
}
