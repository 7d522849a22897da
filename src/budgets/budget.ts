import { type PicoUsd, parseUsd } from '../core/money.ts';
import { type NameTest, namePatterns } from '../core/pattern.ts';
import type { BudgetRule } from './rule.ts';
import type { BudgetScope } from './scope.ts';
import { type WindowKind, windowKind } from './window.ts';

/** A budget as the request path uses it, wherever it was declared. */
export interface Budget {
  readonly id: string;
  readonly name: string;
  readonly scope: BudgetScope;
  /** The one team, user or key meant; null = each of them has this budget for itself. */
  readonly scopeId: string | null;
  /** Of scope prompt: the one prompt meant; null = each. */
  readonly prompt: string | null;
  /** Of scope tag: `env`, each of its values, or `env=prod`, that one. */
  readonly tag: string | null;
  readonly window: WindowKind;
  readonly timezone: string;
  /** Without raises; see `amountAt`. */
  readonly amount: PicoUsd;
  readonly raises: readonly Raise[];
  readonly hard: boolean;
  /** Ascending. */
  readonly alertPercents: readonly number[];
  /** Which models it counts, by the provider's own name; undefined = all. */
  readonly models: NameTest | undefined;
}

/** What is added to the amount until a date. */
export interface Raise {
  readonly by: PicoUsd;
  /** Epoch milliseconds, exclusive. */
  readonly untilMs: number;
}

/**
 * @param rule with the id under which the ledger keeps it: `policy/<policy>/<budget>`, or a UUID
 * @param name what refusals call it
 */
export function budgetOf(rule: BudgetRule, name: string, scopeId: string | null): Budget {
  return {
    id: rule.id,
    name,
    scope: rule.scope,
    scopeId,
    prompt: rule.prompt ?? null,
    tag: rule.tag ?? null,
    window: windowKind(rule.window),
    timezone: rule.timezone,
    amount: parseUsd(rule.amount_usd),
    raises: rule.raises.map(({ by_usd, until }) => ({ by: parseUsd(by_usd), untilMs: Date.parse(until) })),
    hard: rule.hard,
    alertPercents: rule.alert_percents.toSorted((a, b) => a - b),
    models: rule.models && namePatterns(rule.models),
  };
}

/** The amount with the raises that hold at this time. */
export function amountAt({ amount, raises }: Pick<Budget, 'amount' | 'raises'>, atMs: number): PicoUsd {
  let sum = amount;
  for (const { by, untilMs } of raises) if (atMs < untilMs) sum += by;
  return sum;
}

/** When the amount changes next; Infinity: it stays. */
export function amountHoldsUntilMs({ raises }: Budget, atMs: number): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...raises.map(({ untilMs }) => untilMs).filter((ms) => ms > atMs),
  );
}
