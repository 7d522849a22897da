import type { Clock } from '../core/clock.ts';
import type { CallOutcome, Standing } from '../providers/index.ts';
import { Allowance } from './allowance.ts';
import { Circuit, type CircuitRule, type CircuitState } from './circuit.ts';
import { PeakEwma } from './latency.ts';

/** What active checks know of a provider; shared by its targets. */
export interface ProviderHealth {
  down: boolean;
}

export interface StateRule {
  readonly circuit: CircuitRule;
  /** Retries per call, in [0, 1]. */
  readonly retryShare: number;
}

/** Retries that a target allows before it has earned any: a gateway with little traffic may retry, too. */
const RETRY_RESERVE = 10;

/** What is known of one target, in this process. */
export class TargetState implements Standing {
  readonly circuit: Circuit;
  readonly latency = new PeakEwma();
  readonly #health: ProviderHealth;
  readonly #clock: Clock;
  readonly #retries: Allowance;
  #pending = 0;
  #calls = 0;
  #failures = 0;

  constructor(rule: StateRule, health: ProviderHealth, clock: Clock) {
    this.circuit = new Circuit(rule.circuit);
    this.#retries = new Allowance(rule.retryShare, RETRY_RESERVE);
    this.#health = health;
    this.#clock = clock;
  }

  /** Calls under way. */
  get pending(): number {
    return this.#pending;
  }

  /** Calls and failures since the start. */
  get counts(): { readonly calls: number; readonly failures: number } {
    return { calls: this.#calls, failures: this.#failures };
  }

  /** `resting`: it asked to be left alone; `down`: an active check found it so. */
  condition(): CircuitState | 'resting' | 'down' {
    const nowMs = this.#clock.elapsed();
    if (this.#health.down) return 'down';
    return this.circuit.resting(nowMs) ? 'resting' : this.circuit.state(nowMs);
  }

  /** Would it be called now? */
  ready(): boolean {
    return !this.#health.down && this.circuit.ready(this.#clock.elapsed());
  }

  /** Expected wait of one more call, in milliseconds. */
  cost(): number {
    return this.latency.cost(this.#pending, this.#clock.elapsed());
  }

  /** First bytes came after so many milliseconds, lately. */
  meanMs(): number {
    return this.latency.meanMs(this.#clock.elapsed());
  }

  probeNow(): void {
    this.circuit.probeNow(this.#clock.elapsed());
  }

  admits(): boolean {
    return !this.#health.down && this.circuit.admits(this.#clock.elapsed());
  }

  began(): void {
    this.#pending++;
    this.#calls++;
    this.#retries.earn();
  }

  came(outcome: CallOutcome, ms: number): void {
    const nowMs = this.#clock.elapsed();
    switch (outcome) {
      case 'answered':
        this.latency.observe(ms, nowMs);
        this.circuit.succeeded(nowMs);
        return;
      case 'refused':
        this.circuit.succeeded(nowMs);
        return;
      case 'limited':
        this.circuit.rest(nowMs, ms);
        return;
      case 'dropped':
        // somebody else was faster: it would have taken at least as long
        if (ms > this.latency.meanMs(nowMs)) this.latency.observe(ms, nowMs);
        this.circuit.dropped();
        return;
      case 'failed':
        this.#failures++;
        // a quick failure is no quick answer, a slow one is a slow answer
        if (ms > this.latency.meanMs(nowMs)) this.latency.observe(ms, nowMs);
        this.circuit.failed(nowMs);
    }
  }

  ended(broken: boolean): void {
    this.#pending--;
    if (!broken) return;
    this.#failures++;
    this.circuit.failed(this.#clock.elapsed());
  }

  mayRetry(): boolean {
    return this.#retries.take();
  }
}
