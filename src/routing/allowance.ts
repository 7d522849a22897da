/**
 * How much extra may be done in proportion to what is done anyway (retries to calls, hedges to requests), so that a
 * provider in trouble is not asked twice as much as one that is well.
 */
export class Allowance {
  readonly #share: number;
  readonly #most: number;
  #left: number;

  /**
   * @param share extras per ordinary one, in [0, 1]
   * @param reserve extras that are allowed without any; also the most that is saved up
   */
  constructor(share: number, reserve: number) {
    this.#share = share;
    this.#most = reserve;
    this.#left = share === 0 ? 0 : reserve;
  }

  /** An ordinary one was done. */
  earn(): void {
    this.#left = Math.min(this.#most, this.#left + this.#share);
  }

  /** May an extra be done? A yes is taken from what is left. */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
