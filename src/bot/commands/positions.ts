import type { Position } from '../../core/portfolio/aggregate.ts';
import { asAmount, asProfit, asQty } from '../../core/portfolio/format.ts';
import { readPositions } from '../../core/portfolio/portfolio.ts';
import { type CommandContext, command } from '../command.ts';
import { opaque, optional, word } from '../fields.ts';
import type { Button, Reply, Say } from '../reply.ts';
import { notesOf, scopeSay, viewOf } from './portfolio.ts';
import { decode, encode, type Shown } from './portfolioView.ts';

/** A name, how much, what it is worth and what it has earned so far. */
function line({ symbol, kind, side, qty, valueUsdt, unrealisedUsdt, isIncomplete, rows }: Position): Say {
  return [
    'positions.line',
    {
      symbol: symbol.replace(/:USDT$/, ''), // in what nearly all are settled: fifty lines have to fit into a message
      kind: kind === 'spot' && side === 'short' ? 'borrowed' : kind,
      side,
      qty: asQty(qty),
      value: valueUsdt ? asAmount(valueUsdt) : '?',
      profit: unrealisedUsdt ? `${asProfit(unrealisedUsdt)}${isIncomplete ? '*' : ''}` : '–',
      accounts: rows.length,
    },
  ];
}

async function positionsReply(ctx: CommandContext, view: Shown): Promise<Reply> {
  const { by, realm, scope, page: wanted, fresh } = view;
  const found = await readPositions(ctx, { userId: ctx.user.id, by, realm, scope, page: wanted, fresh });
  const { portfolio, items, page, pages, total } = found;
  const at = (change: Partial<Shown>) => encode({ ...view, fresh: false, page, ...change });
  const paging: Button[] = [
    ...(page > 1 ? [{ say: ['positions.previous'] as const, does: 'pos', on: at({ page: page - 1 }) }] : []),
    ...(page < pages ? [{ say: ['positions.next'] as const, does: 'pos', on: at({ page: page + 1 }) }] : []),
  ];
  return {
    title: ['positions.title', { realm: portfolio.realm }],
    say: [
      ...scopeSay(portfolio),
      ...(items.length > 0 ? items.map(line) : [['positions.none'] as const]),
      ...(pages > 1 ? [['positions.page', { page, pages, total }] as const] : []),
      ...notesOf(portfolio),
    ],
    buttons: [
      ...(paging.length > 0 ? [paging] : []),
      [
        { say: ['portfolio.refresh'], does: 'pos', on: at({ fresh: true }) },
        { say: ['button.csv'], does: 'pf.csv', on: at({ page: 1 }) },
        { say: ['portfolio.button'], does: 'pf', on: at({ page: 1 }) },
      ],
    ],
    sensitive: true,
  };
}

export const positions = command({
  name: 'positions',
  audience: 'private',
  args: {
    account: optional(
      word({ name: 'account', label: ['field.portfolio_account'], hint: ['field.portfolio_account_hint'] }),
    ),
  },
  run: async (ctx, { account }) => positionsReply(ctx, await viewOf(ctx, account)),
});

export const positionsView = command({
  name: 'pos',
  audience: 'private',
  hidden: true,
  args: { view: opaque() },
  run: (ctx, { view }) => positionsReply(ctx, decode(view)),
});
