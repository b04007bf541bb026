import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { days, later } from '../../src/core/clock.ts';
import { repricePlan } from '../../src/core/rental/reprice.ts';
import { sweepContracts } from '../../src/core/rental/sweep.ts';
import { randomFrom } from '../bench/figures.ts';
import type { Death } from '../support/childRental.ts';
import { expectClean, job, operator } from '../support/money.ts';
import { type Mortal, startMortal } from '../support/mortal.ts';
import { BASIC, PRICE } from '../support/rental.ts';
import { createWorld, type World } from '../support/world.ts';

/** Eight batches. Every fourth contract is to be renewed, comes into grace, has run out, or is to be reminded of. */
const COUNT = 2_000;
const groups = ['renews', 'lapses', 'expires', 'reminded'] as const;
const endsInDays = { renews: 0, lapses: -0.04, expires: -5, reminded: 2.9 } as const;
/** About twice as many words to the database as a batch takes: it dies in the first batch, between two or in the second. */
const MOST_WORDS = 40;

const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const random = randomFrom(seed);
const someDeaths = (count: number): Death[] =>
  Array.from({ length: count }, () => ({ word: 1 + Math.floor(random() * MOST_WORDS), isSent: random() < 0.5 }));

let world: World;
let mortal: Mortal;
beforeAll(async () => {
  mortal = startMortal();
  world = await createWorld();
  await seedContracts();
});
afterAll(async () => {
  mortal.close();
  await world.close();
});

/** Contracts in a first term that cost nothing, all due now; who is to be renewed has the money for one term. */
async function seedContracts(): Promise<void> {
  const { db } = world.ctx(job);
  const now = world.clock.now();
  const all = (text: ReturnType<typeof sql>) => db.execute(text);
  const at = sql`${now.toISOString()}::timestamptz`;
  const people = sql`select n, 'usr_' || n as usr, 'con_' || n as con from generate_series(0, ${COUNT - 1}::int) n`;
  await all(
    sql`insert into "user" (id, display_name, language, created_at) select usr, 'Kept', 'en', ${at} from (${people}) p`,
  );
  await all(sql`insert into ledger_account (id, kind, user_id, tracked, created_at)
    select kind || ':' || usr, kind, usr, true, ${at} from (${people}) p, unnest(array['wallet', 'receivable']) kind`);
  await all(sql`select post_transfer('tra_' || n, 'given:' || n, 'adjust', usr, ${at}, 'adjustment', 'wallet:' || usr, ${String(PRICE[BASIC])}::bigint)
    from (${people}) p where n % 4 = 0`);
  for (const [n, group] of groups.entries()) {
    const end = later(now, days(endsInDays[group]));
    const [from, to] = [later(end, -days(30)).toISOString(), end.toISOString()];
    await all(sql`insert into contract (id, user_id, plan_id, status, term, paid_until, auto_renew, due_at, created_at)
      select con, usr, ${BASIC}, 'active', 1, ${to}, ${group === 'renews'}, ${at}, ${from} from (${people}) p where n % 4 = ${n}::int`);
    await all(sql`insert into term (contract_id, number, plan_id, kind, starts_at, ends_at, price_satang, discount_satang, created_at)
      select con, 1, ${BASIC}, 'paid', ${from}, ${to}, 0, 0, ${from} from (${people}) p where n % 4 = ${n}::int`);
  }
}

/** Everything that was done to the contracts of each group: how many contracts share which story. */
async function stories(): Promise<Record<string, Record<string, number>>> {
  const rows = await world.ctx(job).db.execute<{ n: number; story: string; count: number }>(sql`
    select n, story, count(*)::int as count from (
      select substr(c.id, 5)::int % 4 as n, concat_ws(' | ',
        c.status || ' ' || c.term,
        (select string_agg(kind, ' ' order by at, id) from contract_event where contract_id = c.id),
        (select string_agg(kind, ' ' order by created_at, id) from notice where user_id = c.user_id),
        (select string_agg(l.key, ' ') from ledger_transfer l where l.subject = c.id and l.key = 'renew:' || c.id || ':2'
          having count(*) = 1) is not null and (select count(*) from tax_document d where d.contract_id = c.id) = 1,
        (select balance_satang from ledger_account where id = 'wallet:' || c.user_id)) as story
      from contract c) s group by n, story order by n, story`);
  const told = groups.map((group, n) => {
    const ofGroup = rows.filter((row) => row.n === n).map(({ story, count }) => [story, count] as const);
    return [group, Object.fromEntries(ofGroup)] as const;
  });
  return Object.fromEntries(told);
}

const EACH = COUNT / groups.length;
const sweeps = (deaths: readonly Death[]) => mortal.ask(world, { does: 'sweep', actor: job, input: null, deaths });

test(`a sweep that is killed again and again does everything once (seed ${seed})`, async () => {
  const killing = (async () => {
    for (let n = 0; n < 2; n++) {
      await sleep(random() * 400);
      mortal.kill();
    }
  })();
  const [last] = await Promise.all([sweeps(someDeaths(6)), killing]);
  await sweeps([]);
  expect(last.broken).toBe(0);
  expect(await stories()).toEqual({
    renews: { 'active 2 | renewed term_began | contract.renewed | t | 0': EACH },
    lapses: { 'grace 1 | grace | contract.grace | f | 0': EACH },
    expires: { 'expired 1 | expired stop | contract.expired | f | 0': EACH },
    reminded: { 'active 1 | reminded | contract.reminder | f | 0': EACH },
  });
  await expectClean(world);
  expect(mortal.deaths()).toBeGreaterThanOrEqual(5); // otherwise nothing was tried
}, 120_000);

test(`and beside another that lives, on the days after (seed ${seed})`, async () => {
  for (const wait of [2, 2]) {
    world.clock.pass(days(wait));
    await Promise.all([sweeps(someDeaths(2)), sweepContracts(world.another())]);
    await sweeps([]); // what one held when it died, the other skipped
  }
  expect(await stories()).toEqual({
    renews: { 'active 2 | renewed term_began | contract.renewed | t | 0': EACH },
    lapses: { 'expired 1 | grace grace expired stop | contract.grace contract.grace contract.expired | f | 0': EACH },
    expires: { 'expired 1 | expired stop | contract.expired | f | 0': EACH },
    reminded: {
      'grace 1 | reminded reminded grace | contract.reminder contract.reminder contract.grace | f | 0': EACH,
    },
  });
  await expectClean(world);
}, 60_000);

test(`a new price that is being told is told to every holder once, also by a teller who is killed (seed ${seed})`, async () => {
  const { db } = world.ctx(job);
  await repricePlan(world.ctx(operator), { planId: BASIC, version: 0, priceSatang: 599_00n, reason: 'a test' });
  await mortal.ask(world, { does: 'tellHolders', actor: job, input: null, deaths: someDeaths(2) });
  const told = await db.execute(sql`
    select count(*)::int as count, count(distinct user_id)::int as people from notice where kind = 'plan.repriced'`);
  expect(told).toEqual([{ count: 2 * EACH, people: 2 * EACH }]);
}, 60_000);
