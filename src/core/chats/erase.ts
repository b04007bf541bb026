import { inArray, sql } from 'drizzle-orm';
import type { TxContext } from '../context.ts';
import type { Identity } from '../people/identity.ts';
import type { Provider } from '../people/tables.ts';
import { chatQuestion, chatScreen, chatUpdate, localMessage } from './tables.ts';

/**
 * Forgets where talks with these logins stand: the question that is open, and which message of ours is changed rather
 * than sent anew. Nothing is lost by it; the next message begins afresh. Says how many there were.
 */
export async function forgetTalks(
  ctx: TxContext,
  logins: readonly Identity[],
): Promise<{ questions: number; screens: number }> {
  if (logins.length === 0) return { questions: 0, screens: 0 };
  const ids = logins.map(({ id }) => id);
  const questions = await ctx.db
    .delete(chatQuestion)
    .where(inArray(chatQuestion.identityId, ids))
    .returning({ identityId: chatQuestion.identityId });
  const screens = await ctx.db
    .delete(chatScreen)
    .where(inArray(chatScreen.identityId, ids))
    .returning({ name: chatScreen.name });
  return { questions: questions.length, screens: screens.length };
}

/**
 * Takes away all that chats keep of these logins, for an account that is closed. The row of an update stays without its
 * words and without whose it was, so that the chat's repeat of it is still known as one.
 */
export async function eraseChats(ctx: TxContext, logins: readonly Identity[]): Promise<void> {
  await forgetTalks(ctx, logins);
  const subjects = (provider: Provider) => logins.filter((l) => l.provider === provider).map((l) => l.subject);
  const [local, telegram] = [subjects('local'), subjects('telegram')];
  if (local.length > 0) await ctx.db.delete(localMessage).where(inArray(localMessage.subject, local));
  if (telegram.length > 0)
    await ctx.db
      .update(chatUpdate)
      .set({
        lane: 'erased',
        payload: null,
        doneAt: sql`coalesce(${chatUpdate.doneAt}, ${ctx.clock.now().toISOString()})`,
      })
      .where(inArray(chatUpdate.lane, telegram));
}
