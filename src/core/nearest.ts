/** A longer name is no typing error, and the distance costs the product of both lengths. */
const LONGEST = 100;

/** The candidate that was probably meant: at most a third of the letters away, or undefined. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  return nearestFew(written, candidates, 1)[0];
}

/** The candidates that may have been meant, best first. @param count the most to name */
export function nearestFew(written: string, candidates: Iterable<string>, count: number): string[] {
  if (written.length > LONGEST) return [];
  const furthest = Math.max(1, Math.floor(written.length / 3));
  return [...candidates]
    .map((name) => ({ name, distance: editDistance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= furthest)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] as number) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] as number;
}
