import type { Candles } from '../market/candles.ts';
import type { Columns, StrategyDefinition } from './definition.ts';
import type { Candle } from './desk.ts';
import type { Params } from './params.ts';

const FIRST_ROOM = 1024;

/**
 * Candles that arrive one by one, with a strategy's columns kept up beside them: what a run that is fed live decides on.
 * The arrays are replaced when they are full, so read them through this object each time.
 */
export class Stepper {
  readonly candles: GrowingCandles = new GrowingCandles();
  /** Filled with the first candle; empty for a strategy that computes nothing. */
  readonly columns: Columns;
  readonly #columns: Record<string, Float64Array> = {};
  readonly #next: (candle: Candle) => Readonly<Record<string, number>>;

  constructor(strategy: StrategyDefinition, params: Params) {
    this.columns = this.#columns;
    this.#next = strategy.stream(params);
  }

  /** Takes the next closed candle and answers its index. */
  push(candle: Candle): number {
    const index = this.candles.push(candle);
    for (const [name, value] of Object.entries(this.#next(candle))) {
      const column = withRoom(this.#columns[name] ?? new Float64Array(FIRST_ROOM), index);
      column[index] = value;
      this.#columns[name] = column;
    }
    return index;
  }
}

class GrowingCandles implements Candles {
  length = 0;
  time = new Float64Array(FIRST_ROOM);
  open = new Float64Array(FIRST_ROOM);
  high = new Float64Array(FIRST_ROOM);
  low = new Float64Array(FIRST_ROOM);
  close = new Float64Array(FIRST_ROOM);
  volume = new Float64Array(FIRST_ROOM);

  push(candle: Candle): number {
    const index = this.length++;
    this.time = written(this.time, index, candle.time);
    this.open = written(this.open, index, candle.open);
    this.high = written(this.high, index, candle.high);
    this.low = written(this.low, index, candle.low);
    this.close = written(this.close, index, candle.close);
    this.volume = written(this.volume, index, candle.volume);
    return index;
  }
}

function written(column: Float64Array<ArrayBuffer>, index: number, value: number): Float64Array<ArrayBuffer> {
  const wide = withRoom(column, index);
  wide[index] = value;
  return wide;
}

function withRoom<A extends ArrayBufferLike>(
  column: Float64Array<A>,
  index: number,
): Float64Array<A> | Float64Array<ArrayBuffer> {
  if (index < column.length) return column;
  const wider = new Float64Array(column.length * 2);
  wider.set(column);
  return wider;
}
