/** Measurements in processor time: others may share the machine. */

/** The fastest of so many rounds. */
export function fastestMs(rounds: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** Each of them a text of its own, as a parser of requests would give it, not a view of the whole. */
export function pieces(text: string, size: number): string[] {
  const views: readonly string[] = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  return views.map((view) => JSON.parse(JSON.stringify(view)) as string);
}
