import { type Context, inTransaction } from '../../src/core/context.ts';
import type { UserId } from '../../src/core/id.ts';
import { ADJUSTMENT, openAccounts, postTransfer, walletOf } from '../../src/core/money/ledger.ts';
import { type ReceiptIssuer, receiptIssuer } from '../../src/core/money/settings.ts';
import type { TaxDocument } from '../../src/core/rental/document.ts';
import { type DocumentInput, issueDocuments } from '../../src/core/rental/issue.ts';
import { settingTable } from '../../src/core/setting.ts';
import { job } from './money.ts';
import type { World } from './world.ts';

export const ISSUER: ReceiptIssuer = {
  name: 'บริษัท ตัวอย่าง จำกัด',
  address: '99/9 ถนนพระรามที่ 4 เขตบางรัก กรุงเทพมหานคร 10500',
  taxId: '0105561000003',
  vatPercent: 7,
};

/** From now on documents are issued like this; nothing charges no VAT. */
export async function setIssuer(world: World, issuer: Partial<ReceiptIssuer>) {
  const value = { ...ISSUER, ...issuer };
  const row = { key: receiptIssuer.key, value, version: 1, updatedAt: world.clock.now() };
  const { db } = world.ctx(job);
  await db.insert(settingTable).values(row).onConflictDoUpdate({ target: settingTable.key, set: row });
}

let keys = 0;
export const newKey = () => {
  keys += 1;
  return `rent:con_${keys}:1`;
};

export type Asked = Partial<DocumentInput> & { userId: UserId };

/** A receipt over one line, or what `asked` says otherwise. */
export function inputOf(asked: Asked): DocumentInput {
  const { totalSatang = 499_00n } = asked;
  return {
    kind: 'receipt',
    transferKey: newKey(),
    contractId: null,
    term: null,
    lines: [{ th: 'ค่าเช่าแพ็กเกจ Basic 30 วัน', en: 'Basic plan, 30 days', amountSatang: totalSatang }],
    totalSatang,
    ...asked,
  };
}

/** Moves the money and issues its document in one transaction, as renting does. */
export async function issueIn(ctx: Context, input: DocumentInput, end?: () => void): Promise<TaxDocument> {
  await openAccounts(ctx, input.userId);
  return inTransaction(ctx, async (ctx) => {
    const { transferKey: key, userId, totalSatang: amountSatang } = input;
    await postTransfer(ctx, {
      key,
      kind: 'adjust',
      subject: userId,
      from: ADJUSTMENT,
      to: walletOf(userId),
      amountSatang,
    });
    const [issued] = await issueDocuments(ctx, [input]);
    if (!issued) throw new Error('no document was issued');
    end?.();
    return issued;
  });
}

export const issue = (world: World, asked: Asked) => issueIn(world.ctx(job), inputOf(asked));

/** Takes back a part of what was issued. */
export const credit = (world: World, of: TaxDocument, totalSatang: bigint, more: Partial<DocumentInput> = {}) =>
  issue(world, {
    kind: 'credit_note',
    userId: of.userId,
    totalSatang,
    lines: [{ th: 'คืนค่าเช่า', en: 'Rent given back', amountSatang: totalSatang }],
    refersToTransferKey: of.transferKey,
    reason: 'ลูกค้าขอยกเลิก',
    ...more,
  });
