const OTHER = 'other';

/**
 * Which models may be a label value. Callers can name any model, so one becomes a label only once a provider has
 * answered for it, and so many at most; every other is `other`.
 */
export class ModelLabels {
  readonly #limit: number;
  readonly #known = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(model: string, answered: boolean): string {
    if (this.#known.has(model)) return model;
    if (!answered || this.#known.size >= this.#limit) return OTHER;
    this.#known.add(model);
    return model;
  }
}
