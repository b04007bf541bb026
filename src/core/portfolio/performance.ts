import { maxDrawdown } from '../backtest/equity.ts';
import { sharpe, sortino } from '../backtest/ratios.ts';
import { Decimal } from '../decimal.ts';
import { type DayReturn, dayReturns, type Point } from './returns.ts';
import { expectedShortfall, leastForTail, valueAtRisk } from './risk.ts';

/** A figure, or how many days there are of how many that it takes. */
export type Figure = { readonly value: number } | { readonly have: number; readonly need: number };

export interface Performance {
  readonly fromAt: Date;
  readonly toAt: Date;
  /** Worth at the end less worth at the beginning less what came from outside. */
  readonly profitUsdt: Decimal;
  readonly flowUsdt: Decimal;
  /** Daily returns there are. */
  readonly days: number;
  readonly partial: number;
  readonly returnRate: Figure;
  readonly maxDrawdown: Figure;
  readonly sharpe: Figure;
  readonly sortino: Figure;
  /** Of one day, as fractions of what there is. */
  readonly var95: Figure;
  readonly var99: Figure;
  readonly shortfall95: Figure;
  readonly shortfall99: Figure;
}

/** Below this, ratios of returns to their spread say more about luck than about anything else. */
const LEAST_FOR_RATIOS = 20;

/**
 * Time-weighted return: the daily returns linked, Π(1 + r) - 1, so that deposits and withdrawals count for nothing (GIPS
 * 2020, 2.A.32, with the modified Dietz method for each day). Drawdown is that of the linked index: money taken out is no
 * fall. Ratios take days of full length alone. Null without two snapshots.
 */
export function performanceOf(points: readonly Point[]): Performance | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return null;
  const returns = dayReturns(points);
  const daily = Float64Array.from(returns.filter(({ spans }) => spans === 1).map(({ rate }) => rate));
  const flowUsdt = points.slice(1).reduce((sum, point) => sum.plus(point.flowUsdt), new Decimal(0));
  const ratio = (of: (daily: Float64Array) => number | null) => enough(daily.length, LEAST_FOR_RATIOS, () => of(daily));
  const tail = (level: 95 | 99, of: typeof valueAtRisk) =>
    enough(daily.length, leastForTail(level), () => of(daily, level));
  return {
    fromAt: first.at,
    toAt: last.at,
    profitUsdt: last.valueUsdt.minus(first.valueUsdt).minus(flowUsdt),
    flowUsdt,
    days: daily.length,
    partial: points.filter((point) => point.isPartial).length,
    returnRate: enough(returns.length, 1, () => returns.reduce((product, { rate }) => product * (1 + rate), 1) - 1),
    maxDrawdown: enough(returns.length, 2, () => fallOf(first.at, returns)),
    sharpe: ratio(sharpe),
    sortino: ratio(sortino),
    var95: tail(95, valueAtRisk),
    var99: tail(99, valueAtRisk),
    shortfall95: tail(95, expectedShortfall),
    shortfall99: tail(99, expectedShortfall),
  };
}

function enough(have: number, need: number, of: () => number | null): Figure {
  const value = have < need ? null : of();
  return value === null ? { have, need } : { value };
}

/** Maximum drawdown (Magdon-Ismail and Atiya, 2004) of the index that the returns make; see `backtest/equity.ts`. */
function fallOf(from: Date, returns: readonly DayReturn[]): number {
  let index = 1;
  const equity = [1, ...returns.map(({ rate }) => (index *= 1 + rate))];
  const time = [from.getTime(), ...returns.map(({ endAt }) => endAt.getTime())];
  return maxDrawdown(Float64Array.from(equity), Float64Array.from(time), 1).depth;
}
