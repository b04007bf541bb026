import type postgres from 'postgres';
import { seedDesk } from './desk.ts';
import { seedContracts, seedCoupons, seedDocuments } from './rentals.ts';

/** How large a business is. Everything is spread evenly over the last 400 days. */
export interface Size {
  people: number;
  topups: number;
  transfers: number;
}

/** `prefix_` and the moment as our ids write it, then the number: sorts by birth as ours do. */
const FUNCTIONS = `
create function bench_id(prefix text, at timestamptz, n bigint) returns text language sql immutable as $$
  select prefix || '_' || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
    (((extract(epoch from at) * 1000)::bigint >> (45 - 5 * i)) & 31)::int + 1, 1), '' order by i) || lpad(n::text, 16, '0')
  from generate_series(0, 9) i $$;
create function bench_at(n bigint, total bigint) returns timestamptz language sql stable as $$
  select date_trunc('milliseconds', now() - interval '400 days' * (1 - n::float8 / total)) $$;
create function bench_person(n bigint, people bigint) returns bigint language sql immutable as $$
  select (n * 7919) % people $$`;

/**
 * Fills a migrated database with a business of the given size: people with logins, top-ups in every state, payments,
 * events, contracts with terms and tax documents, a ledger whose every balance follows from its entries, notices, audit
 * lines and what operators look at besides. Triggers rest meanwhile.
 */
export async function seedBusiness(sql: postgres.Sql, { people, topups, transfers }: Size): Promise<void> {
  await sql.unsafe(FUNCTIONS);
  await sql`set session_replication_role = replica`;
  await seedPeople(sql, people);
  await seedTopups(sql, people, topups);
  const rents = await seedContracts(sql, people);
  await seedLedger(sql, { people, topups, transfers: transfers - rents });
  await seedDocuments(sql);
  await seedCoupons(sql);
  await seedTraces(sql);
  await seedDesk(sql, people);
  await sql`set session_replication_role = default`;
  await sql`vacuum analyze`;
}

async function seedPeople(sql: postgres.Sql, people: number): Promise<void> {
  await sql`create table bench_people as select n, bench_id('usr', bench_at(n, ${people}), n) as id, bench_at(n, ${people}) as at,
    (array['Trader', 'ลูกค้า', 'Investor', 'นักลงทุน', 'Member', 'สมาชิก'])[n % 6 + 1] || ' ' ||
    (array['Blue', 'ฟ้า', 'Green', 'เขียว', 'Red', 'แดง', 'Gold', 'ทอง'])[(n / 6) % 8 + 1] || ' ' || n as name
    from generate_series(0, ${people - 1}) n`;
  await sql`create unique index on bench_people (n)`;
  await sql`insert into "user" (id, display_name, language, blocked_at, created_at)
    select id, name, case n % 4 when 0 then 'en' else 'th' end, case when n % 500 = 0 then at end, at from bench_people`;
  await sql`insert into identity (id, user_id, provider, subject, display_name, last_seen_at, created_at)
    select 'idn' || substr(id, 4), id, case n % 3 when 0 then 'discord' else 'telegram' end, (700000000 + n)::text, name, at, at
    from bench_people`;
  await sql`insert into ledger_account (id, kind, user_id, tracked, created_at)
    select kind || ':' || id, kind, id, true, at from bench_people, unnest(array['wallet', 'receivable']) kind`;
}

async function seedTopups(sql: postgres.Sql, people: number, topups: number): Promise<void> {
  await sql`create table bench_topups as select n, at, user_id, bench_id('top', at, n) as id,
    'TU' || lpad(n::text, 10, '0') as reference, 2000 + (n * 37) % 500000 as amount,
    case when n % 10 < 7 then 'settled' when n % 10 = 7 then 'expired' when n % 10 = 8 then 'cancelled'
         when n % 1000 = 9 then 'review' else 'failed' end as status
    from (select n, bench_at(n, ${topups}) as at, bench_person(n, ${people}) as person from generate_series(0, ${topups - 1}) n) x
    join (select n as person, id as user_id from bench_people) p using (person)`;
  await sql`insert into topup (id, user_id, reference, request_key, amount_satang, mode, provider, status, created_at, expires_at, closed_at)
    select id, user_id, reference, id, amount, 'hook', 'hook', status, at, at + interval '15 minutes', at + interval '5 minutes'
    from bench_topups`;
  await sql`insert into payment (id, provider, charge_id, reference, amount_satang, refunded_satang, topup_id, user_id, status, by_hand, paid_at, recorded_at)
    select 'pay' || substr(id, 4), 'hook', 'charge_' || n, reference, amount, 0, id, user_id, 'credited', false, at, at
    from bench_topups where status = 'settled'`;
  await sql`insert into gateway_event (id, provider, event_id, charge_id, reference, status, amount_satang, paid_at, received_at, outcome)
    select 'evt' || substr(id, 4), 'hook', 'event_' || n, 'charge_' || n, reference, 'paid', amount, at, at, 'credited'
    from bench_topups where status = 'settled'`;
}

