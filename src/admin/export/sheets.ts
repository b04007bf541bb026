import type { AuditLine, OperatorNames } from '../../core/ops/auditLog.ts';
import type { Batches, ReceivedRow, TransferRow } from '../../core/ops/exports.ts';
import type { SuspenseRow, TopupRow } from '../../core/ops/payments.ts';
import { hasText, translate } from '../../core/text/text.ts';
import type { SignedIn } from '../visit.ts';
import type { Cell, Sheet } from './sheet.ts';

type Column<T> = readonly [name: string, width: number, cell: (row: T) => Cell];

function sheetOf<T>(visit: SignedIn, what: string, columns: readonly Column<T>[], batches: AsyncIterable<T[]>): Sheet {
  async function* cells() {
    for await (const rows of batches) yield rows.map((row) => columns.map(([, , cell]) => cell(row)));
  }
  return {
    title: visit.say(`export_${what}`),
    columns: columns.map(([name, width]) => ({ heading: visit.say(`column_${name}`), width })),
    batches: cells(),
  };
}

const money = (satang: bigint | null): Cell => (satang === null ? null : { satang });

export const topupSheet = (visit: SignedIn, batches: Batches<TopupRow>): Sheet =>
  sheetOf<TopupRow>(
    visit,
    'topups',
    [
      ['opened', 20, ({ topup }) => topup.createdAt],
      ['reference', 16, ({ topup }) => topup.reference],
      ['person', 24, ({ user }) => user.displayName],
      ['person_id', 32, ({ user }) => user.id],
      ['amount', 14, ({ topup }) => money(topup.amountSatang)],
      ['state', 16, ({ topup }) => translate(visit.language, `tx.topup_${topup.status}`)],
      ['remarks', 20, ({ topup }) => topup.flags.map((flag) => visit.say(`flag_${flag}`)).join(', ')],
      ['gateway', 10, ({ topup }) => topup.provider],
      ['closed', 20, ({ topup }) => topup.closedAt],
      ['topup_id', 32, ({ topup }) => topup.id],
    ],
    batches,
  );

export const receivedSheet = (visit: SignedIn, batches: Batches<ReceivedRow>): Sheet =>
  sheetOf<ReceivedRow>(
    visit,
    'received',
    [
      ['recorded', 20, ({ payment }) => payment.recordedAt],
      ['paid', 20, ({ payment }) => payment.paidAt],
      ['gateway', 10, ({ payment }) => payment.provider],
      ['charge', 28, ({ payment }) => payment.chargeId],
      ['reference', 16, ({ payment }) => payment.reference],
      ['person', 24, ({ user }) => user?.displayName ?? null],
      ['person_id', 32, ({ payment }) => payment.userId],
      ['amount', 14, ({ payment }) => money(payment.amountSatang)],
      ['refunded', 14, ({ payment }) => money(payment.refundedSatang)],
      ['state', 16, ({ payment }) => visit.say(`payment_${payment.status}`)],
      ['by_hand', 10, ({ payment }) => visit.say(payment.byHand ? 'yes' : 'no')],
      ['topup_id', 32, ({ payment }) => payment.topupId],
      ['payment_id', 32, ({ payment }) => payment.id],
    ],
    batches,
  );

export const transferSheet = (visit: SignedIn, batches: Batches<TransferRow>): Sheet =>
  sheetOf<TransferRow>(
    visit,
    'transfers',
    [
      ['moment', 20, ({ transfer }) => transfer.at],
      ['kind', 18, ({ transfer }) => kindInWords(visit, transfer.kind)],
      ['account_from', 40, ({ from }) => from],
      ['account_to', 40, ({ to }) => to],
      ['amount', 14, ({ amountSatang }) => money(amountSatang)],
      ['subject', 32, ({ transfer }) => transfer.subject],
      ['key', 40, ({ transfer }) => transfer.key],
      ['transfer_id', 32, ({ transfer }) => transfer.id],
    ],
    batches,
  );

function kindInWords({ language }: SignedIn, kind: string): string {
  return hasText(language, `tx.kind_${kind}`) ? translate(language, `tx.kind_${kind}`) : kind;
}

export const suspenseSheet = (visit: SignedIn, batches: Batches<SuspenseRow>): Sheet =>
  sheetOf<SuspenseRow>(
    visit,
    'suspense',
    [
      ['received', 20, ({ item }) => item.createdAt],
      ['amount', 14, ({ payment }) => money(payment.amountSatang)],
      ['refunded', 14, ({ payment }) => money(payment.refundedSatang)],
      ['reference', 16, ({ payment }) => payment.reference],
      ['gateway', 10, ({ payment }) => payment.provider],
      ['charge', 28, ({ payment }) => payment.chargeId],
      ['why', 36, ({ item }) => visit.say(`suspense_${item.reason}`)],
      ['state', 16, ({ item }) => visit.say(`suspense_state_${item.status}`)],
      ['closed', 20, ({ item }) => item.closedAt],
      ['person_id', 32, ({ payment }) => payment.userId],
      ['topup_id', 32, ({ payment }) => payment.topupId],
      ['suspense_id', 32, ({ item }) => item.id],
    ],
    batches,
  );

type NamedLine = { line: AuditLine; name: string | undefined };

export function auditSheet(
  visit: SignedIn,
  batches: AsyncIterable<{ lines: AuditLine[]; names: OperatorNames }>,
): Sheet {
  async function* named() {
    for await (const { lines, names } of batches)
      yield lines.map((line) => ({ line, name: names.get(line.actor.replace(/^operator:/, '')) }));
  }
  return sheetOf<NamedLine>(
    visit,
    'audit',
    [
      ['line', 10, ({ line }) => Number(line.seq)],
      ['moment', 20, ({ line }) => line.at],
      ['actor', 40, ({ line }) => line.actor],
      ['operator', 20, ({ name }) => name ?? null],
      ['action', 24, ({ line }) => line.action],
      ['subject', 32, ({ line }) => line.subject],
      ['detail', 60, ({ line }) => JSON.stringify(line.detail)],
      ['link', 10, ({ line }) => (line.link === null ? null : Number(line.link))],
      ['seal', 20, ({ line }) => line.mac],
    ],
    named(),
  );
}
