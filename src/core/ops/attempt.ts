import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { days, later, minutes } from '../clock.ts';
import { type Context, inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import { signInFailure } from './tables.ts';

const WINDOW_MS = minutes(15);
const MOST_A_NAME = 10;
const MOST_AN_ADDRESS = 30;

/**
 * Counts a try to prove who one is before it is looked at, so that a hundred at once are a hundred. `forgiveAttempt`
 * takes it back when it was right. Refuses `sign_in.too_many` with the moment of the next chance.
 */
export async function countAttempt(ctx: Context, by: { name: string; address: string }): Promise<number> {
  const { name, address } = by;
  return inTransaction(ctx, async (ctx) => {
    const now = ctx.clock.now();
    for (const key of [`address:${address}`, `name:${name}`])
      await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`sign_in:${key}`}, 0))`);
    await ctx.db.delete(signInFailure).where(lt(signInFailure.at, later(now, -days(1))));
    const checks = [
      { where: eq(signInFailure.name, name), most: MOST_A_NAME },
      { where: eq(signInFailure.address, address), most: MOST_AN_ADDRESS },
    ];
    for (const { where, most } of checks) {
      const recent = await ctx.db
        .select({ at: signInFailure.at })
        .from(signInFailure)
        .where(and(where, gt(signInFailure.at, later(now, -WINDOW_MS))))
        .orderBy(desc(signInFailure.at), asc(signInFailure.id))
        .limit(most);
      const oldest = recent[most - 1];
      if (oldest) fail('sign_in.too_many', { retryAt: later(oldest.at, WINDOW_MS) });
    }
    const [row] = await ctx.db.insert(signInFailure).values({ name, address, at: now }).returning();
    if (!row) throw new Error('an inserted attempt came back empty');
    return row.id;
  });
}

export async function forgiveAttempt(ctx: Context, attemptId: number): Promise<void> {
  await ctx.db.delete(signInFailure).where(eq(signInFailure.id, attemptId));
}
