import { bahtDecimal } from '../../core/amount.ts';
import { bangkokDay } from '../../core/clock.ts';
import type { Transaction } from '../../core/money/transactions.ts';
import { csvText } from '../../core/text/csv.ts';
import { formatAt, type Language, translate } from '../../core/text/text.ts';
import type { Reply } from '../reply.ts';

const columns = ['date', 'time', 'kind', 'status', 'in', 'out', 'balance', 'reference'] as const;

/** Transactions for a spreadsheet, with money in and out in columns of their own, so that no amount begins with a minus. */
export function transactionsFile(
  language: Language,
  rows: readonly Transaction[],
  now: Date,
): NonNullable<Reply['file']> {
  const say = (key: string) => translate(language, key);
  const records = rows.map((row) => {
    const moved = row.status === 'done';
    return [
      bangkokDay(row.at),
      formatAt(language, row.at, 'time'),
      say(`tx.kind_${row.kind}`),
      say(row.topupStatus ? `tx.topup_${row.topupStatus}` : 'tx.status_done'),
      moved && row.amountSatang > 0n ? bahtDecimal(row.amountSatang) : '',
      moved && row.amountSatang < 0n ? bahtDecimal(-row.amountSatang) : '',
      row.balanceSatang === null ? '' : bahtDecimal(row.balanceSatang),
      row.reference ?? '',
    ];
  });
  const text = csvText([columns.map((column) => say(`csv.${column}`)), ...records]);
  return {
    name: `abtpro-transactions-${bangkokDay(now)}.csv`,
    mime: 'text/csv; charset=utf-8',
    content: Buffer.from(text),
  };
}
