import { EFFORTS, type Effort, type ModelTraits } from '../models.ts';
import type { Reasoning } from './request.ts';

/** Tokens that an effort may think, as Google publishes them for its OpenAI-compatible endpoint; the top is ours. */
const BUDGETS: readonly (readonly [Effort, number])[] = [
  ['minimal', 1_024],
  ['low', 1_024],
  ['medium', 8_192],
  ['high', 24_576],
  ['xhigh', 32_768],
  ['max', 49_152],
];

/** Anthropic takes no smaller budget. */
export const LEAST_BUDGET = 1_024;

export function budgetOf(effort: Effort): number {
  return BUDGETS.find(([name]) => name === effort)?.[1] ?? 0;
}

/** The least effort whose budget is as large; the largest effort for more. */
export function effortOf(budgetTokens: number): Effort {
  return BUDGETS.find(([name, most]) => name !== 'minimal' && budgetTokens <= most)?.[0] ?? 'max';
}

/** What was asked for as an effort; undefined where nothing was but to show thoughts. */
export function askedEffort({ off, effort, budgetTokens }: Reasoning): Effort | undefined {
  if (off === true) return 'none';
  return effort ?? (budgetTokens === undefined ? undefined : effortOf(budgetTokens));
}

/** The nearest effort that the model takes: the next below, else the least it has. Undefined where it has none. */
export function nearestEffort(asked: Effort, { efforts }: ModelTraits): Effort | undefined {
  const most = EFFORTS.indexOf(asked);
  return efforts.findLast((effort) => EFFORTS.indexOf(effort) <= most) ?? efforts[0];
}
