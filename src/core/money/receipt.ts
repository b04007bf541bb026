import { and, asc, eq } from 'drizzle-orm';
import { splitVat } from '../amount.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { readUser } from '../people/user.ts';
import { readSetting } from '../setting.ts';
import type { Language } from '../text/text.ts';
import { type ReceiptIssuer, receiptIssuer, receiptTexts } from './settings.ts';
import { payment } from './tables.ts';
import { readTopup } from './topup.ts';

export interface Receipt {
  issuer: ReceiptIssuer;
  reference: string;
  receivedFrom: string;
  payments: { chargeId: string; paidAt: Date; amountSatang: bigint; refundedSatang: bigint }[];
  /** What was paid less what went back. */
  totalSatang: bigint;
  /** VAT inclusive split of the total; null while the issuer charges no VAT. */
  vat: { percent: number; baseSatang: bigint; vatSatang: bigint } | null;
  /** What operators want to stand under it; empty for nothing. */
  footer: Record<Language, string>;
}

/** What a receipt for a settled top-up says. Refuses `topup.missing` and `topup.not_settled`. */
export async function receiptOf(ctx: Context, input: { userId: UserId; topupId: string }): Promise<Receipt> {
  const topup = await readTopup(ctx, input);
  if (topup.status !== 'settled') fail('topup.not_settled');
  const paid = await ctx.db
    .select()
    .from(payment)
    .where(and(eq(payment.topupId, topup.id), eq(payment.status, 'credited')))
    .orderBy(asc(payment.paidAt));
  const issuer = await readSetting(ctx, receiptIssuer);
  const texts = await readSetting(ctx, receiptTexts);
  const person = await readUser(ctx, input.userId);
  const totalSatang = paid.reduce((sum, p) => sum + p.amountSatang - p.refundedSatang, 0n);
  return {
    issuer,
    reference: topup.reference,
    receivedFrom: person.displayName,
    payments: paid.map(({ chargeId, paidAt, amountSatang, refundedSatang }) => ({
      chargeId,
      paidAt,
      amountSatang,
      refundedSatang,
    })),
    totalSatang,
    vat:
      issuer.vatPercent === null ? null : { percent: issuer.vatPercent, ...splitVat(totalSatang, issuer.vatPercent) },
    footer: { th: texts.footerTh, en: texts.footerEn },
  };
}
