import { bangkokDay, bangkokSecond } from '../../core/clock.ts';
import { Decimal } from '../../core/decimal.ts';
import type { Portfolio } from '../../core/portfolio/portfolio.ts';
import { csvText } from '../../core/text/csv.ts';
import { type Language, translate } from '../../core/text/text.ts';
import type { Reply } from '../reply.ts';

/** Every holding and position of every account for a spreadsheet. Digits are plain; an unknown value is an empty cell. */
export function portfolioFile(language: Language, portfolio: Portfolio): NonNullable<Reply['file']> {
  const say = (key: string, params = {}) => translate(language, key, params);
  const baht = portfolio.usdtInThb?.price;
  const amount = (value: Decimal | null | undefined) =>
    value ? value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toFixed(2) : '';
  const records = portfolio.positions
    .flatMap((position) => position.rows)
    .map((row) => [
      row.account.label,
      row.account.exchange,
      row.account.groupName ?? '',
      say('portfolio.csv_kind', { kind: row.kind }),
      row.symbol,
      say('portfolio.side', { side: row.side }),
      row.qty.toFixed(),
      amount(row.valueUsdt),
      baht ? amount(row.valueUsdt?.times(baht)) : '',
      amount(row.costUsdt),
      amount(row.unrealisedUsdt),
      amount(row.realisedUsdt),
      say('portfolio.csv_complete', { is: row.isIncomplete ? 'no' : 'yes' }),
    ]);
  const head = [
    say('portfolio.csv_account'),
    say('portfolio.csv_exchange'),
    say('portfolio.csv_group'),
    say('portfolio.csv_kind', { kind: 'head' }),
    say('portfolio.csv_symbol'),
    say('portfolio.csv_side'),
    say('portfolio.csv_qty'),
    say('portfolio.csv_value_usdt'),
    say('portfolio.csv_value_thb'),
    say('portfolio.csv_cost_usdt'),
    say('portfolio.csv_unrealised_usdt'),
    say('portfolio.csv_realised_usdt'),
    say('portfolio.csv_complete', { is: 'head' }),
  ];
  const asOf = [say('portfolio.csv_as_of'), bangkokSecond(portfolio.at)];
  return {
    name: `abtpro-portfolio-${bangkokDay(portfolio.at)}.csv`,
    mime: 'text/csv; charset=utf-8',
    content: Buffer.from(csvText([head, ...records, asOf])),
  };
}
