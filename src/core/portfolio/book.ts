import { Decimal } from '../decimal.ts';

/** How what was paid is counted when a part is sold: the oldest first, or all at their average. */
export const costMethods = ['fifo', 'average'] as const;
export type CostMethod = (typeof costMethods)[number];

/** Something came (above zero) or went (below zero). */
export interface Change {
  readonly qty: Decimal;
  /** What was paid for it or received, never below zero but for rebates, fees included; null where nobody knows. */
  readonly value: Decimal | null;
  /** A move takes its cost along: nothing is realised. */
  readonly kind: 'trade' | 'move';
}

/** A book at one moment. Values are in the currency in which changes were given. */
export interface BookState {
  /** Below zero for what was sold short. */
  readonly qty: Decimal;
  /** What the part of known cost has cost, or brought where it was sold short. */
  readonly cost: Decimal;
  /** The part of `qty` whose cost is known, without its sign. */
  readonly knownQty: Decimal;
  readonly realised: Decimal;
  /** What went although it had never come: the history is incomplete, and nothing was realised by it. */
  readonly oversoldQty: Decimal;
  /** What was sold for an unknown price, or had an unknown cost: nothing was realised by it either. */
  readonly unknownQty: Decimal;
}

export interface Book {
  take(change: Change): void;
  state(): BookState;
}

interface Lot {
  qty: Decimal;
  /** Of all of it. */
  cost: Decimal | null;
}

const ZERO = new Decimal(0);

/**
 * Cost of what is held and profit of what was sold. First in, first out: what is sold is what came first (IAS 2,
 * paragraph 27, "FIFO"). Average: what is sold costs the weighted average of all that is held (the same, "weighted
 * average cost"). Fees are part of what was paid, and less of what was received. Where `mayBeShort`, what is sold
 * beyond what is held opens a short position, whose profit is what it brought less what buying it back costs.
 */
export function openBook(method: CostMethod, { mayBeShort = false }: { mayBeShort?: boolean } = {}): Book {
  const lots: Lot[] = [];
  let side = 1;
  let [realised, oversoldQty, unknownQty] = [ZERO, ZERO, ZERO];

  function put(qty: Decimal, cost: Decimal | null): void {
    const alike = method === 'average' ? lots.find((lot) => (lot.cost === null) === (cost === null)) : undefined;
    if (!alike) lots.push({ qty, cost });
    else {
      alike.qty = alike.qty.plus(qty);
      alike.cost = alike.cost && cost && alike.cost.plus(cost);
    }
  }

  function settle(taken: Lot, value: Decimal | null): void {
    if (taken.cost === null || value === null) unknownQty = unknownQty.plus(taken.qty);
    else realised = realised.plus(value.minus(taken.cost).times(side));
  }

  function close({ qty, value, kind }: Change): void {
    const wanted = qty.abs();
    const parts = method === 'fifo' ? takeFirst(lots, wanted) : takeEvenly(lots, wanted);
    let left = wanted;
    for (const part of parts) {
      if (kind === 'trade') settle(part, value && shareOf(value, part.qty, wanted));
      left = left.minus(part.qty);
    }
    if (left.isZero()) return;
    if (!mayBeShort) oversoldQty = oversoldQty.plus(left);
    else {
      side = -side;
      put(left, value && shareOf(value, left, wanted));
    }
  }

  return {
    take(change) {
      if (change.qty.isZero()) return;
      if (lots.length === 0 && mayBeShort) side = change.qty.isPositive() ? 1 : -1;
      if (change.qty.isPositive() === side > 0) put(change.qty.abs(), change.value);
      else close(change);
    },
    state() {
      const known = lots.filter((lot) => lot.cost !== null);
      const sum = (of: readonly Lot[], one: (lot: Lot) => Decimal) =>
        of.reduce((total, lot) => total.plus(one(lot)), ZERO);
      return {
        qty: sum(lots, (lot) => lot.qty).times(side),
        cost: sum(known, (lot) => lot.cost ?? ZERO),
        knownQty: sum(known, (lot) => lot.qty),
        realised,
        oversoldQty,
        unknownQty,
      };
    },
  };
}

/** The whole is given whole, so that nothing is lost to a division that need not be. */
const shareOf = (value: Decimal, part: Decimal, whole: Decimal): Decimal =>
  part.eq(whole) ? value : value.times(part).div(whole);

function takeFrom(lot: Lot, qty: Decimal): Lot {
  const cost = lot.cost && shareOf(lot.cost, qty, lot.qty);
  lot.cost = lot.cost && cost && lot.cost.minus(cost);
  lot.qty = lot.qty.minus(qty);
  return { qty, cost };
}

function dropEmpty(lots: Lot[]): void {
  for (let i = lots.length - 1; i >= 0; i--) if (lots[i]?.qty.isZero()) lots.splice(i, 1);
}

function takeFirst(lots: Lot[], wanted: Decimal): Lot[] {
  const parts: Lot[] = [];
  let left = wanted;
  let emptied = 0;
  for (const lot of lots) {
    if (left.isZero()) break;
    const qty = Decimal.min(lot.qty, left);
    parts.push(takeFrom(lot, qty));
    if (lot.qty.isZero()) emptied += 1;
    left = left.minus(qty);
  }
  lots.splice(0, emptied);
  return parts;
}

/** From what has a known cost and from what has none, as much of each as there is of it. */
function takeEvenly(lots: Lot[], wanted: Decimal): Lot[] {
  const all = lots.reduce((total, lot) => total.plus(lot.qty), ZERO);
  if (wanted.gte(all)) return lots.splice(0);
  let left = wanted;
  const parts = lots.map((lot, i) => {
    const qty = i === lots.length - 1 ? left : shareOf(wanted, lot.qty, all);
    left = left.minus(qty);
    return takeFrom(lot, qty);
  });
  dropEmpty(lots);
  return parts;
}
