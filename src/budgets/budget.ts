import { type PicoUsd, parseUsd } from '../core/money.ts';
import { type NameTest, namePatterns } from '../core/pattern.ts';
import type { Principal } from '../identity/index.ts';
import type { BudgetRule } from './rule.ts';
import type { WindowKind } from './window.ts';

export type BudgetScope = BudgetRule['scope'];

/** A budget as the request path uses it, wherever it was declared. */
export interface Budget {
  readonly id: string;
  readonly name: string;
  readonly scope: BudgetScope;
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
export function subjectOf(budget: Budget, principal: Principal): string | undefined {
  const subject = scopeSubject(budget.scope, principal);
  if (subject === null || (budget.scopeId !== null && budget.scopeId !== subject)) return undefined;
  return subject;
}

function scopeSubject(scope: BudgetScope, principal: Principal): string | null {
  switch (scope) {
    case 'org':
      return principal.orgId;
    case 'team':
      return principal.teamId;
    case 'user':
      return principal.userId;
    case 'key':
      return principal.keyId;
  }
}
