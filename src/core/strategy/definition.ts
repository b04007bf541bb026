import type { Candle, Desk } from './desk.ts';
import type { Indicators } from './indicators.ts';
import {
  type ParamProblem,
  type ParamRule,
  type ParamSchema,
  type Params,
  type ParamValues,
  readParams,
} from './params.ts';

export type StrategyKind = 'trend' | 'momentum' | 'reversion' | 'breakout' | 'grid' | 'accumulation';

/** What a strategy computes once for all candles: a value for each, NaN where there is none yet. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** The same, candle by candle: answers the newest value of every column. */
export type ColumnStream<C extends Columns = Columns> = (candle: Candle) => { readonly [Name in keyof C]: number };

/**
 * A strategy, built in or brought by a plugin. It is pure: what it decides at a candle follows from the candles up to it,
 * its parameters and its own state, so backtest, paper and live decide alike.
 *
 * Its words are `strategy-<name>`, `strategy-<name>-about` and `strategy-param-<parameter>`.
 */
export interface StrategyDefinition<
  S extends ParamSchema = ParamSchema,
  C extends Columns = Columns,
  State extends object = object,
> {
  readonly name: string;
  readonly kind: StrategyKind;
  readonly params: S;
  readonly rules?: readonly ParamRule[];
  /** Index of the first candle at which all columns it reads have values: the first at which it decides. */
  warmup(params: ParamValues<S>): number;
  /** How many lots it holds at once; one, when left out. */
  lots?(params: ParamValues<S>): number;
  prepare(indicators: Indicators, params: ParamValues<S>): C;
  stream(params: ParamValues<S>): ColumnStream<C>;
  /** What it remembers from candle to candle, made once for a run and changed in place. */
  state?(params: ParamValues<S>): State;
  /** Called at the close of every candle from `warmup` on. Reads columns at `desk.index` and before, never after. */
  decide(desk: Desk, columns: C, params: ParamValues<S>, state: State): void;
}

/** Hands the definition back: it is there to tie the types of its parts together. */
export function defineStrategy<const S extends ParamSchema, C extends Columns, State extends object = object>(
  definition: StrategyDefinition<S, C, State>,
): StrategyDefinition<S, C, State> {
  return definition;
}

/** What was given for a strategy, with defaults filled in and everything that is wrong named. */
export function paramsOf(definition: StrategyDefinition, given: Params): { params: Params; problems: ParamProblem[] } {
  return readParams(definition.params, definition.rules ?? [], given);
}
