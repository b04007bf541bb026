/** What looks like a misspelt name of ours, one readable line each. */
export function spellingHints(given: readonly string[], knownNames: readonly string[]): string[] {
  const strange = given.filter((name) => !knownNames.includes(name));
  return strange.flatMap((name) => {
    const meant = knownNames.find((known) => !given.includes(known) && looksLike(name, known));
    return meant ? [`${name} is not a name we know; did you mean ${meant}?`] : [];
  });
}

/** The name that was probably meant: one that differs by a slip of the hand, else one that holds the given name. */
export function nearestName(given: string, knownNames: readonly string[]): string | undefined {
  const part = bare(given);
  return (
    knownNames.find((known) => looksLike(given, known)) ??
    (part.length >= 3 ? knownNames.find((known) => bare(known).includes(part)) : undefined)
  );
}

const bare = (name: string) => name.toUpperCase().replaceAll(/[_-]/g, '');

/** Short names keep a short distance: HOME is not a misspelt HOST. */
function looksLike(name: string, known: string): boolean {
  if (bare(name) === bare(known)) return true;
  return editDistance(name.toUpperCase(), known.toUpperCase()) <= (known.length <= 5 ? 1 : 2);
}

/**
 * Letters to change, add, leave out or swap with their neighbour (Damerau and Levenshtein, restricted). Names that differ
 * a lot in length are called far without counting.
 */
export function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let k = 0; k < other.length; k++) {
      const change = (row[k] ?? 0) + (one[i] === other[k] ? 0 : 1);
      const swapped = i > 0 && k > 0 && one[i] === other[k - 1] && one[i - 1] === other[k];
      const swap = swapped ? (before[k - 1] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[k + 1] ?? 0) + 1, (next[k] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
}
