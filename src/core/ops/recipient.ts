import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { topup } from '../money/tables.ts';
import type { User } from '../people/identity.ts';
import { user } from '../people/tables.ts';

const MOST = 20;
/** Lists of what belongs to people look for so many of a name. */
export const MOST_PEOPLE = 20;

/** `%` and `_` of a typed text are letters like others. */
const nameLike = (text: string): SQL =>
  sql`lower(${user.displayName}) like ${`%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`}`;

/**
 * The one person an operator means by an id (`usr_…`), a top-up's reference or a name, and who may be written to. A
 * whole name goes before a part of one. Refuses `broadcast.nobody_found|many_found`.
 */
export async function findRecipient(ctx: Context, input: { text: string }): Promise<User> {
  requirePermission(ctx, 'broadcast.send');
  const text = input.text.trim() || fail('argument.required');
  const found = await ctx.db
    .select()
    .from(user)
    .where(and(isNull(user.blockedAt), isNull(user.closedAt), isNull(user.mergedInto), meant(text)))
    .limit(MOST);
  const named = found.filter(({ displayName }) => displayName.toLowerCase() === text.toLowerCase());
  const [person, other] = named.length === 1 ? named : found;
  if (!person) fail('broadcast.nobody_found', { text });
  return other ? fail('broadcast.many_found', { text }) : person;
}

/** Whoever was joined into somebody else stands for that one. */
function meant(text: string): SQL | undefined {
  if (/^usr_/.test(text)) {
    const joined = sql`(select u.merged_into from "user" u where u.id = ${text})`;
    return sql`${user.id} = coalesce(${joined}, ${text as UserId})`; // any text may be compared
  }
  if (/^TU[0-9A-Z]{10}$/i.test(text))
    return sql`${user.id} = (select ${topup.userId} from ${topup} where ${eq(topup.reference, text.toUpperCase())})`;
  return nameLike(text);
}

/** The people an operator means in the filter of a list: one by an id, or those of a name; one more than are looked for. */
export async function peopleNamed(ctx: Context, text: string): Promise<UserId[]> {
  if (/^usr_/.test(text)) return [text as UserId]; // any text may be compared
  const rows = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(nameLike(text))
    .orderBy(desc(user.id))
    .limit(MOST_PEOPLE + 1);
  return rows.map(({ id }) => id);
}
