import { and, eq, ne } from 'drizzle-orm';
import { requireOperator } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import type { Language } from '../text/text.ts';
import { countAttempt, forgiveAttempt } from './attempt.ts';
import { checkName } from './operator.ts';
import { hashPassword, isPassword } from './password.ts';
import { lockOperator } from './secondFactor.ts';
import { type Origin, startSession } from './session.ts';
import { operator, operatorSession } from './tables.ts';

/**
 * A new password for oneself. The old one is asked for whatever was proved before (`operator.password_wrong`), and tries
 * are counted like those at the door. Every other session ends, and this one goes on under a new token: whoever has
 * copied the old one is out as well.
 */
export async function changePassword(
  ctx: Context,
  input: { sessionId: string; old: string; password: string; from: Origin },
): Promise<{ token: string }> {
  const { operatorId } = requireOperator(ctx);
  const { sessionId, from } = input;
  const attemptId = await countAttempt(ctx, { name: operatorId, address: from.address });
  const [known] = await ctx.db.select().from(operator).where(eq(operator.id, operatorId));
  if (!known || !(await isPassword(input.old, known.passwordHash))) fail('operator.password_wrong');
  await forgiveAttempt(ctx, attemptId);
  const passwordHash = await hashPassword(input.password, known.email);
  return inTransaction(ctx, async (ctx) => {
    const row = await lockOperator(ctx, operatorId);
    if (row.passwordHash !== known.passwordHash) fail('operator.password_wrong'); // changed in another window meanwhile
    await ctx.db.update(operator).set({ passwordHash }).where(eq(operator.id, operatorId));
    const others = and(eq(operatorSession.operatorId, operatorId), ne(operatorSession.id, sessionId));
    const ended = (await ctx.db.delete(operatorSession).where(others).returning()).length;
    await writeAudit(ctx, 'operator.password_changed', operatorId, { ended });
    return startSession(ctx, { operatorId, stage: 'open', from, insteadOf: sessionId });
  });
}

/** One's own name and language. Refuses `operator.stale` when they were changed since the form was drawn. */
export async function changeProfile(
  ctx: Context,
  input: { name: string; language: Language; version: number },
): Promise<void> {
  const { operatorId } = requireOperator(ctx);
  const name = checkName(input.name);
  const { language, version } = input;
  await inTransaction(ctx, async (ctx) => {
    const row = await lockOperator(ctx, operatorId);
    if (row.name === name && row.language === language) return; // sent twice
    if (row.version !== version) fail('operator.stale', { name: row.name });
    const set = { name, language, version: version + 1 };
    await ctx.db.update(operator).set(set).where(eq(operator.id, operatorId));
    if (row.name !== name) await writeAudit(ctx, 'operator.renamed', operatorId, { old: row.name, new: name });
  });
}
