import { Decimal } from '../decimal.ts';
import { isCash } from './cash.ts';
import { type HeldAccount, type Row, sum, type Valuation } from './valuation.ts';

/** By what a portfolio is taken apart. */
export const groupings = ['account', 'exchange', 'group'] as const;
export type Grouping = (typeof groupings)[number];

/** One part of a portfolio: an account, all accounts of an exchange, or a group of them. */
export interface Part {
  /** Of an account its id; the group of accounts without one has the empty key. */
  readonly key: string;
  readonly label: string;
  readonly accountIds: readonly string[];
  readonly equityUsdt: Decimal;
  readonly unrealisedUsdt: Decimal;
  readonly realisedUsdt: Decimal;
}

/** Which accounts a view is about. */
export interface Scope {
  readonly by: Grouping;
  readonly key: string;
}

const keyOf = (account: HeldAccount, by: Grouping): string =>
  ({ account: account.id, exchange: account.exchange, group: account.groupName ?? '' })[by];

export const isWithin = (account: HeldAccount, scope: Scope | undefined): boolean =>
  scope === undefined || keyOf(account, scope.by) === scope.key;

/** The parts of a portfolio, the most valuable first. */
export function partsOf(valuations: readonly Valuation[], by: Grouping): Part[] {
  return [...Map.groupBy(valuations, ({ account }) => keyOf(account, by))]
    .map(([key, of]) => ({
      key,
      label: by === 'account' ? (of[0]?.account.label ?? key) : key,
      accountIds: of.map(({ account }) => account.id),
      equityUsdt: sum(of.map((one) => one.equityUsdt)),
      unrealisedUsdt: sum(of.map((one) => one.unrealisedUsdt)),
      realisedUsdt: sum(of.map((one) => one.realisedUsdt)),
    }))
    .sort((a, b) => b.equityUsdt.cmp(a.equityUsdt) || (a.key < b.key ? -1 : 1));
}

/** The same asset or position in all accounts that have it. */
export interface Position {
  readonly key: string;
  readonly kind: Row['kind'];
  readonly asset: string;
  readonly symbol: string;
  readonly side: Row['side'];
  readonly qty: Decimal;
  readonly valueUsdt: Decimal | null;
  readonly costUsdt: Decimal | null;
  readonly unrealisedUsdt: Decimal | null;
  readonly realisedUsdt: Decimal;
  readonly isIncomplete: boolean;
  readonly rows: readonly Row[];
}

const positionKey = (row: Row) => `${row.kind}:${row.symbol}:${row.side}`;

/** Null only where nobody knows any: a part that is unknown is left out of a sum and said by `isIncomplete`. */
const known = (values: readonly (Decimal | null)[]) => (values.every((value) => value === null) ? null : sum(values));

/** Rows put together across accounts, the most valuable first; what has no rate comes last. */
export function positionsOf(rows: readonly Row[]): Position[] {
  return [...Map.groupBy(rows, positionKey)]
    .map(([key, of]) => {
      const [first] = of as [Row, ...Row[]]; // a group has a member
      const { kind, asset, symbol, side } = first;
      return {
        key,
        kind,
        asset,
        symbol,
        side,
        qty: sum(of.map((row) => row.qty)),
        valueUsdt: known(of.map((row) => row.valueUsdt)),
        costUsdt: known(of.map((row) => row.costUsdt)),
        unrealisedUsdt: known(of.map((row) => row.unrealisedUsdt)),
        realisedUsdt: realisedOf(of),
        isIncomplete: of.some((row) => row.isIncomplete),
        rows: of,
      };
    })
    .sort((a, b) => (b.valueUsdt ?? NONE).cmp(a.valueUsdt ?? NONE) || (a.key < b.key ? -1 : 1));
}

const NONE = new Decimal(-1);

/** A book is of a symbol in an account, whichever side is open. */
const realisedOf = (rows: readonly Row[]) =>
  sum([...new Map(rows.map((row) => [`${row.account.id} ${row.symbol}`, row.realisedUsdt])).values()]);

/** What is held is apart from what is worth so little that it only takes room. Positions are never dust. */
export function withoutDust(
  positions: readonly Position[],
  belowUsdt: Decimal,
): { shown: Position[]; dust: { count: number; valueUsdt: Decimal } } {
  const isDust = ({ kind, valueUsdt }: Position) => kind === 'spot' && valueUsdt !== null && valueUsdt.lt(belowUsdt);
  const dust = positions.filter(isDust);
  return {
    shown: positions.filter((position) => !isDust(position)),
    dust: { count: dust.length, valueUsdt: sum(dust.map((position) => position.valueUsdt)) },
  };
}

export interface Exposure {
  readonly longUsdt: Decimal;
  readonly shortUsdt: Decimal;
  /** Long less short: what a move of all prices moves. */
  readonly netUsdt: Decimal;
  /** Long and short together: what is at work. */
  readonly grossUsdt: Decimal;
}

/** What moves with prices: coins held or borrowed, and open positions at their full size. Money is no exposure. */
export function exposureOf(rows: readonly Row[]): Exposure {
  const moving = rows.filter((row) => row.kind === 'futures' || !isCash(row.asset));
  const of = (side: Row['side']) => sum(moving.filter((row) => row.side === side).map((row) => row.valueUsdt));
  const [longUsdt, shortUsdt] = [of('long'), of('short')];
  return { longUsdt, shortUsdt, netUsdt: longUsdt.minus(shortUsdt), grossUsdt: longUsdt.plus(shortUsdt) };
}

/** Share of the equity that is bound in orders or as margin; null where there is no equity. */
export function utilisationOf(valuations: readonly Valuation[]): number | null {
  const equity = sum(valuations.map((one) => one.equityUsdt));
  return equity.gt(0)
    ? sum(valuations.map((one) => one.usedUsdt))
        .div(equity)
        .toNumber()
    : null;
}
