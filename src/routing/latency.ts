/** What a target is worn by, in milliseconds: a sample of this age weighs 1/e. */
const DECAY_MS = 10_000;
/** A target that was asked, and of which nothing is known yet, is as good as one that takes this long. */
const UNKNOWN_MS = 5_000;

/**
 * Peak EWMA, as in Finagle and Linkerd: a slower sample counts at once, faster ones pull the mean down with time, so
 * that a target which turns slow is left quickly and comes back slowly. Without samples it fades towards zero.
 */
export class PeakEwma {
  #meanMs = 0;
  #atMs = 0;

  observe(ms: number, nowMs: number): void {
    if (ms > this.#meanMs) this.#meanMs = ms;
    else {
      const weight = this.#weight(nowMs);
      this.#meanMs = this.#meanMs * weight + ms * (1 - weight);
    }
    this.#atMs = nowMs;
  }

  meanMs(nowMs: number): number {
    return this.#meanMs * this.#weight(nowMs);
  }

  /** What one more call is expected to wait, those under way counted. @param pending calls under way */
  cost(pending: number, nowMs: number): number {
    const meanMs = this.#meanMs === 0 && pending > 0 ? UNKNOWN_MS : this.meanMs(nowMs);
    return meanMs * (pending + 1);
  }

  #weight(nowMs: number): number {
    return Math.exp(-Math.max(0, nowMs - this.#atMs) / DECAY_MS);
  }
}
