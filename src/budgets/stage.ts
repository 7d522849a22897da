import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { PicoUsd } from '../core/money.ts';
import { type Operation, WRITES_OUTPUT } from '../dialects/dialect.ts';
import { type Arrival, type HasCall, type Open, type Stage, setOutputCap } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import {
  affordableOutput,
  attemptCost,
  inputUpperBound,
  type Price,
  type PriceTable,
  worstCase,
} from '../metering/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import { billableCalls, frugal, type HasPlan, type Target } from '../providers/index.ts';
import type { Shortage } from './account.ts';
import type { Books } from './books.ts';
import type { HasHold } from './hold.ts';
import type { Match } from './match.ts';
import { refusalOf } from './refusal.ts';
import { Reservation } from './reservation.ts';
import type { BudgetSettings } from './settings.ts';

export interface HoldBudgetDeps {
  readonly books: Books;
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly settings: BudgetSettings;
}

type Needs = HasPrincipal & HasCall & HasPlan & HasVerdict;
type Exchange = Arrival & Needs & Open<HasHold>;

/** What a legacy completion without `max_tokens` is cut at, by OpenAI's definition of the endpoint. */
const COMPLETIONS_CAP_TOKENS = 16;

/** A target and its price at this time. */
interface Priced {
  readonly target: Target;
  readonly price: Price | undefined;
}

/** What the worst case of a request is worked out from. */
interface Question {
  readonly targets: readonly Priced[];
  readonly matches: readonly Match[];
  readonly inputTokens: number;
  readonly choices: number;
}

/**
 * Reserves the worst case of the plan on every budget that counts the caller, all or none; settles what the
 * attempts cost. Every call of the plan that may be billed is covered by its dearest target: one, and those that may
 * be given up because they are slow; where that cannot be paid for, the plan makes one call at a time. An attempt
 * that fails before its first byte costs nothing with the vendors we know, and where one does the ledger books it
 * truthfully.
 */
export function holdBudget(deps: HoldBudgetDeps): Stage<Needs, HasHold> {
  return {
    name: 'hold-budget',
    enter: (x) => enter(deps, x),
    settle(x) {
      for (const attempt of x.attempts) attempt.cost = attemptCost(deps.prices, attempt);
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

function enter(deps: HoldBudgetDeps, x: Exchange): void | Promise<void> {
  x.hold = undefined;
  // Counting tokens is free with every vendor.
  if (x.endpoint.operation === 'count_tokens') return;
  const matches = deps.books.matching(x.principal);
  const targets = pricedTargets(deps, x, matches);
  if (matches.length === 0) return;
  const question: Question = {
    targets,
    matches,
    inputTokens: hasHard(matches) ? inputUpperBound(x.call.body, bodyBytes(x)) : 0,
    choices: x.call.described.choices,
  };
  return hold(deps, x, question, outputCap(deps, x, matches));
}

/** Tries with this output cap; where it cannot be paid for, with the highest one that can. */
function hold(
  deps: HoldBudgetDeps,
  x: Exchange,
  question: Question,
  capTokens: number,
): void | Promise<void> {
  const calls = BigInt(billableCalls(x.plan));
  const needs = question.matches.map((match) => calls * needOf(match, question, capTokens));
  const conclude = (outcome: Reservation | Shortage): void | Promise<void> => {
    if (outcome instanceof Reservation) {
      x.hold = outcome;
      if (hasHard(question.matches) && capTokens !== 0 && x.call.described.outputCapTokens !== capTokens) {
        setOutputCap(x, capTokens);
      }
      return;
    }
    if (calls > 1n) {
      x.plan = { ...x.plan, manner: frugal(x.plan.manner) };
      return hold(deps, x, question, capTokens);
    }
    const lower = lowerCap(deps.settings, x, question, outcome, capTokens);
    if (lower !== undefined) return hold(deps, x, question, lower);
    const short = question.matches.findIndex(({ account }) => account === outcome.account);
    throw refusalOf(outcome, needs[short] ?? 0n);
  };
  const outcome = deps.books.reserve(question.matches, needs);
  return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
}

/** The dearest target that the budget counts; soft budgets hold nothing. */
function needOf(
  { budget, account }: Match,
  { targets, inputTokens, choices }: Question,
  capTokens: number,
): PicoUsd {
  let dearest = 0n;
  if (account === undefined) return dearest;
  for (const { target, price } of targets) {
    if (price === undefined || !counts(budget.models, target)) continue;
    const worst = worstCase(price, inputTokens, capTokens * choices) ?? 0n;
    if (worst > dearest) dearest = worst;
  }
  return dearest;
}

function lowerCap(
  settings: BudgetSettings,
  x: Exchange,
  { targets, inputTokens, choices, matches }: Question,
  { account, kind, payable }: Shortage,
  capTokens: number,
): number | undefined {
  if (settings.when_short === 'refuse' || kind !== 'exhausted' || capTokens === 0) return undefined;
  const models = matches.find((match) => match.account === account)?.budget.models;
  let lower = capTokens;
  for (const { target, price } of targets) {
    if (price === undefined || !counts(models, target)) continue;
    lower = Math.min(lower, Math.floor(affordableOutput(price, inputTokens, payable) / choices));
  }
  const least = Math.max(settings.min_output_cap_tokens, thinkingTokens(x.call.body) + 1);
  return lower >= least && lower < capTokens ? lower : undefined;
}

/** Anthropic refuses a cap that does not exceed the thinking budget. */
function thinkingTokens({ thinking }: JsonObject): number {
  return isJsonObject(thinking) && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : 0;
}

/** The targets that may run: those without a price only where the policy, and any hard budget, lets them. */
function pricedTargets(deps: HoldBudgetDeps, x: Exchange, matches: readonly Match[]): readonly Priced[] {
  const nowMs = deps.clock.now();
  const targets: Priced[] = [];
  for (const target of x.plan.targets) {
    const known = deps.prices.priceOf(target.provider, target.model, nowMs);
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

/** The cap of one choice: the client's own, else the one that makes the worst case known. */
function outputCap({ settings }: HoldBudgetDeps, x: Exchange, matches: readonly Match[]): number {
  const { operation } = x.endpoint;
  if (!WRITES_OUTPUT.has(operation) || !hasHard(matches)) return 0;
  const asked = x.call.described.outputCapTokens;
  if (asked !== undefined) return asked;
  if (operation === 'completions') return COMPLETIONS_CAP_TOKENS;
  return settings.default_output_cap_tokens;
}

function bodyBytes({ call, bytes }: Exchange): number {
  return call.changed ? Buffer.byteLength(JSON.stringify(call.body)) : bytes.length;
}

function hasHard(matches: readonly Match[]): boolean {
  return matches.some(({ account }) => account !== undefined);
}

function counts(models: Match['budget']['models'], target: Target): boolean {
  return models === undefined || models(target.model);
}
