import { and, eq, isNull } from 'drizzle-orm';
import { generateSecret, generateURI, verifySync } from 'otplib/functional';
import { requireOperator } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import { randomCode } from '../id.ts';
import type { Vault } from '../vault.ts';
import { countAttempt, forgiveAttempt } from './attempt.ts';
import { type Operator, type Origin, startSession } from './session.ts';
import { operator, operatorRecoveryCode } from './tables.ts';
import { hashToken } from './token.ts';

export type OpsContext = Context & { vault: Vault };

const STEP_SECONDS = 30;
const RECOVERY_CODES = 10;

const binding = (operatorId: string) => `operator:${operatorId}:totp`;

export async function lockOperator(ctx: TxContext, operatorId: string): Promise<Operator> {
  const [row] = await ctx.db.select().from(operator).where(eq(operator.id, operatorId)).for('no key update');
  return row ?? fail('operator.missing');
}

/**
 * The secret for the operator's authenticator app, as text and as the address that its QR holds. The same until it is
 * confirmed; afterwards nobody sees it again (`second_factor.enrolled`).
 */
export async function beginEnrolment(ctx: OpsContext): Promise<{ secret: string; uri: string }> {
  const { operatorId } = requireOperator(ctx);
  const { vault } = ctx;
  return inTransaction(ctx, async (ctx) => {
    const row = await lockOperator(ctx, operatorId);
    if (row.totpConfirmedAt) fail('second_factor.enrolled');
    const secret = row.totpSealed ? vault.open(row.totpSealed, binding(row.id)) : generateSecret();
    if (!row.totpSealed)
      await ctx.db
        .update(operator)
        .set({ totpSealed: vault.seal(secret, binding(row.id)) })
        .where(eq(operator.id, row.id));
    return { secret, uri: generateURI({ issuer: 'ABTPro', label: row.email, secret }) };
  });
}

/** The app works: from now on it is asked for. Answers with the session's new token and the recovery codes, once. */
export async function confirmEnrolment(
  ctx: OpsContext,
  input: { sessionId: string; code: string; from: Origin },
): Promise<{ token: string; recoveryCodes: string[] }> {
  const { operatorId } = requireOperator(ctx);
  const { vault } = ctx;
  const attemptId = await countAttempt(ctx, { name: operatorId, address: input.from.address });
  return inTransaction(ctx, async (ctx) => {
    const row = await lockOperator(ctx, operatorId);
    if (row.totpConfirmedAt) fail('second_factor.enrolled');
    if (!(await takeTotp(ctx, vault, row, input.code))) fail('sign_in.code_wrong');
    const set = { totpConfirmedAt: ctx.clock.now(), version: row.version + 1 };
    await ctx.db.update(operator).set(set).where(eq(operator.id, operatorId));
    const recoveryCodes = await makeRecoveryCodes(ctx, operatorId);
    await writeAudit(ctx, 'operator.second_factor_set', operatorId);
    await forgiveAttempt(ctx, attemptId);
    const { sessionId, from } = input;
    return { ...(await startSession(ctx, { operatorId, stage: 'open', from, insteadOf: sessionId })), recoveryCodes };
  });
}

/** Whether `code` is of now, or one step away, and of a later step than any accepted before; then it is used up. */
export async function takeTotp(ctx: TxContext, vault: Vault, row: Operator, code: string): Promise<boolean> {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token) || !row.totpSealed) return false;
  const secret = vault.open(row.totpSealed, binding(row.id));
  const epoch = Math.floor(ctx.clock.now().getTime() / 1000);
  const result = verifySync({ secret, token, epoch, epochTolerance: STEP_SECONDS, period: STEP_SECONDS });
  if (!result.valid || !('timeStep' in result) || result.timeStep <= (row.totpStep ?? -1)) return false;
  await ctx.db.update(operator).set({ totpStep: result.timeStep }).where(eq(operator.id, row.id));
  return true;
}

/** Uses a recovery code up. */
export async function takeRecoveryCode(ctx: TxContext, row: Operator, code: string): Promise<boolean> {
  const used = await ctx.db
    .update(operatorRecoveryCode)
    .set({ usedAt: ctx.clock.now() })
    .where(
      and(
        eq(operatorRecoveryCode.operatorId, row.id),
        eq(operatorRecoveryCode.codeHash, hashRecoveryCode(code)),
        isNull(operatorRecoveryCode.usedAt),
      ),
    )
    .returning();
  if (used.length > 0) await writeAudit(ctx, 'operator.recovery_code_used', row.id);
  return used.length > 0;
}

/** Whether the operator once had a second factor: its recovery codes stay when it is reset. */
export async function hadSecondFactor(ctx: Context): Promise<boolean> {
  const { operatorId } = requireOperator(ctx);
  return (await ctx.db.$count(operatorRecoveryCode, eq(operatorRecoveryCode.operatorId, operatorId))) > 0;
}

export async function recoveryCodesLeft(ctx: Context): Promise<number> {
  const { operatorId } = requireOperator(ctx);
  const own = and(eq(operatorRecoveryCode.operatorId, operatorId), isNull(operatorRecoveryCode.usedAt));
  return ctx.db.$count(operatorRecoveryCode, own);
}

/** New recovery codes for oneself, shown once; those from before are good for nothing any more. */
export async function renewRecoveryCodes(ctx: Context): Promise<{ recoveryCodes: string[] }> {
  const { operatorId } = requireOperator(ctx);
  return inTransaction(ctx, async (ctx) => {
    const row = await lockOperator(ctx, operatorId);
    if (!row.totpConfirmedAt) fail('second_factor.missing');
    const recoveryCodes = await makeRecoveryCodes(ctx, operatorId);
    await writeAudit(ctx, 'operator.recovery_codes_renewed', operatorId);
    return { recoveryCodes };
  });
}

async function makeRecoveryCodes(ctx: TxContext, operatorId: string): Promise<string[]> {
  await ctx.db.delete(operatorRecoveryCode).where(eq(operatorRecoveryCode.operatorId, operatorId));
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  const rows = codes.map((code) => ({ operatorId, codeHash: hashRecoveryCode(code) }));
  await ctx.db.insert(operatorRecoveryCode).values(rows);
  return codes;
}

/** 80 random bits, so a plain hash is enough: nobody tries them all. */
const newRecoveryCode = () => [4, 4, 4, 4].map(randomCode).join('-');

/** Read aloud and copied by hand: small letters, spaces and the letters Crockford leaves out are understood. */
const hashRecoveryCode = (code: string) =>
  hashToken(code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1'));
