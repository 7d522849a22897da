/** When a target is left alone, and when it is tried again: pure, time comes in with every call. */

export interface CircuitRule {
  /** False: nothing is remembered, and every call goes through. */
  readonly enabled: boolean;
  /** So many of the last calls must be known before they are judged. */
  readonly minCalls: number;
  /** Share of failures among them, in (0, 1], that opens it. */
  readonly failureShare: number;
  /** Milliseconds until a probe; doubles with every probe that fails. */
  readonly openMs: number;
  readonly openMaxMs: number;
}

/** The last calls that are judged; their outcomes are the bits of one number. */
const WINDOW_CALLS = 20;
const WINDOW_BITS = (1 << WINDOW_CALLS) - 1;
/** How long a target that wants to be left alone is left alone where it does not say, and at most. */
const REST_MS = 1_000;
const REST_MAX_MS = 60_000;

export type CircuitState = 'closed' | 'open' | 'half_open';

/**
 * Closed: calls go through, and their failures are counted. Open: none goes through, until its time is over. Half
 * open: one call at a time goes through; its success closes the circuit, its failure opens it for twice as long.
 */
export class Circuit {
  readonly #rule: CircuitRule;
  /** 1 = failed, the last call lowest. */
  #outcomes = 0;
  #known = 0;
  /** 0: closed. */
  #openUntilMs = 0;
  #openings = 0;
  #probeUntilMs = 0;
  #restUntilMs = 0;

  constructor(rule: CircuitRule) {
    this.#rule = rule;
  }

  state(nowMs: number): CircuitState {
    if (this.#openUntilMs === 0) return 'closed';
    return nowMs < this.#openUntilMs ? 'open' : 'half_open';
  }

  /** True while the target has asked to be left alone. */
  resting(nowMs: number): boolean {
    return nowMs < this.#restUntilMs;
  }

  /** Would a call go through now? */
  ready(nowMs: number): boolean {
    if (nowMs < this.#restUntilMs) return false;
    if (this.#openUntilMs === 0) return true;
    return nowMs >= this.#openUntilMs && nowMs >= this.#probeUntilMs;
  }

  /** As `ready`; where the circuit is half open, the call that asks is the probe, and others wait for its outcome. */
  admits(nowMs: number): boolean {
    if (!this.ready(nowMs)) return false;
    // a probe that nobody reports on, because its request was given up before the call, ends by itself
    if (this.#openUntilMs !== 0) this.#probeUntilMs = nowMs + this.#rule.openMs;
    return true;
  }

  succeeded(nowMs: number): void {
    const state = this.state(nowMs);
    if (state === 'closed') this.#count(0);
    // a call from before the opening says nothing of now
    else if (state === 'half_open') this.#close();
  }

  failed(nowMs: number): void {
    const state = this.state(nowMs);
    if (state === 'open' || !this.#rule.enabled) return;
    if (state === 'closed') {
      this.#count(1);
      if (!this.#tooManyFailed()) return;
    }
    const openMs = Math.min(this.#rule.openMaxMs, this.#rule.openMs * 2 ** this.#openings);
    this.#openings++;
    this.#openUntilMs = nowMs + openMs;
    this.#probeUntilMs = 0;
  }

  /** The target is alive, but asks to be left alone. @param ms 0 where it does not say for how long */
  rest(nowMs: number, ms: number): void {
    if (!this.#rule.enabled) return;
    this.#restUntilMs = nowMs + Math.min(REST_MAX_MS, ms > 0 ? ms : REST_MS);
    this.#probeUntilMs = 0;
  }

  /** The call ended for reasons that are not the target's own. */
  dropped(): void {
    this.#probeUntilMs = 0;
  }

  /** An open circuit may be probed at once: the target was seen alive. */
  probeNow(nowMs: number): void {
    if (this.#openUntilMs > nowMs) this.#openUntilMs = nowMs;
  }

  #close(): void {
    this.#outcomes = 0;
    this.#known = 0;
    this.#openUntilMs = 0;
    this.#openings = 0;
    this.#probeUntilMs = 0;
  }

  #count(outcome: 0 | 1): void {
    this.#outcomes = ((this.#outcomes << 1) | outcome) & WINDOW_BITS;
    this.#known = Math.min(this.#known + 1, WINDOW_CALLS);
  }

  #tooManyFailed(): boolean {
    if (this.#known < this.#rule.minCalls) return false;
    let failures = 0;
    for (let bits = this.#outcomes; bits !== 0; bits &= bits - 1) failures++;
    return failures >= this.#known * this.#rule.failureShare;
  }
}
