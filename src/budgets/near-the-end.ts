import type { Arrival, HasCall } from '../gateway/stage.ts';
import { frugal, type HasPlan } from '../providers/index.ts';
import type { Shortage } from './account.ts';
import type { Books } from './books.ts';
import type { ModelOutput } from './model-outputs.ts';
import { type Bound, leastCap } from './output-bound.ts';
import { Reservation } from './reservation.ts';
import type { BudgetSettings } from './settings.ts';
import { needsOf, payableTokens, type Question } from './worst-case.ts';

/**
 * A stream that is reserved in steps is bounded by its bytes, which are many more than its tokens: with little left it
 * would be cut long before its tokens have cost so much. So where a budget cannot pay for a whole answer, the
 * request goes out with a cap on what can be paid: its provider counts tokens, and beyond the cap nothing needs to
 * be reserved. How much is left is asked of the ledger where this node believes it to be too little.
 *
 * @returns the bound, lowered where that is so
 */
export function nearTheEnd(
  { books, settings }: { readonly books: Books; readonly settings: BudgetSettings },
  x: Arrival & HasCall & HasPlan,
  question: Question,
  outputs: readonly ModelOutput[],
  bound: Bound,
): Bound | Promise<Bound> {
  if (settings.when_short === 'refuse') return bound;
  const { choices } = x.call.described;
  const lengths = outputs.map(({ mostTokens }) => mostTokens ?? settings.default_output_cap_tokens);
  const needs = needsOf(question, Math.max(...lengths) * choices);
  const plenty = question.matches.every(
    ({ account }, index) => account === undefined || account.foreseen >= (needs[index] ?? 0n),
  );
  if (plenty) return bound;
  const conclude = (outcome: Reservation | Shortage): Bound => {
    if (outcome instanceof Reservation) {
      outcome.settle(() => 0n);
      const first = needsOf(question, bound.tokens);
      question.matches.forEach(({ account }, index) => {
        void account?.giveBackSome((needs[index] ?? 0n) - (first[index] ?? 0n));
      });
      return bound;
    }
    const payable = payableTokens(question, outcome, outcome.payable);
    const capTokens = Math.floor(payable / choices);
    // a cap above the model's own is refused by many providers
    const fits = capTokens >= leastCap(settings, x) && capTokens <= Math.min(...lengths);
    if (outcome.kind !== 'exhausted' || !fits) return bound;
    x.plan = { ...x.plan, manner: frugal(x.plan.manner) };
    const ceilingTokens = capTokens * choices;
    return { tokens: Math.min(bound.tokens, ceilingTokens), steps: true, ceilingTokens, capTokens };
  };
  const outcome = books.reserve(question.matches, needs);
  return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
}
