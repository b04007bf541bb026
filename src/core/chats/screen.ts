import { and, eq } from 'drizzle-orm';
import { type Context, inTransaction } from '../context.ts';
import type { IdentityId } from '../id.ts';
import { chatScreen } from './tables.ts';

type Which = { identityId: IdentityId; name: string };

const where = (which: Which) => and(eq(chatScreen.identityId, which.identityId), eq(chatScreen.name, which.name));

/** Remembers the message now shown under this name and answers the one it takes the place of. */
export async function showScreen(ctx: Context, input: Which & { ref: string }): Promise<string | undefined> {
  return inTransaction(ctx, async (ctx) => {
    const [before] = await ctx.db.select().from(chatScreen).where(where(input)).for('update');
    const now = { ref: input.ref, shownAt: ctx.clock.now() };
    await ctx.db
      .insert(chatScreen)
      .values({ identityId: input.identityId, name: input.name, ...now })
      .onConflictDoUpdate({ target: [chatScreen.identityId, chatScreen.name], set: now });
    return before && before.ref !== input.ref ? before.ref : undefined;
  });
}

/** Where a message is that is shown under this name. */
export async function findScreen(ctx: Context, input: Which): Promise<string | undefined> {
  const [row] = await ctx.db.select({ ref: chatScreen.ref }).from(chatScreen).where(where(input));
  return row?.ref;
}

/** Forgets a message and answers where it is, so that it can be taken away. */
export async function retireScreen(ctx: Context, input: Which): Promise<string | undefined> {
  const [row] = await ctx.db.delete(chatScreen).where(where(input)).returning();
  return row?.ref;
}
