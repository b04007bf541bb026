import type postgres from 'postgres';

/** What operators have done and what they look at besides: corrections, comparisons, broadcasts with their notices. */
export async function seedDesk(sql: postgres.Sql, people: number): Promise<void> {
  await sql`insert into wallet_adjustment (id, user_id, amount_satang, reason, request_key, status, asked_by, asked_at)
    select 'adj' || substr(id, 4), subject, 100, 'bench', key, case when row_number() over (order by id) % 400 = 0 then 'waiting' else 'done' end,
      'operator:opr_bench', at from bench_moves where kind = 'adjust' order by id limit 20000`;
  await sql`insert into reconciliation_run (id, started_by, started_at, took_ms, checks, transfers, differences)
    select bench_id('rec', at, n), 'job:ledger.reconcile', at, 4000, 14, n * 2500, case when n % 50 = 0 then
      '[{"check": "balance differs from its last entry", "subject": "wallet:usr_nobody", "detail": "bench"}]'::jsonb else '[]'::jsonb end
    from (select n, bench_at(n, 400) as at from generate_series(0, 399) n) x`;
  await sql`insert into broadcast (id, text_th, text_en, segment, per_minute, status, notices, created_by, created_at, started_at, ended_at)
    select bench_id('brc', at, n), 'ข่าว', 'News', '{}', 600, 'done', 0, 'operator:opr_bench', at, at, at
    from (select n, bench_at(n, 300) as at from generate_series(0, 299) n) x`;
  await sql`insert into notice (id, user_id, kind, params, key, status, due_at, attempts, created_at, sent_at, broadcast_id)
    select bench_id('ntc', b.created_at, 5000000000 + n), p.id, 'broadcast.news', '{"textTh": "ข่าว", "textEn": "News"}', 'bench:' || n,
      case when n % 10 = 0 then 'muted' else 'sent' end, b.created_at, 1, b.created_at, b.created_at, b.id
    from bench_people p, (select id, created_at from broadcast order by id desc limit 1) b where n < ${people}`;
  await sql`insert into notice (id, user_id, kind, params, key, status, due_at, attempts, created_at, sent_at)
    select bench_id('ntc', at, 6000000000 + row_number() over (order by id)), user_id, 'contract.renewed',
      '{"planTh": "เบสิก", "planEn": "Basic", "totalSatang": "1000", "until": "2026-11-21T05:00:00.000Z"}', 'renewed:' || id, 'sent', at, 1, at, at
    from bench_rents where kind = 'rent'`;
}

/** What a queue keeps of a day in which every minute something ran, some of it failed, and some was given up. */
export async function seedQueue(sql: postgres.Sql, runs: number): Promise<void> {
  const failure = { name: 'Error', message: 'the bench makes some fail' };
  await sql`insert into queue.job (name, state, output, created_on, started_on, completed_on)
    select (array['topups.expire', 'broadcasts.send', 'contracts.sweep', 'audit.seal'])[n % 4 + 1], 'completed', '{"summary": {}}',
      now() - interval '1 day' * n / ${runs}, now() - interval '1 day' * n / ${runs}, now() - interval '1 day' * n / ${runs}
    from generate_series(1, ${runs}) n`;
  await sql`insert into queue.job (name, state, output, started_on, completed_on, retry_limit, retry_count)
    select 'chats.forget', 'failed', ${sql.json(failure)}, now(), now(), 3, 3 from generate_series(1, 500)`;
  await sql`insert into queue.job (name, source_name, source_id, source_output, source_retry_count)
    select 'dead', 'chats.forget', id, ${sql.json(failure)}, 3 from queue.job where name = 'chats.forget' and state = 'failed'`;
  await sql`vacuum analyze queue.job`;
}
