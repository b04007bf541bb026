import { desc, inArray } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { asciiDigits } from '../amount.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { idsOf } from '../money/ledger.ts';
import { checkDigitHolds } from '../money/promptpay.ts';
import { lockActiveUser } from '../people/user.ts';
import { buyer, type DocumentParty } from './documentTables.ts';

/** How the Revenue Department counts a head office among the branches. */
export const HEAD_OFFICE = '00000';

const MOST = { name: 200, address: 300 };

/** What a tax invoice can be written in: Thai, Latin, digits, and the marks of names and addresses. */
const LETTERS = /^[\u0e01-\u0e3a\u0e40-\u0e5b\u0020-\u007e\u00a0-\u017f\u2010-\u201d\u2026]*$/u;

const tidy = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();

/** How a question is answered that has no answer: `-`, or the words that a chat offers for it. */
const given = (text: string) => (/^(?:[-–—]|none|ไม่มี|ไม่ระบุ)$/i.test(tidy(text)) ? '' : tidy(text));

/** The name on the invoice, of a person or a company. Refuses `buyer.name_invalid`. */
export function buyerName(text: string): string {
  const name = tidy(text);
  const isSound = /[\p{L}\p{N}]/u.test(name) && name.length <= MOST.name && LETTERS.test(name);
  return isSound ? name : fail('buyer.name_invalid', { max: MOST.name });
}

/** An address, on one line; empty for none. Refuses `buyer.address_invalid`. */
export function buyerAddress(text: string): string {
  const address = given(text);
  const isSound = address.length <= MOST.address && LETTERS.test(address);
  return isSound ? address : fail('buyer.address_invalid', { max: MOST.address });
}

/** Thirteen digits with the right check digit, however they are grouped; empty for none. Refuses `buyer.tax_id_invalid`. */
export function buyerTaxId(text: string): string {
  const digits = asciiDigits(given(text)).replace(/[\s-]/g, '');
  return digits === '' || (/^\d{13}$/.test(digits) && checkDigitHolds(digits)) ? digits : fail('buyer.tax_id_invalid');
}

/** Five digits, `00000` for the head office; `1` is branch `00001`; empty for none. Refuses `buyer.branch_invalid`. */
export function buyerBranch(text: string): string {
  const digits = asciiDigits(given(text));
  if (digits === '') return '';
  if (/^(?:head office|สำนักงานใหญ่)$/i.test(digits)) return HEAD_OFFICE;
  return /^\d{1,5}$/.test(digits) ? digits.padStart(5, '0') : fail('buyer.branch_invalid');
}

/** The latest of what a person under any of these ids wanted on their invoices. */
export async function detailsOf(ctx: Context, ids: readonly UserId[]): Promise<DocumentParty | null> {
  const [row] = await ctx.db
    .select({ name: buyer.name, address: buyer.address, taxId: buyer.taxId, branch: buyer.branch })
    .from(buyer)
    .where(inArray(buyer.userId, [...ids]))
    .orderBy(desc(buyer.updatedAt))
    .limit(1);
  return row ?? null;
}

/** What a person wants to read on their invoices; null while they have said nothing and their chat name stands there. */
export async function readBuyer(ctx: Context, input: { userId: UserId }): Promise<DocumentParty | null> {
  requireSelf(ctx, input.userId);
  return detailsOf(ctx, await idsOf(ctx, input.userId));
}

/**
 * Changes what later invoices say of the buyer; those that were issued stay as they are. Without an address they are
 * abbreviated ones. A branch is kept only beside a tax id.
 */
export async function setBuyer(ctx: Context, input: DocumentParty & { userId: UserId }): Promise<DocumentParty> {
  requireSelf(ctx, input.userId);
  const { userId } = input;
  const [name, address, taxId] = [buyerName(input.name), buyerAddress(input.address), buyerTaxId(input.taxId)];
  const party = { name, address, taxId, branch: taxId === '' ? '' : buyerBranch(input.branch) };
  return inTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, userId);
    const row = { ...party, updatedAt: ctx.clock.now() };
    await ctx.db
      .insert(buyer)
      .values({ userId, ...row })
      .onConflictDoUpdate({ target: buyer.userId, set: row });
    await writeAudit(ctx, 'buyer.changed', userId); // without the words: audit lines outlive a closed account
    return party;
  });
}
