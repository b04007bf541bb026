/** A few hundred points that look like the whole curve. */
export interface Curve {
  /** Milliseconds UTC. */
  time: number[];
  values: number[];
}

/**
 * Thins a column to about `most` points: of each stretch its lowest and its highest in their order, so that no spike
 * and no fall is lost, and always the first and the last.
 */
export function thin(time: Float64Array, column: Float64Array, most = 600): Curve {
  const { length } = column;
  const kept: number[] = [];
  if (length <= most) for (let i = 0; i < length; i++) kept.push(i);
  else {
    const stretch = (2 * length) / most;
    kept.push(0);
    for (let from = 0; from < length; from += stretch) {
      const [low, high] = extremes(column, Math.floor(from), Math.min(length, Math.floor(from + stretch)));
      kept.push(Math.min(low, high), Math.max(low, high));
    }
    kept.push(length - 1);
  }
  const once = kept.filter((i, n) => i !== kept[n - 1] && i >= (kept[n - 1] ?? 0));
  const at = (source: Float64Array) => once.map((i) => source[i] as number); // indexes of the column itself
  return { time: at(time), values: at(column) };
}

function extremes(column: Float64Array, from: number, to: number): [low: number, high: number] {
  let [low, high] = [from, from];
  for (let i = from; i < to; i++) {
    if ((column[i] as number) < (column[low] as number)) low = i;
    if ((column[i] as number) > (column[high] as number)) high = i;
  }
  return [low, high];
}
