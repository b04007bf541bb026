import { and, eq, gt, lte } from 'drizzle-orm';
import { later, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import type { IdentityId } from '../id.ts';
import { chatQuestion } from './tables.ts';

export interface OpenQuestion {
  command: string;
  /** What has been answered so far, as text. */
  args: Record<string, string>;
  field: string;
  askedAt: Date;
}

const LIFETIME_MS = minutes(10);

/** Asks a login one thing; an older question of theirs ends by it. */
export async function openQuestion(
  ctx: Context,
  identityId: IdentityId,
  question: Omit<OpenQuestion, 'askedAt'>,
): Promise<OpenQuestion> {
  const askedAt = ctx.clock.now();
  const row = { ...question, askedAt, expiresAt: later(askedAt, LIFETIME_MS) };
  await ctx.db
    .insert(chatQuestion)
    .values({ identityId, ...row })
    .onConflictDoUpdate({ target: chatQuestion.identityId, set: row });
  return { ...question, askedAt };
}

export async function readQuestion(ctx: Context, identityId: IdentityId): Promise<OpenQuestion | undefined> {
  const [row] = await ctx.db
    .select()
    .from(chatQuestion)
    .where(and(eq(chatQuestion.identityId, identityId), gt(chatQuestion.expiresAt, ctx.clock.now())));
  return row && { command: row.command, args: row.args, field: row.field, askedAt: row.askedAt };
}

/** Ends whatever is being asked; true when something was. */
export async function endQuestion(ctx: Context, identityId: IdentityId): Promise<boolean> {
  const ended = await ctx.db.delete(chatQuestion).where(eq(chatQuestion.identityId, identityId)).returning();
  return ended.length > 0;
}

export async function forgetOldQuestions(ctx: Context): Promise<number> {
  const gone = await ctx.db.delete(chatQuestion).where(lte(chatQuestion.expiresAt, ctx.clock.now())).returning();
  return gone.length;
}
