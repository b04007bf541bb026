import { z } from 'zod';
import type { Setting } from '../setting.ts';

const satang = z.coerce.bigint().positive();

export interface TopupLimits {
  minSatang: bigint;
  maxSatang: bigint;
  expiryMinutes: number;
  mostPending: number;
  requestsAMinute: number;
}

export const topupLimits: Setting<TopupLimits> = {
  key: 'topup.limits',
  schema: z
    .object({
      minSatang: satang,
      maxSatang: satang.max(999_999_999_999n),
      expiryMinutes: z.number().int().min(1).max(1440),
      mostPending: z.number().int().min(1).max(50),
      requestsAMinute: z.number().int().min(1).max(600),
    })
    .refine((limits) => limits.minSatang <= limits.maxSatang, {
      error: 'the smallest amount is above the largest',
      path: ['minSatang'],
      params: { rule: 'limits_reversed' },
    }),
  fallback: { minSatang: 20_00n, maxSatang: 50_000_00n, expiryMinutes: 15, mostPending: 3, requestsAMinute: 10 },
};

export interface ReceiptIssuer {
  name: string;
  address: string;
  taxId: string;
  /** Five digits as the Revenue Department counts branches; `00000`, the head office, when nothing is said. */
  branch?: string | undefined;
  /** Null while the business is not registered for VAT: receipts then show no split. */
  vatPercent: number | null;
}

export const receiptIssuer: Setting<ReceiptIssuer> = {
  key: 'receipt.issuer',
  schema: z.object({
    name: z.string().min(1).max(200),
    address: z.string().max(500),
    taxId: z
      .string()
      .refine((text) => /^(\d{13})?$/.test(text), { error: 'a tax id has 13 digits', params: { rule: 'tax_id' } }),
    branch: z
      .string()
      .refine((text) => /^(\d{5})?$/.test(text), { error: 'a branch has 5 digits', params: { rule: 'branch' } })
      .optional(),
    vatPercent: z.number().int().min(1).max(30).nullable(),
  }),
  fallback: { name: 'ABTPro', address: '', taxId: '', branch: '', vatPercent: null },
};

export interface ReceiptTexts {
  /** What stands under a receipt in each language; nothing where it is empty. */
  footerTh: string;
  footerEn: string;
}

export const receiptTexts: Setting<ReceiptTexts> = {
  key: 'receipt.texts',
  schema: z.object({ footerTh: z.string().max(500), footerEn: z.string().max(500) }),
  fallback: { footerTh: '', footerEn: '' },
};

export interface AdjustmentLimit {
  /** What one operator may add to or take from wallets within 24 hours without anybody else; 0 for nothing. */
  aloneSatang: bigint;
}

export const adjustmentLimit: Setting<AdjustmentLimit> = {
  key: 'wallet.adjustment',
  schema: z.object({ aloneSatang: z.coerce.bigint().nonnegative().max(999_999_999_999n) }),
  fallback: { aloneSatang: 1_000_00n },
};
