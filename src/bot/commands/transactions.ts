import { bangkokDay, bangkokDayStart, days, later } from '../../core/clock.ts';
import type { TransferKind } from '../../core/money/tables.ts';
import {
  allTransactions,
  listTransactions,
  type Transaction,
  type TransactionFilter,
  type TransactionStatus,
  transactionStatuses,
} from '../../core/money/transactions.ts';
import { type CommandContext, command } from '../command.ts';
import { day, oneOf, opaque, optional } from '../fields.ts';
import { transactionsFile } from '../files/transactionsCsv.ts';
import type { Button, Reply, Say } from '../reply.ts';

const PAGE = 8;
const kinds = [
  'topup',
  'rent',
  'rent_credit',
  'refund',
  'repay',
  'match',
  'adjust',
] as const satisfies readonly TransferKind[];
type Kind = (typeof kinds)[number];

/** What a page of the list shows. It travels in buttons, so it is written as short text. */
interface View {
  kind: Kind | undefined;
  status: TransactionStatus | undefined;
  /** Bangkok days, both included. */
  from: string | undefined;
  to: string | undefined;
  page: number;
}

const everything: View = { kind: undefined, status: undefined, from: undefined, to: undefined, page: 1 };

function encode(view: View): string {
  const short = (day: string) => day.replaceAll('-', '');
  const parts = [
    view.kind && `k=${view.kind}`,
    view.status && `s=${view.status}`,
    view.from && `f=${short(view.from)}`,
    view.to && `t=${short(view.to)}`,
    view.page > 1 && `n=${view.page}`,
  ];
  return parts.filter(Boolean).join(';') || 'all';
}

function decode(text: string): View {
  const parts = new Map(text.split(';').map((part) => part.split('=', 2) as [string, string | undefined]));
  const long = (day: string | undefined) => {
    const match = /^(\d{4})(\d{2})(\d{2})$/.exec(day ?? '');
    const full = match ? `${match[1]}-${match[2]}-${match[3]}` : '';
    return bangkokDayStart(full) ? full : undefined;
  };
  const page = Number(parts.get('n') ?? 1);
  return {
    kind: kinds.find((kind) => kind === parts.get('k')),
    status: transactionStatuses.find((status) => status === parts.get('s')),
    from: long(parts.get('f')),
    to: long(parts.get('t')),
    page: Number.isSafeInteger(page) && page > 0 && page < 1e6 ? page : 1,
  };
}

function filterOf(view: View): TransactionFilter {
  const from = view.from && bangkokDayStart(view.from);
  const last = view.to && bangkokDayStart(view.to);
  return {
    ...(view.kind ? { kind: view.kind } : {}),
    ...(view.status ? { status: view.status } : {}),
    ...(from ? { from } : {}),
    ...(last ? { until: later(last, days(1)) } : {}),
  };
}

const hasReceipt = (row: Transaction) =>
  (row.kind === 'topup' || row.kind === 'match') && row.status === 'done' && row.topupId !== null;

function line(row: Transaction): Say {
  const { at, amountSatang } = row;
  if (row.topupStatus) return [`tx.line_topup_${row.topupStatus}`, { at, amountSatang }];
  return [
    `tx.line_${row.kind}`,
    { at, amountSatang: amountSatang < 0n ? -amountSatang : amountSatang, sign: amountSatang < 0n ? '−' : '+' },
  ];
}

function describeView(view: View): Say[] {
  const says: Say[] = [];
  if (view.kind) says.push([`tx.only_kind_${view.kind}`]);
  if (view.status) says.push([`tx.only_status_${view.status}`]);
  const [from, to] = [view.from && bangkokDayStart(view.from), view.to && bangkokDayStart(view.to)];
  if (from) says.push(['tx.only_from', { from }]);
  if (to) says.push(['tx.only_to', { to }]);
  return says;
}

async function listReply(ctx: CommandContext, view: View): Promise<Reply> {
  const list = await listTransactions(ctx, {
    userId: ctx.user.id,
    filter: filterOf(view),
    page: view.page,
    limit: PAGE,
  });
  const at = (page: number) => encode({ ...view, page });
  const paging: Button[] = [
    ...(list.page > 1 ? [{ say: ['button.previous'] as const, does: 'tx', on: at(list.page - 1) }] : []),
    ...(list.page < list.pages ? [{ say: ['button.next'] as const, does: 'tx', on: at(list.page + 1) }] : []),
  ];
  const exporting: Button[] = list.total > 0 ? [{ say: ['button.csv'], does: 'tx.csv', on: at(1) }] : [];
  const narrowed = describeView(view);
  return {
    title: ['tx.title'],
    say: [
      ...narrowed,
      ...(list.items.length > 0
        ? list.items.map(line)
        : [[narrowed.length > 0 ? 'tx.none_match' : 'tx.none'] as const]),
      ...(list.total > 0 ? [['tx.page', { page: list.page, pages: list.pages, total: list.total }] as const] : []),
    ],
    buttons: [
      ...(paging.length > 0 ? [paging] : []),
      [{ say: ['button.filter'], does: 'tx.filter', on: at(1) }, ...exporting],
      ...(list.items.some(hasReceipt)
        ? [[{ say: ['button.receipts'] as const, does: 'tx.receipts', on: at(list.page) }]]
        : []),
      [
        { say: ['button.wallet'], does: 'wallet' },
        { say: ['button.menu'], does: 'menu' },
      ],
    ],
    sensitive: true,
  };
}

