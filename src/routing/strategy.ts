import type { PicoUsd } from '../core/money.ts';
import type { Target } from '../providers/index.ts';
import type { TargetState } from './target-state.ts';

/** A target of a plan that is being made, with what strategies ask about. */
export interface Candidate {
  readonly target: Target;
  /** 0: only where the others fail. */
  readonly weight: number;
  readonly state: TargetState;
}

export interface Question {
  /** In [0, 1). */
  readonly random: () => number;
  /** Regions in order of preference; empty: none is preferred. */
  readonly regions: readonly string[];
  /** What the request may cost at this target; undefined = unpriced. */
  readonly costOf: (target: Target) => PicoUsd | undefined;
}

/** In which order the targets of a plan are asked: one file in `strategies/`, one line in its `index.ts`. */
export interface Strategy<Id extends string = string> {
  readonly id: Id;
  /** For the documentation and `config example`. */
  readonly about: string;
  /** It spreads requests over the targets; then those of one session stay together. */
  readonly spreads: boolean;
  /** Sorts in place. */
  readonly arrange: (candidates: Candidate[], question: Question) => void;
}

export function strategy<const Id extends string>(shape: Strategy<Id>): Strategy<Id> {
  return shape;
}

/** Sorts by a number that is asked once per candidate; equal ones keep their order. */
export function sortBy(candidates: Candidate[], score: (candidate: Candidate) => number): void {
  const scores = new Map(candidates.map((candidate) => [candidate, score(candidate)]));
  candidates.sort((a, b) => (scores.get(a) ?? 0) - (scores.get(b) ?? 0));
}
