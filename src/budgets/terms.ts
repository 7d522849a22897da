import type { PicoUsd } from '../core/money.ts';
import { amountAt, type Budget } from './budget.ts';
import type { BudgetScope, Subject } from './scope.ts';
import type { Window } from './window.ts';

/** What a row of the ledger says of its budget, as the node that opens the row knows it. */
export interface WindowTerms {
  readonly name: string;
  readonly scope: BudgetScope;
  /** The prompt or tag value counted; null for all other scopes. */
  readonly subjectName: string | null;
  readonly hard: boolean;
  /** With the raises that held then. */
  readonly amount: PicoUsd;
  readonly alertPercents: readonly number[];
  /** null: not a rolling window. */
  readonly rollingSeconds: number | null;
  /** Epoch milliseconds; Infinity: never. */
  readonly windowEndMs: number;
}

export function termsOf(budget: Budget, subject: Subject, { endMs }: Window, atMs: number): WindowTerms {
  const { name, scope, hard, alertPercents, window } = budget;
  return {
    name,
    scope,
    subjectName: subject.name,
    hard,
    amount: amountAt(budget, atMs),
    alertPercents,
    rollingSeconds: typeof window === 'string' ? null : window.rollingMs / 1000,
    windowEndMs: endMs,
  };
}
