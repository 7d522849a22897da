import { iou, type Span } from './spans.ts';

/** Counts of one type, or of all. */
export class Tally {
  expected = 0;
  found = 0;
  hits = 0;
  /** Of those whose number is a valid one. */
  validExpected = 0;
  validHits = 0;

  /**
   * Matches each expected span with the predictions that together cover it best, as presidio-research does: those
   * count as one prediction, and every other one for itself.
   */
  add(expected: readonly Span[], found: readonly Span[], threshold: number): void {
    const free = new Set(found);
    this.expected += expected.length;
    for (const span of expected) {
      const best = bestFor(span, free);
      const hit = best.length > 0 && iou(span, best) >= threshold;
      if (hit) {
        for (const used of best) free.delete(used);
        this.hits++;
        this.found++;
      }
      if (span.valid === false) continue;
      this.validExpected++;
      if (hit) this.validHits++;
    }
    this.found += free.size;
  }

  scores(): { precision: number; recall: number; recallOfValid: number; f2: number } {
    const precision = this.found === 0 ? 1 : this.hits / this.found;
    const recall = this.expected === 0 ? 1 : this.hits / this.expected;
    const recallOfValid = this.validExpected === 0 ? 1 : this.validHits / this.validExpected;
    const f2 = precision + recall === 0 ? 0 : (5 * precision * recall) / (4 * precision + recall);
    return { precision, recall, recallOfValid, f2 };
  }
}

function bestFor(span: Span, free: Iterable<Span>): Span[] {
  const best: Span[] = [];
  for (const other of free) {
    if (other.start >= span.end || span.start >= other.end) continue;
    if (iou(span, [...best, other]) > iou(span, best)) best.push(other);
  }
  return best;
}
