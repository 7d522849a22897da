/**
 * Metric children, looked up once per combination of label values instead of once per observation, and at
 * most `limit` combinations: what clients can name (models) must not grow the metrics without end.
 */
export class Children<Child> {
  readonly #make: (values: readonly string[]) => Child;
  readonly #limit: number;
  readonly #children = new Map<string, Child>();

  constructor(make: (values: readonly string[]) => Child, limit = 500) {
    this.#make = make;
    this.#limit = limit;
  }

  /** The child of these values; past the limit, the child whose values are all `other`. */
  of(...values: readonly string[]): Child {
    const key = values.join('\u001f');
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const kept = this.#children.size < this.#limit ? values : values.map(() => 'other');
    const child = this.#children.get(kept.join('\u001f')) ?? this.#make(kept);
    this.#children.set(kept.join('\u001f'), child);
    return child;
  }
}
