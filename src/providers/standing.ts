/** What is learned of targets by calling them. The walk reports it; `routing` remembers it and decides by it. */
import type { Target } from './plan.ts';

/**
 * What became of a call, as far as it says something of the target: it answered; it refused the request, so it is
 * alive; it wants to be left alone for a time; it failed; or the call was given up for reasons that are not its own.
 */
export type CallOutcome = 'answered' | 'refused' | 'limited' | 'failed' | 'dropped';

export interface Standing {
  /** May it be called now? Where its circuit is half open, the call that asks becomes the probe. */
  admits(): boolean;
  /** A call begins; `came` and `ended` follow once each, `came` first. */
  began(): void;
  /** @param ms until the first byte or the failure; with `limited` how long to stay away, 0 where it did not say */
  came(outcome: CallOutcome, ms: number): void;
  /** The call is over. @param broken its answer broke off after it had begun */
  ended(broken: boolean): void;
  /** May the same target be asked again? A yes is taken from its retry budget. */
  mayRetry(): boolean;
}

export interface Standings {
  of(target: Pick<Target, 'provider' | 'model'>): Standing;
  /** May a second target be asked beside a slow one? A yes is taken from the budget of hedges. */
  mayHedge(): boolean;
}
