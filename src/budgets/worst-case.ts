import type { PicoUsd } from '../core/money.ts';
import { affordableOutput, type Price, worstCase } from '../metering/index.ts';
import type { Target } from '../providers/index.ts';
import type { Shortage } from './account.ts';
import type { Match } from './match.ts';

/** A target and its price at this time. */
export interface Priced {
  readonly target: Target;
  readonly price: Price | undefined;
}

/** What the worst case of a request is worked out from. */
export interface Question {
  readonly targets: readonly Priced[];
  readonly matches: readonly Match[];
  /** Upper bound. */
  readonly inputTokens: number;
}

/** What so much output may cost at the dearest target, for each match; soft budgets hold nothing. */
export function needsOf({ matches, targets, inputTokens }: Question, outputTokens: number): PicoUsd[] {
  return matches.map(({ budget, account }) => {
    let dearest = 0n;
    if (account === undefined) return dearest;
    for (const { target, price } of targets) {
      if (price === undefined || !counts(budget.models, target)) continue;
      const worst = worstCase(price, inputTokens, outputTokens) ?? 0n;
      if (worst > dearest) dearest = worst;
    }
    return dearest;
  });
}

/** The output tokens that this sum pays for in the budget that is short, whichever target answers. */
export function payableTokens(
  { matches, targets, inputTokens }: Question,
  { account }: Shortage,
  sum: PicoUsd,
): number {
  const models = matches.find((match) => match.account === account)?.budget.models;
  let fewest = Number.MAX_SAFE_INTEGER;
  for (const { target, price } of targets) {
    if (price === undefined || !counts(models, target)) continue;
    fewest = Math.min(fewest, affordableOutput(price, inputTokens, sum));
  }
  return fewest;
}

export function counts(models: Match['budget']['models'], target: Target): boolean {
  return models === undefined || models(target.model);
}
