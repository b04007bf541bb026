import { and, eq, gt, isNull, lte } from 'drizzle-orm';
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
  const row = { ...question, askedAt, expiresAt: later(askedAt, LIFETIME_MS), answeredBy: null };
  await ctx.db
    .insert(chatQuestion)
    .values({ identityId, ...row })
    .onConflictDoUpdate({ target: chatQuestion.identityId, set: row });
  return { ...question, askedAt };
}

/** The question that `messageKey` may answer: one still open, or the one that this very message has answered already. */
export async function readQuestion(
  ctx: Context,
  identityId: IdentityId,
  messageKey: string,
): Promise<OpenQuestion | undefined> {
  const [row] = await ctx.db
    .select()
    .from(chatQuestion)
    .where(and(eq(chatQuestion.identityId, identityId), gt(chatQuestion.expiresAt, ctx.clock.now())));
  if (!row || (row.answeredBy !== null && row.answeredBy !== messageKey)) return undefined;
  return { command: row.command, args: row.args, field: row.field, askedAt: row.askedAt };
}

/** Notes which message answered the question; for every other message it is over. With `wipe` its answers go too. */
export async function answerQuestion(
  ctx: Context,
  identityId: IdentityId,
  messageKey: string,
  wipe = false,
): Promise<void> {
  const set = { answeredBy: messageKey, ...(wipe ? { args: {} } : {}) };
  await ctx.db.update(chatQuestion).set(set).where(eq(chatQuestion.identityId, identityId));
}

/** A question that nobody answered in time and that is not forgotten yet: what comes now may still be its answer. */
export async function lateQuestion(
  ctx: Context,
  identityId: IdentityId,
): Promise<Pick<OpenQuestion, 'command' | 'field'> | undefined> {
  const { command, field } = chatQuestion;
  const isLate = and(
    eq(chatQuestion.identityId, identityId),
    lte(chatQuestion.expiresAt, ctx.clock.now()),
    isNull(chatQuestion.answeredBy),
  );
  return (await ctx.db.select({ command, field }).from(chatQuestion).where(isLate))[0];
}

/** Ends whatever is being asked; true when something was. */
export async function endQuestion(ctx: Context, identityId: IdentityId): Promise<boolean> {
  const ended = await ctx.db.delete(chatQuestion).where(eq(chatQuestion.identityId, identityId)).returning();
  return ended.some((question) => question.answeredBy === null);
}

export async function forgetOldQuestions(ctx: Context): Promise<number> {
  const gone = await ctx.db.delete(chatQuestion).where(lte(chatQuestion.expiresAt, ctx.clock.now())).returning();
  return gone.length;
}
