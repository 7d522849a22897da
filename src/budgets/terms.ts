import type { PicoUsd } from '../core/money.ts';
import type { SubjectKind } from '../identity/index.ts';
import type { Budget } from './budget.ts';
import type { Window } from './window.ts';

/** What a row of the ledger says of its budget, as the node that opens the row knows it. */
export interface WindowTerms {
  readonly name: string;
  readonly scope: SubjectKind;
  readonly hard: boolean;
  readonly amount: PicoUsd;
  /** Epoch milliseconds; Infinity: never. */
  readonly windowEndMs: number;
}

export function termsOf({ name, scope, hard, amount }: Budget, { endMs }: Window): WindowTerms {
  return { name, scope, hard, amount, windowEndMs: endMs };
}
