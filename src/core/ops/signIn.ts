import { eq } from 'drizzle-orm';
import { requireActor, requireOperator } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { as, type Context, inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import { countAttempt, forgiveAttempt } from './attempt.ts';
import { cleanEmail } from './operator.ts';
import { isPassword } from './password.ts';
import { lockOperator, type OpsContext, takeRecoveryCode, takeTotp } from './secondFactor.ts';
import { actorOf, mustEnrol, type Next, type Origin, openSession, startSession } from './session.ts';
import { operator, operatorSession } from './tables.ts';

/**
 * The first step: e-mail address and password. An unknown address, a wrong password and a disabled operator get the
 * same answer after the same time (`sign_in.wrong`). With a second factor the session only waits for it.
 */
export async function signIn(
  ctx: Context,
  input: { email: string; password: string; from: Origin },
): Promise<{ token: string; next: Next }> {
  requireActor(ctx, 'panel');
  const { from } = input;
  const email = cleanEmail(input.email).slice(0, 254);
  const attemptId = await countAttempt(ctx, { name: email, address: from.address });
  const [row] = await ctx.db.select().from(operator).where(eq(operator.email, email));
  const right = await isPassword(input.password, row?.passwordHash);
  if (!row || !right || row.disabledAt) fail('sign_in.wrong');
  return inTransaction(as(ctx, actorOf(row)), async (ctx) => {
    // Looking at a password takes a while: meanwhile it may have been changed, or its owner shut out.
    const now = await lockOperator(ctx, row.id);
    if (now.passwordHash !== row.passwordHash || now.disabledAt) fail('sign_in.wrong');
    await forgiveAttempt(ctx, attemptId);
    const stage = now.totpConfirmedAt ? 'second_factor' : 'open';
    if (stage === 'open') await writeAudit(ctx, 'operator.signed_in', row.id, { address: from.address });
    const next = stage === 'second_factor' ? stage : (await mustEnrol(ctx, now)) ? 'enrol' : 'open';
    return { ...(await startSession(ctx, { operatorId: row.id, stage, from })), next };
  });
}

/** The second step: a code of the app, or a recovery code. Answers with the token of the open session. */
export async function proveSecondFactor(
  ctx: OpsContext,
  input: { token: string; code: string; from: Origin },
): Promise<{ token: string }> {
  requireActor(ctx, 'panel');
  const { vault } = ctx;
  const { from, code } = input;
  const waiting = await openSession(ctx, { token: input.token, isVisit: true });
  if (waiting?.next !== 'second_factor') fail('session.ended');
  const { id: operatorId } = waiting.operator;
  const attemptId = await countAttempt(ctx, { name: operatorId, address: from.address });
  return inTransaction(as(ctx, actorOf(waiting.operator)), async (ctx) => {
    const row = await lockOperator(ctx, operatorId);
    const right = (await takeTotp(ctx, vault, row, code)) || (await takeRecoveryCode(ctx, row, code));
    if (!right) fail('sign_in.code_wrong');
    await forgiveAttempt(ctx, attemptId);
    await writeAudit(ctx, 'operator.signed_in', operatorId, { address: from.address });
    return startSession(ctx, { operatorId, stage: 'open', from, insteadOf: waiting.session.id });
  });
}

/**
 * Proves once more who is at the keyboard, by password or by a code of the app; good for ten minutes. Refuses
 * `session.proof_wrong`; a recovery code is for coming in and not asked for here.
 */
export async function confirmSession(
  ctx: OpsContext,
  input: { sessionId: string; proof: string; address: string },
): Promise<void> {
  const { operatorId } = requireOperator(ctx);
  const { vault } = ctx;
  const attemptId = await countAttempt(ctx, { name: operatorId, address: input.address });
  const [known] = await ctx.db.select().from(operator).where(eq(operator.id, operatorId));
  const byPassword = await isPassword(input.proof, known?.passwordHash);
  await inTransaction(ctx, async (ctx) => {
    const row = await lockOperator(ctx, operatorId);
    const right = byPassword || (row.totpConfirmedAt !== null && (await takeTotp(ctx, vault, row, input.proof)));
    if (!right) fail('session.proof_wrong');
    await forgiveAttempt(ctx, attemptId);
    await ctx.db
      .update(operatorSession)
      .set({ confirmedAt: ctx.clock.now() })
      .where(eq(operatorSession.id, input.sessionId));
  });
}
