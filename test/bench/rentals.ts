import type postgres from 'postgres';

/** What a person pays for a term here. It is little, so that every wallet of the business holds it. */
const PAID_SATANG = 1_000;
const CREDITED_SATANG = 100;
const TERMS = 3;
/** Apart from the numbers of other transfers. */
const FIRST_NUMBER = 5_000_000_000;

/**
 * A contract for everybody, begun between 88 and 68 days ago, with three paid terms; some are tried, in grace or over, and
 * of every fiftieth some time was given back. Answers with how many transfers that makes. Their money moves with all
 * other moves (`bench_rents`).
 */
export async function seedContracts(sql: postgres.Sql, people: number): Promise<number> {
  await sql`create table bench_contracts as
    select n, user_id, began_at, bench_id('con', began_at, n) as id,
      (array['pln_basic', 'pln_basic', 'pln_basic', 'pln_premium', 'pln_enterprise'])[n % 5 + 1] as plan_id,
      case when n % 100 = 0 then 'cancelled' when n % 100 < 5 then 'expired' when n % 100 = 5 then 'grace'
           when n % 100 = 6 then 'trial' else 'active' end as status
    from (select n, id as user_id, date_trunc('milliseconds', now() - interval '88 days' + interval '20 days' * (n::float8 / ${people})) as began_at
      from bench_people) x`;
  await sql`analyze bench_contracts`;
  await sql`insert into contract (id, user_id, plan_id, status, term, paid_until, auto_renew, created_at, ended_at)
    select id, user_id, plan_id, status, ${TERMS}, began_at + interval '90 days', n % 3 <> 0, began_at,
      case when status in ('cancelled', 'expired') then began_at + interval '80 days' end from bench_contracts`;
  await sql`insert into term (contract_id, number, plan_id, kind, starts_at, ends_at, price_satang, discount_satang, credited_satang, created_at)
    select id, number, plan_id, 'paid', began_at + interval '30 days' * (number - 1), began_at + interval '30 days' * number,
      49900, 49900 - ${PAID_SATANG}::int, case when n % 50 = 0 and number = ${TERMS} then ${CREDITED_SATANG}::int else 0 end, began_at
    from bench_contracts, generate_series(1, ${TERMS}) number`;
  await sql`insert into contract_event (id, contract_id, kind, key, detail, at)
    select 'evt' || substr(id, 4) || number, id, case number when 1 then 'started' else 'renewed' end, id || ':' || number,
      jsonb_build_object('term', number::text, 'planId', plan_id), began_at + interval '30 days' * (number - 1)
    from bench_contracts, generate_series(1, ${TERMS}) number`;
  await sql`create table bench_rents as
    select contract_id, user_id, number, kind, amount, bench_id('tra', at, ${FIRST_NUMBER}::bigint + n * 10 + digit) as id, at,
      case kind when 'rent' then 'renew:' else 'unused:' end || contract_id || ':' || number as key
    from (select c.id as contract_id, user_id, n, number, 'rent' as kind, ${-PAID_SATANG}::bigint as amount, number as digit,
        began_at + interval '30 days' * (number - 1) as at from bench_contracts c, generate_series(1, ${TERMS}) number
      union all
      select id, user_id, n, ${TERMS}, 'rent_credit', ${CREDITED_SATANG}, 9, began_at + interval '66 days'
        from bench_contracts where n % 50 = 0) x`;
  await sql`create unique index on bench_rents (key)`;
  await sql`analyze bench_rents`;
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from bench_rents`;
  return row?.count ?? 0;
}

/** The tax invoice or credit note of every payment of a term, numbered in the order of their moments. */
export async function seedDocuments(sql: postgres.Sql): Promise<void> {
  await sql`insert into tax_document (id, kind, series, number, user_id, transfer_key, contract_id, term, issuer, buyer, lines,
      total_satang, vat_percent, base_satang, vat_satang, refers_to, reason, issued_at)
    select 'doc' || substr(r.id, 4), r.kind, series, row_number() over (partition by series order by r.at, r.id), user_id, key, contract_id, number,
      '{"name": "Bench", "address": "", "taxId": "0105561000003", "branch": "00000"}',
      jsonb_build_object('name', p.name, 'address', '', 'taxId', '', 'branch', ''),
      jsonb_build_array(jsonb_build_object('th', 'ค่าเช่า', 'en', 'Rent', 'amountSatang', total::text)),
      total, 7, total - total * 7 / 107, total * 7 / 107, refers_to, case when refers_to is not null then 'unused' end, r.at
    from (select id, user_id, contract_id, number, key, at, abs(amount) as total,
        case kind when 'rent' then 'tax_invoice' else 'credit_note' end as kind,
        case kind when 'rent' then 'TI' else 'CN' end || (extract(year from at at time zone 'Asia/Bangkok')::int + 543) as series,
        case kind when 'rent_credit' then
          (select 'doc' || substr(o.id, 4) from bench_rents o where o.key = 'renew:' || r.contract_id || ':' || r.number) end as refers_to
      from bench_rents r) r
    join bench_people p on p.id = r.user_id`;
  await sql`insert into document_series (series, last, last_at) select series, max(number), max(issued_at) from tax_document group by series`;
}

/** Coupons, one of which every second person has taken up. */
export async function seedCoupons(sql: postgres.Sql): Promise<void> {
  await sql`insert into coupon (id, code, kind, percent, terms, most_per_person, valid_from, created_at)
    select bench_id('cpn', at, n), 'BENCH' || n, 'percent', n % 100 + 1, 3, 1, at, at
    from (select n, bench_at(n, 500) as at from generate_series(0, 499) n) x`;
  await sql`insert into coupon_redemption (id, coupon_id, user_id, request_key, terms_left, redeemed_at)
    select bench_id('red', began_at, n), case when n % 4 = 0 then c.least else c.most end, user_id, 'bench:' || n, 1, began_at
    from bench_contracts, (select min(id) as least, max(id) as most from coupon) c where n % 2 = 0`;
}
