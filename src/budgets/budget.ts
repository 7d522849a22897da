import { type PicoUsd, parseUsd } from '../core/money.ts';
import { type NameTest, namePatterns } from '../core/pattern.ts';
import { type Principal, type SubjectKind, subjectIdOf } from '../identity/index.ts';
import type { BudgetRule } from './rule.ts';
import type { WindowKind } from './window.ts';

/** A budget as the request path uses it, wherever it was declared. */
export interface Budget {
  readonly id: string;
  readonly name: string;
  readonly scope: SubjectKind;
  /** The one team, user or key meant; null = each of them has this budget for itself. */
  readonly scopeId: string | null;
  readonly window: WindowKind;
  readonly timezone: string;
  readonly amount: PicoUsd;
  readonly hard: boolean;
  /** Which models it counts, by the provider's own name; undefined = all. */
  readonly models: NameTest | undefined;
}

/** @param rule with the id under which the ledger keeps it: `policy/<policy>/<budget>` */
export function budgetOfRule(rule: BudgetRule): Budget {
  return {
    id: rule.id,
    name: rule.id,
    scope: rule.scope,
    scopeId: null,
    window: rule.window,
    timezone: rule.timezone,
    amount: parseUsd(rule.amount_usd),
    hard: rule.hard,
    models: rule.models && namePatterns(rule.models),
  };
}

/** Whose spending the budget counts for this caller; undefined where it does not count the caller at all. */
export function countedSubject(budget: Budget, principal: Principal): string | undefined {
  const subjectId = subjectIdOf(principal, budget.scope);
  if (subjectId === null || (budget.scopeId !== null && budget.scopeId !== subjectId)) return undefined;
  return subjectId;
}
