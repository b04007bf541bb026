import type { Context, TxContext } from '../context.ts';
import type { UserId } from '../id.ts';
import { clearingOf, lockBalances, openAccounts, postTransfer, receivableOf, SUSPENSE, walletOf } from './ledger.ts';

/** What one payment is called in the ledger: two events may announce it, it is credited once. */
export const paidKey = (provider: string, chargeId: string) => `${provider}:${chargeId}:paid`;

/** Money received for a known person: into the wallet, and from there what they owe us first. */
export async function creditWallet(
  ctx: TxContext,
  input: { userId: UserId; provider: string; chargeId: string; amountSatang: bigint; subject: string },
): Promise<void> {
  const { userId, provider, chargeId, amountSatang, subject } = input;
  const key = paidKey(provider, chargeId);
  await openAccounts(ctx, userId);
  await postTransfer(ctx, {
    key,
    kind: 'topup',
    subject,
    from: clearingOf(provider),
    to: walletOf(userId),
    amountSatang,
  });
  await repayOwed(ctx, { userId, key: `${key}:repay`, subject });
}

/** Takes from the wallet what its owner owes us, as far as it goes. */
export async function repayOwed(
  ctx: TxContext,
  input: { userId: UserId; key: string; subject: string },
): Promise<bigint> {
  const { walletSatang, owedSatang } = await lockBalances(ctx, input.userId);
  const amountSatang = owedSatang < walletSatang ? owedSatang : walletSatang;
  if (amountSatang <= 0n) return 0n;
  const { key, subject, userId } = input;
  await postTransfer(ctx, {
    key,
    kind: 'repay',
    subject,
    from: walletOf(userId),
    to: receivableOf(userId),
    amountSatang,
  });
  return amountSatang;
}

/** Money received that we cannot tie to a wallet. */
export async function creditSuspense(
  ctx: Context,
  input: { provider: string; chargeId: string; amountSatang: bigint; subject: string },
): Promise<void> {
  const { provider, chargeId, amountSatang, subject } = input;
  const key = paidKey(provider, chargeId);
  await postTransfer(ctx, { key, kind: 'suspend', subject, from: clearingOf(provider), to: SUSPENSE, amountSatang });
}
