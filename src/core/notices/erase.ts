import { and, eq, inArray, ne, or } from 'drizzle-orm';
import type { TxContext } from '../context.ts';
import type { UserId } from '../id.ts';
import { link } from '../people/tables.ts';
import { ERASED } from '../people/user.ts';
import { withdrawn } from './notice.ts';
import { notice, noticePreference } from './tables.ts';

/**
 * Takes out of the outbox what it says of people whose account is closed, in the transaction that closes it: what still
 * waits is never told, what was told keeps its kind and moment alone. A request to join carries the name of the one who
 * asked to the other side, so that name goes too; the requests themselves must still be there for it.
 */
export async function eraseNotices(ctx: TxContext, userIds: readonly UserId[]): Promise<void> {
  const ids = [...userIds];
  const theirs = inArray(notice.userId, ids);
  await ctx.db
    .update(notice)
    .set(withdrawn)
    .where(and(theirs, eq(notice.status, 'waiting')));
  await ctx.db
    .update(notice)
    .set({ params: {} })
    .where(and(theirs, ne(notice.status, 'waiting')));
  await ctx.db.delete(noticePreference).where(inArray(noticePreference.userId, ids));
  const links = await ctx.db
    .select({ id: link.id })
    .from(link)
    .where(or(inArray(link.issuerId, ids), inArray(link.claimantId, ids)));
  for (const { id } of links) {
    const params = { linkId: id, name: ERASED };
    await ctx.db
      .update(notice)
      .set({ params })
      .where(eq(notice.key, `${id}:asked`));
  }
}
