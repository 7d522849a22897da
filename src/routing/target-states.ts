import type { Clock } from '../core/clock.ts';
import type { Standings, Target } from '../providers/index.ts';
import { Allowance } from './allowance.ts';
import type { RoutingSettings } from './settings.ts';
import { type ProviderHealth, type StateRule, TargetState } from './target-state.ts';

/** Models named by clients must not grow the memory without end; the oldest ones are forgotten. */
const STATES_MAX = 10_000;
/** Hedges that are allowed before any request has earned some, and the most that is saved up. */
const HEDGE_RESERVE = 5;

interface OfProvider {
  readonly health: ProviderHealth;
  readonly models: Map<string, TargetState>;
}

/** What this process knows of every target that was asked. */
export class TargetStates implements Standings {
  readonly #rule: StateRule;
  readonly #clock: Clock;
  readonly #hedges: Allowance;
  readonly #providers = new Map<string, OfProvider>();
  #count = 0;

  /** @param hedgeShare hedges per request, in [0, 1] */
  constructor(rule: StateRule, hedgeShare: number, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
    this.#hedges = new Allowance(hedgeShare, HEDGE_RESERVE);
  }

  of({ provider, model }: Pick<Target, 'provider' | 'model'>): TargetState {
    const { health, models } = this.#provider(provider);
    const known = models.get(model);
    if (known !== undefined) return known;
    const state = new TargetState(this.#rule, health, this.#clock);
    models.set(model, state);
    if (++this.#count > STATES_MAX) this.#forgetOldest();
    return state;
  }

  /** The state of a target that was asked before. */
  known({ provider, model }: Pick<Target, 'provider' | 'model'>): TargetState | undefined {
    return this.#providers.get(provider)?.models.get(model);
  }

  /** A request that may be hedged came in. */
  earnHedge(): void {
    this.#hedges.earn();
  }

  mayHedge(): boolean {
    return this.#hedges.take();
  }

  /** What an active check found. One that is up again may be probed at once. */
  saw(provider: string, up: boolean): void {
    const { health, models } = this.#provider(provider);
    const back = health.down && up;
    health.down = !up;
    if (back) for (const state of models.values()) state.probeNow();
  }

  #provider(name: string): OfProvider {
    let known = this.#providers.get(name);
    if (known === undefined) {
      known = { health: { down: false }, models: new Map() };
      this.#providers.set(name, known);
    }
    return known;
  }

  #forgetOldest(): void {
    for (const { models } of this.#providers.values()) {
      for (const [model, state] of models) {
        if (state.pending > 0) continue;
        models.delete(model);
        this.#count--;
        return;
      }
    }
  }
}

/** What is known at the start: nothing. */
export function targetStates(settings: RoutingSettings, clock: Clock): TargetStates {
  const { enabled, min_calls, failure_percent, open_ms, open_max_ms } = settings.circuit;
  const rule: StateRule = {
    circuit: {
      enabled,
      minCalls: min_calls,
      failureShare: failure_percent / 100,
      openMs: open_ms,
      openMaxMs: Math.max(open_ms, open_max_ms),
    },
    retryShare: settings.retry_percent / 100,
  };
  return new TargetStates(rule, settings.hedge_percent / 100, clock);
}