const fromField = day({ name: 'from', label: ['field.from_day'], hint: ['field.day_hint'] });
const toField = day({ name: 'to', label: ['field.to_day'], hint: ['field.day_hint'] });

export const transactions = command({
  name: 'transactions',
  audience: 'private',
  args: {
    kind: optional(
      oneOf({
        name: 'kind',
        label: ['field.kind'],
        hint: ['field.kind_hint'],
        choices: kinds.map((value) => ({ say: [`tx.kind_${value}`], value })),
      }),
    ),
    status: optional(
      oneOf({
        name: 'status',
        label: ['field.status'],
        hint: ['field.status_hint'],
        choices: transactionStatuses.map((value) => ({ say: [`tx.status_${value}`], value })),
      }),
    ),
    from: optional(fromField),
    to: optional(toField),
  },
  run: (ctx, { kind, status, from, to }) =>
    listReply(ctx, { kind, status, from: from && bangkokDay(from), to: to && bangkokDay(to), page: 1 }),
});

/** A page of the list, as a button remembers it. */
export const transactionsView = command({
  name: 'tx',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  run: (ctx, { view }) => listReply(ctx, decode(view)),
});

export const transactionsFilter = command({
  name: 'tx.filter',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  async run(ctx, { view }) {
    const now = { ...decode(view), page: 1 };
    const today = ctx.clock.now();
    const choose = (say: Say, change: Partial<View>): Button => ({
      say,
      does: 'tx',
      on: encode({ ...now, ...change }),
    });
    const since = (n: number) => ({ from: bangkokDay(later(today, -days(n - 1))), to: bangkokDay(today) });
    return {
      title: ['tx.filter_title'],
      say: describeView(now).length > 0 ? describeView(now) : ['tx.everything'],
      buttons: [
        kinds.slice(0, 3).map((kind) => choose([`tx.kind_${kind}`], { kind })),
        kinds.slice(3, 5).map((kind) => choose([`tx.kind_${kind}`], { kind })),
        [
          ...kinds.slice(5).map((kind) => choose([`tx.kind_${kind}`], { kind })),
          choose(['tx.any_kind'], { kind: undefined }),
        ],
        [
          ...transactionStatuses.map((status) => choose([`tx.status_${status}`], { status })),
          choose(['tx.any_status'], { status: undefined }),
        ],
        [
          choose(['tx.today'], since(1)),
          choose(['tx.last_7_days'], since(7)),
          choose(['tx.last_30_days'], since(30)),
          choose(['tx.any_day'], { from: undefined, to: undefined }),
        ],
        [
          { say: ['button.dates'], does: 'tx.dates' },
          { say: ['button.all'], does: 'tx', on: encode(everything) },
        ],
      ],
      sensitive: true,
    };
  },
});

/** The receipts of the top-ups on one page of the list. */
export const transactionsReceipts = command({
  name: 'tx.receipts',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  async run(ctx, { view }) {
    const shown = decode(view);
    const list = await listTransactions(ctx, {
      userId: ctx.user.id,
      filter: filterOf(shown),
      page: shown.page,
      limit: PAGE,
    });
    const paid = list.items.filter(hasReceipt);
    const once = paid.filter((row, i) => paid.findIndex((other) => other.topupId === row.topupId) === i);
    return {
      title: ['tx.receipts_title'],
      say: [once.length > 0 ? 'tx.receipts_note' : 'tx.none_match'],
      buttons: [
        ...once.map((row): Button[] => [
          {
            say: ['tx.receipt_of', { at: row.at, amountSatang: row.amountSatang }],
            does: 'receipt',
            on: row.topupId ?? '',
          },
        ]),
        [{ say: ['button.transactions'], does: 'tx', on: encode(shown) }],
      ],
      sensitive: true,
    };
  },
});

export const transactionsDates = command({
  name: 'tx.dates',
  audience: 'private',
  hidden: true,
  args: { from: fromField, to: toField },
  run: (ctx, { from, to }) => listReply(ctx, { ...everything, from: bangkokDay(from), to: bangkokDay(to) }),
});

export const transactionsCsv = command({
  name: 'tx.csv',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  async run(ctx, { view }) {
    const rows: Transaction[] = [];
    for await (const row of allTransactions(ctx, { userId: ctx.user.id, filter: filterOf(decode(view)) }))
      rows.push(row);
    if (rows.length === 0) return { toast: ['tx.none_match'], sensitive: true };
    return {
      say: ['tx.exported', { count: rows.length }],
      file: transactionsFile(ctx.language, rows, ctx.clock.now()),
      sensitive: true,
      fresh: true,
    };
  },
});
