import type { Candles } from '../market/candles.ts';
import type { Columns, StrategyDefinition } from '../strategy/definition.ts';
import type { Params } from '../strategy/params.ts';
import { Account } from './account.ts';
import { fillAtOpen, touches, workBar } from './bar.ts';
import { Broker, type Recorder } from './broker.ts';
import { FUNDING_JITTER_MS, FundingClock, type FundingRates } from './funding.ts';
import type { RunSettings } from './settings.ts';
import { exitReasons, TradeLog } from './trades.ts';

const END = exitReasons.indexOf('end');

export interface SimulationParts {
  readonly strategy: StrategyDefinition;
  readonly params: Params;
  readonly settings: RunSettings;
  readonly candles: Candles;
  readonly columns: Columns;
  /** How long a candle lasts. */
  readonly stepMs: number;
  /** Where equity at every close is written; one long enough for all candles. */
  readonly equity: Float64Array;
  /** Where closed trades are written; emptied first. */
  readonly trades?: TradeLog | undefined;
  readonly funding?: FundingRates | undefined;
  /** Finer candles of the same market: they decide what happened first inside a candle. */
  readonly detail?: Candles | undefined;
  readonly record?: Recorder | undefined;
}

/**
 * One strategy trading one market, candle after candle. The order within a candle: funding that was due at its open is
 * paid by what was held until then; orders given at the close before fill at the open; what happens inside; funding that
 * was due inside is paid by what is still held; equity is taken at the close; the strategy decides.
 */
export class Simulation {
  readonly broker: Broker;
  readonly account: Account;
  readonly equity: Float64Array;
  /** Candles during which something was held, if only for a part. */
  candlesHeld = 0;
  /** The first candle at which it decides. */
  readonly firstIndex: number;
  readonly #strategy: StrategyDefinition;
  readonly #params: Params;
  readonly #state: object;
  readonly #candles: Candles;
  readonly #columns: Columns;
  readonly #stepMs: number;
  readonly #funding: FundingClock | undefined;
  readonly #detail: Candles | undefined;
  #detailAt = 0;

  constructor(parts: SimulationParts) {
    const { strategy, params, settings, candles } = parts;
    this.account = new Account(settings, parts.trades ?? new TradeLog());
    this.broker = new Broker(this.account, candles, strategy.lots?.(params) ?? 1, parts.record);
    this.equity = parts.equity;
    this.#strategy = strategy;
    this.#params = params;
    this.#state = strategy.state?.(params) ?? {};
    this.#candles = candles;
    this.#columns = parts.columns;
    this.firstIndex = Math.max(settings.firstIndex, strategy.warmup(params));
    this.#stepMs = parts.stepMs;
    this.#funding = parts.funding && new FundingClock(parts.funding);
    this.#detail = parts.detail;
  }

  /** Works through candle `i`. Candles come in order, each once. */
  step(i: number): void {
    const { broker, account } = this;
    account.moment.index = i;
    account.moment.time = this.#candles.time[i] as number; // i is inside
    if (this.#funding) this.#payFunding(account.moment.time + FUNDING_JITTER_MS, this.#candles.open, i);
    if (broker.market.count > 0) fillAtOpen(broker, this.#candles, i);
    const fills = account.fills;
    const held = account.count > 0;
    if (held || broker.waiting.count > 0) {
      if (this.#detail && (account.trailing || touches(broker, this.#candles, i))) this.#workDetail(this.#detail, i);
      else workBar(broker, this.#candles, i, i);
      if (broker.waiting.count > 0) broker.sweep(i);
    }
    if (this.#funding) this.#payFunding(account.moment.time + this.#stepMs - FUNDING_JITTER_MS, this.#candles.close, i);
    if (held || account.fills !== fills) this.candlesHeld += 1;
    this.equity[i] = account.cash + account.qty * (this.#candles.close[i] as number); // i is inside
    if (i < this.firstIndex) return;
    broker.index = i;
    broker.candle.index = i;
    this.#strategy.decide(broker, this.#columns, this.#params, this.#state);
    broker.changed = false;
  }

  /** Closes what is open at the close of the last candle. */
  closeAtEnd(i: number): void {
    const { account } = this;
    const close = this.#candles.close[i] as number; // i is inside
    while (account.count > 0) account.close(0, 1, close, account.settings.slippageRate, END);
    this.equity[i] = account.cash;
  }

  #payFunding(time: number, prices: Float64Array, i: number): void {
    const rate = this.#funding?.dueBefore(time) ?? 0;
    if (rate !== 0 && this.account.count > 0) this.account.payFunding(rate, prices[i] as number); // i is inside
  }

  /** The finer candles of candle `i`, one after the other; the candle itself where there are none. */
  #workDetail(detail: Candles, i: number): void {
    const { broker, account } = this;
    const begins = account.moment.time;
    const ends = begins + this.#stepMs;
    while (this.#detailAt < detail.length && (detail.time[this.#detailAt] as number) < begins) this.#detailAt += 1;
    let worked = false;
    while (this.#detailAt < detail.length && (detail.time[this.#detailAt] as number) < ends) {
      account.moment.time = detail.time[this.#detailAt] as number; // it is inside
      workBar(broker, detail, this.#detailAt, i);
      this.#detailAt += 1;
      worked = true;
    }
    account.moment.time = begins;
    if (!worked) workBar(broker, this.#candles, i, i);
  }
}
