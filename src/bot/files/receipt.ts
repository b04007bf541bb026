import { bahtDecimal, formatBaht } from '../../core/amount.ts';
import type { Receipt } from '../../core/money/receipt.ts';
import { escapeHtml } from '../../core/text/html.ts';
import { formatAt, type Language, translate } from '../../core/text/text.ts';
import type { Reply } from '../reply.ts';

const STYLE = `
body{font:16px/1.6 "Noto Sans Thai","Sarabun",system-ui,sans-serif;color:#1d2733;max-width:38rem;margin:2rem auto;padding:0 1.25rem}
h1{font-size:1.4rem;margin:0 0 .25rem}
.issuer,.footer{color:#566;white-space:pre-line;margin:0 0 1.5rem}
table{width:100%;border-collapse:collapse;margin:1rem 0}
th,td{text-align:left;padding:.45rem 0;border-bottom:1px solid #dde3e8;vertical-align:top;font-weight:400}
td:last-child{text-align:right;font-variant-numeric:tabular-nums}
tr.total th,tr.total td{font-weight:700;border-bottom:2px solid #1d2733}
.note{color:#566;font-size:.85rem}
@media print{body{margin:0 auto}}`;

/** A receipt as one page that opens anywhere and prints well. Everything a person typed is escaped. */
export function receiptFile(language: Language, receipt: Receipt, printedAt: Date): NonNullable<Reply['file']> {
  const say = (key: string, params = {}) => escapeHtml(translate(language, `receipt.${key}`, params));
  const row = (label: string, value: string, kind = '') =>
    `<tr${kind}><th>${label}</th><td>${escapeHtml(value)}</td></tr>`;
  const { issuer, vat } = receipt;
  const lines = [
    row(say('number'), receipt.reference),
    row(say('received_from'), receipt.receivedFrom),
    ...receipt.payments.flatMap((paid) => [
      row(say('paid_at'), formatAt(language, paid.paidAt)),
      row(say('payment', { chargeId: paid.chargeId }), formatBaht(paid.amountSatang)),
      ...(paid.refundedSatang > 0n ? [row(say('refunded'), formatBaht(-paid.refundedSatang))] : []),
    ]),
    ...(vat
      ? [
          row(say('base'), formatBaht(vat.baseSatang)),
          row(say('vat', { percent: vat.percent }), formatBaht(vat.vatSatang)),
        ]
      : []),
    row(say('total'), formatBaht(receipt.totalSatang), ' class="total"'),
  ];
  const taxId = issuer.taxId ? `\n${translate(language, 'receipt.tax_id', { taxId: issuer.taxId })}` : '';
  const footer = receipt.footer[language];
  const html = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${say('title')} ${escapeHtml(receipt.reference)}</title><style>${STYLE}</style></head>
<body><h1>${say('title')}</h1>
<p class="issuer">${escapeHtml(`${issuer.name}${issuer.address ? `\n${issuer.address}` : ''}${taxId}`)}</p>
<table>${lines.join('')}</table>
${footer ? `<p class="footer">${escapeHtml(footer)}</p>\n` : ''}<p class="note">${say('printed', { at: printedAt })}</p></body></html>`;
  return {
    name: `receipt-${receipt.reference}-${bahtDecimal(receipt.totalSatang)}.html`,
    mime: 'text/html; charset=utf-8',
    content: Buffer.from(html),
  };
}
