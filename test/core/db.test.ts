import { setImmediate as nextRound } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { connect } from '../../src/core/db.ts';
import { createWorld } from '../support/world.ts';

const CONNECTIONS = 2;

test('a transaction begins behind any number of statements, and they are all answered', async () => {
  const world = await createWorld();
  const pool = connect(world.url, { max: CONNECTIONS });
  const ask = async (n: number) => (await pool.db.execute<{ n: number }>(sql`select ${n}::int as n`))[0]?.n;
  const askAll = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => ask(n)));
  const first = (count: number) => Array.from({ length: count }, (_, n) => n);
  try {
    await askAll(20); // prepared, the statement no longer waits for its own description
    // postgres.js takes a hundred statements ahead for each connection: a little less than two of them, two, and three.
    for (let waiting = 190; waiting <= 310; waiting++) {
      const before = askAll(waiting);
      await nextRound();
      const [begun, after] = [pool.db.transaction((tx) => tx.execute(sql`select 1 as one`)), askAll(10)];
      expect(await before).toEqual(first(waiting));
      expect([...(await begun)]).toEqual([{ one: 1 }]);
      expect(await after).toEqual(first(10));
    }
  } finally {
    await pool.close();
    await world.close();
  }
});
