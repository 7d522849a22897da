import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { COUNTS_TOKENS, type Operation, WRITES_OUTPUT } from '../dialects/dialect.ts';
import { type Arrival, type HasCall, type Open, type Stage, setOutputCap } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import {
  attemptCost,
  inputUpperBound,
  type Price,
  type PriceTable,
  reservedPrice,
  worstCase,
} from '../metering/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { HasPrompt } from '../prompts/index.ts';
import { billableCalls, frugal, type HasPlan, type Target } from '../providers/index.ts';
import type { Shortage } from './account.ts';
import type { Books } from './books.ts';
import type { HasHold } from './hold.ts';
import type { Match } from './match.ts';
import { type ModelOutput, modelOutputs } from './model-outputs.ts';
import { nearTheEnd } from './near-the-end.ts';
import { type Bound, lowerBound, outputBound } from './output-bound.ts';
import { refusalOf } from './refusal.ts';
import { Reservation } from './reservation.ts';
import type { BudgetSettings } from './settings.ts';
import { Steps } from './steps.ts';
import { counts, needsOf, type Priced, payableTokens, type Question } from './worst-case.ts';

export interface HoldBudgetDeps {
  readonly books: Books;
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly settings: BudgetSettings;
}

type Needs = HasPrincipal & HasCall & HasPrompt & HasPlan & HasVerdict;
type Exchange = Arrival & Needs & Open<HasHold>;

/**
 * Reserves the worst case of the plan on every budget that counts the caller, all or none; settles what the
 * attempts cost. Every call of the plan that may be billed is covered by its dearest target: one, and those that may
 * be given up because they are slow; where that cannot be paid for, the plan makes one call at a time. An attempt
 * that fails before its first byte costs nothing with the vendors we know, and where one does the ledger books it
 * truthfully.
 */
export function holdBudget(deps: HoldBudgetDeps): Stage<Needs, HasHold> {
  const house = { ...deps, outputOf: modelOutputs(deps.settings.model_outputs) };
  return {
    name: 'hold-budget',
    enter: (x) => enter(house, x),
    watch: (x) => (x.hold instanceof Reservation ? x.hold.steps : undefined),
    settle(x) {
      const orgSlug = x.principal?.orgSlug ?? '';
      for (const attempt of x.attempts) attempt.cost = attemptCost(deps.prices, attempt, orgSlug);
      if (!(x.hold instanceof Reservation)) return;
      x.hold.settle(({ budget }) => {
        let spent = 0n;
        for (const { model, cost } of x.attempts) {
          if (cost !== undefined && (budget.models === undefined || budget.models(model)))
            spent += cost.picoUsd;
        }
        return spent;
      });
    },
  };
}

interface House extends HoldBudgetDeps {
  readonly outputOf: (model: string) => ModelOutput;
}

function enter(house: House, x: Exchange): void | Promise<void> {
  x.hold = undefined;
  if (COUNTS_TOKENS.has(x.endpoint.operation)) return;
  const matches = house.books.matching({
    principal: x.principal,
    prompt: x.prompt?.name,
    tagHeader: x.headers['x-sluice-tags'],
  });
  const targets = pricedTargets(house, x, matches);
  if (matches.length === 0) return;
  const hard = hasHard(matches);
  const inputTokens = hard ? inputUpperBound(x.call.body, x.call.bytes().length) : 0;
  const question = { targets, matches, inputTokens };
  const outputs = targets.map(({ target }) => house.outputOf(target.model));
  const bound = outputBound(house.settings, x, outputs, hard);
  const ended = bound.steps ? nearTheEnd(house, x, question, outputs, bound) : bound;
  if (ended instanceof Promise) return ended.then((late) => hold(house, x, question, late));
  return hold(house, x, question, ended);
}

/** Tries with this bound; where it cannot be paid for, with the highest one that can. */
function hold(house: House, x: Exchange, question: Question, bound: Bound): void | Promise<void> {
  const choices = bound.steps ? 1 : x.call.described.choices;
  const calls = BigInt(billableCalls(x.plan));
  const needs = needsOf(question, bound.tokens * choices).map((need) => calls * need);
  const conclude = (outcome: Reservation | Shortage): void | Promise<void> => {
    if (outcome instanceof Reservation) {
      x.hold = outcome;
      if (bound.steps) {
        const { stream_step_tokens } = house.settings;
        outcome.steps = new Steps(house.books, question, outcome, stream_step_tokens, bound);
      }
      if (bound.capTokens !== undefined) {
        setOutputCap(x, bound.capTokens);
        x.answerHeaders['x-sluice-output-cap'] = String(bound.capTokens);
      }
      return;
    }
    if (calls > 1n) {
      x.plan = { ...x.plan, manner: frugal(x.plan.manner) };
      return hold(house, x, question, bound);
    }
    const payable = Math.floor(payableTokens(question, outcome, outcome.payable) / choices);
    const lower = lowerBound(house.settings, x, outcome, bound, payable);
    if (lower !== undefined) return hold(house, x, question, lower);
    const short = question.matches.findIndex(({ account }) => account === outcome.account);
    throw refusalOf(outcome, needs[short] ?? 0n);
  };
  const outcome = house.books.reserve(question.matches, needs);
  return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
}

/** The targets that may run: those without a price only where the policy, and any hard budget, lets them. */
function pricedTargets(deps: HoldBudgetDeps, x: Exchange, matches: readonly Match[]): readonly Priced[] {
  const nowMs = deps.clock.now();
  const targets: Priced[] = [];
  for (const target of x.plan.targets) {
    const listed = deps.prices.priceOf(target.provider, target.model, nowMs, x.principal.orgSlug);
    const known = listed && reservedPrice(listed, x.call.body);
    const price = known !== undefined && pricesAll(known, x.endpoint.operation) ? known : undefined;
    if (price !== undefined || mayRunUnpriced(deps.settings, x, matches, target))
      targets.push({ target, price });
  }
  const [first, ...others] = targets;
  if (first === undefined) throw unpricedFault(x.plan.targets[0]);
  if (targets.length < x.plan.targets.length) {
    x.plan = { ...x.plan, targets: [first.target, ...others.map(({ target }) => target)] };
  }
  if (targets.some(({ price }) => price === undefined)) x.answerHeaders['x-sluice-unpriced'] = 'true';
  return targets;
}

/** A model that is priced by its input alone is not priced where it writes. */
function pricesAll(price: Price, operation: Operation): boolean {
  return worstCase(price, 0, WRITES_OUTPUT.has(operation) ? 1 : 0) !== undefined;
}

function mayRunUnpriced(
  settings: BudgetSettings,
  x: Exchange,
  matches: readonly Match[],
  target: Target,
): boolean {
  if (x.verdict.unpriced === 'refuse') return false;
  if (settings.unpriced_under_hard_budget === 'allow') return true;
  return !matches.some(({ budget }) => budget.hard && counts(budget.models, target));
}

function unpricedFault({ provider, model }: Target): Fault {
  return new Fault(
    'unpriced_model',
    `Model "${model}" of provider "${provider}" has no known price, and a policy or a hard budget requires one. ` +
      'Use a priced model, or have its price added to prices.overrides.',
    { param: 'model' },
  );
}

function hasHard(matches: readonly Match[]): boolean {
  return matches.some(({ account }) => account !== undefined);
}
