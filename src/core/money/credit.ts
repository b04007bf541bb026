import { type Context, type TxContext, together } from '../context.ts';
import type { TopupId, UserId } from '../id.ts';
import { type Balances, clearingOf, lockBalances, postTransfer, receivableOf, SUSPENSE, walletOf } from './ledger.ts';

/**
 * What else money that comes into a wallet sets off, in the transaction that credits it. Asked before the wallet is
 * touched, with one statement: it locks what it will change (contracts come before wallets everywhere) and answers what
 * to do once the money is there. What that refuses must not take the credit with it.
 */
export type OnCredit = (
  ctx: TxContext,
  credit: { userId: UserId; topupId: TopupId | null },
) => Promise<Afterwards | undefined>;
export type Afterwards = () => Promise<void>;

/** Whoever credits a wallet needs somebody who knows what that sets off. */
export type CreditContext = Context & { onCredit: OnCredit };

/** What one payment is called in the ledger: two events may announce it, it is credited once. */
export const paidKey = (provider: string, chargeId: string) => `${provider}:${chargeId}:paid`;

/** Money received for a known person, who has accounts since the top-up: into the wallet, and from there what they owe us first. */
export async function creditWallet(
  ctx: TxContext,
  input: { userId: UserId; provider: string; chargeId: string; amountSatang: bigint; subject: string },
): Promise<void> {
  const { userId, provider, chargeId, amountSatang, subject } = input;
  const key = paidKey(provider, chargeId);
  const [from, to] = [clearingOf(provider), walletOf(userId)];
  const [, balances] = await together([
    postTransfer(ctx, { key, kind: 'topup', subject, from, to, amountSatang }),
    lockBalances(ctx, userId),
  ]);
  await repay(ctx, { userId, key: `${key}:repay`, subject }, balances);
}

/** Takes from the wallet what its owner owes us, as far as it goes. */
export async function repayOwed(
  ctx: TxContext,
  input: { userId: UserId; key: string; subject: string },
): Promise<bigint> {
  return repay(ctx, input, await lockBalances(ctx, input.userId));
}

async function repay(
  ctx: TxContext,
  input: { userId: UserId; key: string; subject: string },
  { walletSatang, owedSatang }: Balances,
): Promise<bigint> {
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
