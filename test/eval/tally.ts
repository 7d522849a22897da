import { iou, type Span } from './spans.ts';

/** Counts of one type, or of all. */
export class Tally {
  expected = 0;
  found = 0;
  hits = 0;
  /** Of those whose number is a valid one. */
  validExpected = 0;
  validHits = 0;

  /** Matches each expected span with the prediction that covers it best. */
  add(expected: readonly Span[], found: readonly Span[], threshold: number): void {
    const free = new Set(found);
    this.expected += expected.length;
    this.found += found.length;
    for (const span of expected) {
      const best = [...free].reduce<Span | undefined>(
        (one, other) => (iou(span, other) > (one === undefined ? 0 : iou(span, one)) ? other : one),
        undefined,
      );
      const hit = best !== undefined && iou(span, best) >= threshold;
      if (hit) {
        free.delete(best);
        this.hits++;
      }
      if (span.valid === false) continue;
      this.validExpected++;
      if (hit) this.validHits++;
    }
  }

  scores(): { precision: number; recall: number; recallOfValid: number; f2: number } {
    const precision = this.found === 0 ? 1 : this.hits / this.found;
    const recall = this.expected === 0 ? 1 : this.hits / this.expected;
    const recallOfValid = this.validExpected === 0 ? 1 : this.validHits / this.validExpected;
    const f2 = precision + recall === 0 ? 0 : (5 * precision * recall) / (4 * precision + recall);
    return { precision, recall, recallOfValid, f2 };
  }
}
