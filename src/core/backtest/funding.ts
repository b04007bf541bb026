/** Funding rates as columns, oldest first: when each was due, in milliseconds UTC, and what a long position pays. */
export interface FundingRates {
  readonly length: number;
  readonly time: Float64Array;
  readonly rate: Float64Array;
}

/** Exchanges stamp funding a few milliseconds late: within this of an open it belongs to the open. */
export const FUNDING_JITTER_MS = 1000;

/** Adds up rates as time goes by. */
export class FundingClock {
  readonly #rates: FundingRates;
  #next = 0;

  constructor(rates: FundingRates) {
    this.#rates = rates;
  }

  /** The sum of the rates that came due before this moment and were not asked for yet; 0 for none. */
  dueBefore(time: number): number {
    const { rate, length } = this.#rates;
    let sum = 0;
    while (this.#next < length && (this.#rates.time[this.#next] as number) < time) {
      sum += rate[this.#next] as number; // next is below the length
      this.#next += 1;
    }
    return sum;
  }
}
