import { Decimal, type DecimalText } from '../decimal.ts';

/** What one unit of the base cost in the quote, by whom and when. */
export interface Rate {
  readonly source: string;
  readonly base: string;
  readonly quote: string;
  readonly price: DecimalText;
  readonly at: Date;
}

/** The operators' own rate: it stands in where no market has one. */
export const HOUSE = 'house';

/** Coins and currencies that a price may go through, in the order in which they are tried. */
export const bridges = ['USDT', 'USD', 'USDC', 'BTC', 'ETH', 'BNB', 'FDUSD', 'EUR', 'THB'] as const;

/** A price goes through two bridges at most. */
const MOST_STEPS = 3;

export interface Step {
  readonly from: string;
  readonly to: string;
  readonly rate: Rate;
  /** The rate was turned over: one divided by its price. */
  readonly isInverse: boolean;
  readonly isStale: boolean;
}

/** What one unit of `from` is worth in `to`, and how that is known. */
export interface Quoted {
  readonly from: string;
  readonly to: string;
  readonly price: Decimal;
  readonly steps: readonly Step[];
  /** When the oldest rate on the way was given; null for an asset in itself. */
  readonly at: Date | null;
  readonly isStale: boolean;
}

export interface Prices {
  /** Null where no way leads from the one to the other. */
  quote(from: string, to: string): Quoted | null;
}

interface Ages {
  readonly now: Date;
  readonly staleMs: number;
  readonly houseStaleMs: number;
}

const ONE = new Decimal(1);

/**
 * A graph of prices. Two rules say which way is taken, so that the same rates always give the same price:
 *
 * 1. Of the rates between two assets, in either direction: a fresh one before a stale one, a market's before the house's,
 *    the youngest, a direct one before an inverse one, and last the first source by name.
 * 2. Of the ways over at most two bridges: one that is fresh all along before any other, one without the house before one
 *    with it, the shortest, the one whose oldest rate is youngest, and last the first by the names on it.
 */
export function priceGraph(rates: Iterable<Rate>, ages: Ages): Prices {
  const edges = new Map<string, Map<string, Step>>();
  for (const rate of rates) {
    if (rate.base === rate.quote || !new Decimal(rate.price).gt(0)) continue;
    const isStale = isStaleRate(rate, ages);
    keepBetter(edges, { from: rate.base, to: rate.quote, rate, isInverse: false, isStale });
    keepBetter(edges, { from: rate.quote, to: rate.base, rate, isInverse: true, isStale });
  }
  const known = new Map<string, Quoted | null>();
  return {
    quote(from, to) {
      const key = `${from}>${to}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const quoted = from === to ? itself(from) : bestWay(edges, from, to);
      known.set(key, quoted);
      return quoted;
    },
  };
}

const isStaleRate = ({ source, at }: Rate, { now, staleMs, houseStaleMs }: Ages) =>
  now.getTime() - at.getTime() > (source === HOUSE ? houseStaleMs : staleMs);

const itself = (asset: string): Quoted => ({ from: asset, to: asset, price: ONE, steps: [], at: null, isStale: false });

function keepBetter(edges: Map<string, Map<string, Step>>, step: Step): void {
  const from = edges.get(step.from) ?? new Map<string, Step>();
  edges.set(step.from, from);
  const before = from.get(step.to);
  if (!before || isBetterStep(step, before)) from.set(step.to, step);
}

const isHouse = (step: Step) => step.rate.source === HOUSE;

function isBetterStep(a: Step, b: Step): boolean {
  if (a.isStale !== b.isStale) return b.isStale;
  if (isHouse(a) !== isHouse(b)) return isHouse(b);
  const younger = a.rate.at.getTime() - b.rate.at.getTime();
  if (younger !== 0) return younger > 0;
  if (a.isInverse !== b.isInverse) return b.isInverse;
  return a.rate.source < b.rate.source;
}

/** All ways are looked at: there are few bridges, and an answer is kept. */
function bestWay(edges: Map<string, Map<string, Step>>, from: string, to: string): Quoted | null {
  let best: readonly Step[] | null = null;
  const walk = (at: string, steps: readonly Step[]): void => {
    const direct = edges.get(at)?.get(to);
    if (direct && (best === null || isBetterWay([...steps, direct], best))) best = [...steps, direct];
    if (steps.length + 1 >= MOST_STEPS) return;
    for (const bridge of bridges) {
      const step = edges.get(at)?.get(bridge);
      if (step && bridge !== to && bridge !== from && steps.every((taken) => taken.to !== bridge))
        walk(bridge, [...steps, step]);
    }
  };
  walk(from, []);
  return best === null ? null : quotedOver(from, to, best);
}

const oldest = (steps: readonly Step[]) => Math.min(...steps.map((step) => step.rate.at.getTime()));
const named = (steps: readonly Step[]) => steps.map((step) => step.to).join('>');

function isBetterWay(a: readonly Step[], b: readonly Step[]): boolean {
  const [stale, otherStale] = [a.some((step) => step.isStale), b.some((step) => step.isStale)];
  if (stale !== otherStale) return otherStale;
  const [house, otherHouse] = [a.some(isHouse), b.some(isHouse)];
  if (house !== otherHouse) return otherHouse;
  if (a.length !== b.length) return a.length < b.length;
  const younger = oldest(a) - oldest(b);
  return younger === 0 ? named(a) < named(b) : younger > 0;
}

/** What is divided is divided once, at the end, so that going there and back loses nothing that anybody could see. */
function quotedOver(from: string, to: string, steps: readonly Step[]): Quoted {
  let [above, below] = [ONE, ONE];
  for (const { rate, isInverse } of steps) {
    if (isInverse) below = below.times(rate.price);
    else above = above.times(rate.price);
  }
  const isStale = steps.some((step) => step.isStale);
  return { from, to, price: above.div(below), steps, at: new Date(oldest(steps)), isStale };
}