/**
 * Payments and rents as their transfers, and corrections up to the number asked for; each wallet's entries follow one
 * another.
 */
async function seedLedger(sql: postgres.Sql, { people, topups, transfers }: Size): Promise<void> {
  await sql`create table bench_moves as
    select 'tra' || substr(id, 4) as id, 'hook:charge_' || n || ':paid' as key, 'topup' as kind, id as subject,
      'clearing:hook' as source, user_id, amount, at from bench_topups where status = 'settled'`;
  const [paid] = await sql<{ count: number }[]>`select count(*)::int as count from bench_moves`;
  const rest = Math.max(0, transfers - (paid?.count ?? 0));
  await sql`insert into bench_moves
    select bench_id('tra', at, ${topups} + n), 'adjust:bench_' || n, 'adjust', user_id, 'adjustment', user_id, 100 + n % 9000, at
    from (select n, bench_at(n, ${rest}) as at, bench_person(n, ${people}) as person from generate_series(0, ${rest - 1}) n) x
    join (select n as person, id as user_id from bench_people) p using (person)`;
  await sql`insert into bench_moves select id, key, kind, contract_id, 'revenue', user_id, amount, at from bench_rents`;
  await sql`insert into ledger_account (id, kind, tracked, created_at) values ('clearing:hook', 'clearing', false, now()) on conflict do nothing`;
  await sql`insert into ledger_transfer (id, key, kind, subject, at) select id, key, kind, subject, at from bench_moves`;
  await sql`insert into ledger_entry (transfer_id, account_id, amount_satang, at) select id, source, -amount, at from bench_moves`;
  await sql`insert into ledger_entry (transfer_id, account_id, amount_satang, account_version, balance_after_satang, at)
    select id, 'wallet:' || user_id, amount, row_number() over w, sum(amount) over w, at from bench_moves
    window w as (partition by user_id order by id)`;
  await sql`update ledger_account a set balance_satang = e.balance, version = e.version from (
    select account_id, max(account_version) as version, sum(amount_satang) as balance from ledger_entry
    where account_version is not null group by account_id) e where e.account_id = a.id`;
}

async function seedTraces(sql: postgres.Sql): Promise<void> {
  await sql`insert into notice (id, user_id, kind, params, key, status, due_at, attempts, created_at, sent_at, error)
    select 'ntc' || substr(id, 4), user_id, 'topup.settled', jsonb_build_object('topupId', id, 'amountSatang', amount::text, 'reference', reference),
      id || ':settled', case when n % 2000 = 0 then 'failed' else 'sent' end, at, 1, at, at, case when n % 2000 = 0 then 'telegram: fault' end
    from bench_topups where status = 'settled'`;
  await sql`insert into audit_entry (at, actor, action, subject, detail)
    select at, 'gateway:hook', 'topup.settled', id, jsonb_build_object('amountSatang', amount::text) from bench_topups
    where status = 'settled' order by n`;
  await sql`insert into suspense (id, payment_id, reason, amount_satang, status, created_at)
    select 'sus' || substr(id, 4), 'pay' || substr(id, 4), 'underpaid', 1000, 'open', at from bench_topups where status = 'review'`;
  await sql`insert into payment (id, provider, charge_id, reference, amount_satang, refunded_satang, user_id, status, by_hand, paid_at, recorded_at)
    select 'pay' || substr(id, 4), 'hook', 'charge_' || n, reference, 1000, 0, user_id, 'suspense', false, at, at
    from bench_topups where status = 'review'`;
  await sql`insert into ledger_transfer (id, key, kind, subject, at)
    select 'tra' || substr(id, 4), 'hook:charge_' || n || ':paid', 'suspend', 'sus' || substr(id, 4), at from bench_topups where status = 'review'`;
  await sql`insert into ledger_entry (transfer_id, account_id, amount_satang, at)
    select 'tra' || substr(id, 4), account, moved, at from bench_topups,
      (values ('clearing:hook', -1000), ('suspense', 1000)) as line(account, moved) where status = 'review'`;
}
