import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { days, later } from '../clock.ts';
import type { Context } from '../context.ts';
import { ledgerAccount, payment } from '../money/tables.ts';
import type { Segment } from '../notices/tables.ts';
import { identity, user } from '../people/tables.ts';

/**
 * Who belongs to a segment, as a condition on `user`. Whoever is blocked, has closed the account, was joined into
 * somebody else or has no chat at all belongs to none. `at` is the moment from which days are counted back.
 */
export function belongsTo(segment: Segment, at: Date): SQL | undefined {
  const { language, provider, paid, seenWithinDays, walletFromSatang } = segment;
  const login = (more?: SQL) =>
    sql`exists (select 1 from ${identity} where ${and(eq(identity.userId, user.id), more)})`;
  const hasPaid = sql`exists (select 1 from ${payment} where ${payment.userId} = ${user.id} and ${payment.status} = 'credited')`;
  const wallet = sql`exists (select 1 from ${ledgerAccount}
    where ${ledgerAccount.id} = 'wallet:' || ${user.id} and ${ledgerAccount.balanceSatang} >= ${walletFromSatang ?? '0'}::bigint)`;
  const since = later(at, -days(seenWithinDays ?? 0)).toISOString();
  return and(
    isNull(user.blockedAt),
    isNull(user.closedAt),
    isNull(user.mergedInto),
    language && eq(user.language, language),
    login(provider && eq(identity.provider, provider)),
    seenWithinDays === undefined ? undefined : login(sql`${identity.lastSeenAt} >= ${since}`),
    paid === undefined ? undefined : paid ? hasPaid : sql`not ${hasPaid}`,
    walletFromSatang === undefined ? undefined : wallet,
  );
}

/** Counting goes on no further: whether it is 40,000 or 60,000 changes no decision. */
export const MOST_COUNTED = 10_000;

/** How many people a segment reaches now; `more` when they are more than were counted. */
export async function countAudience(
  ctx: Context,
  input: { segment: Segment },
): Promise<{ people: number; more: boolean }> {
  requirePermission(ctx, 'notices.read');
  const some = ctx.db
    .select({ id: user.id })
    .from(user)
    .where(belongsTo(input.segment, ctx.clock.now()))
    .limit(MOST_COUNTED + 1)
    .as('some');
  const people = await ctx.db.$count(some);
  return { people: Math.min(people, MOST_COUNTED), more: people > MOST_COUNTED };
}
