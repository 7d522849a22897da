import type { Arrival, HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal, Principal } from '../identity/index.ts';
import { estimateUsage } from '../metering/index.ts';
import type { Admission, HasAdmission, HasCallAdmission } from './admission.ts';
import type { Counter, Taken } from './counter.ts';
import { type Limit, LimitsOfCalls, limitsOf } from './limit.ts';
import type { LimitRule } from './rule.ts';
import { describeState, refusalOf } from './wire.ts';

export interface AdmitDeps {
  /** The rules of the policies in force; the same array as long as they do not change. */
  readonly limitsFor: (principal: Principal) => readonly LimitRule[];
  readonly counter: Counter;
}

export interface AdmitCallDeps extends AdmitDeps {
  /** Reserved for an answer that nobody has capped. */
  readonly uncappedOutputTokens: number;
}

/**
 * Requests per minute, requests at once, and whether any tokens are left: cheap refusals before any work is done.
 * Synchronous where the counter is. What the request may use is known only when it is read: `admitCall` takes it.
 */
export function admit({ limitsFor, counter }: AdmitDeps): Stage<HasPrincipal, HasAdmission> {
  const limitsOfCaller = perRules(limitsFor, limitsOf);
  return {
    name: 'admit',
    enter(x) {
      const limits = limitsOfCaller(x.principal);
      x.admission = undefined;
      if (limits.length === 0) return;
      return take(counter, x, { limits, reservedTokens: 0, slot: x.id }, (admission) => {
        x.admission = admission;
      });
    },
    settle(x) {
      // Requests are never given back.
      if (x.admission?.limits.some(({ kind }) => kind === 'concurrent')) give(x.principal, x.admission, 0);
    },
  };
}

/**
 * What only the call says: its tokens, which are reserved as money is (input by estimate, output up to its cap) and
 * corrected by what the attempts used, and the limits of its model, as the caller or the prompt names it. Costs
 * nothing where no rule counts tokens or names models.
 */
export function admitCall(deps: AdmitCallDeps): Stage<HasPrincipal & HasCall, HasCallAdmission> {
  const { limitsFor, counter } = deps;
  const limitsOfCaller = perRules(limitsFor, (principal, rules) => new LimitsOfCalls(principal, rules));
  return {
    name: 'admit-call',
    enter(x) {
      const limits = limitsOfCaller(x.principal).of(x.call.described.model);
      x.callAdmission = undefined;
      if (limits.length === 0) return;
      const reservedTokens = tokensToReserve(deps, x, limits);
      return take(counter, x, { limits, reservedTokens, slot: `${x.id}/call` }, (admission) => {
        x.callAdmission = admission;
      });
    },
    settle(x) {
      let used = 0;
      for (const { usage } of x.attempts) used += usage.inputTokens + usage.outputTokens;
      give(x.principal, x.callAdmission, used);
    },
  };
}

/** No more than the smallest limit lets pass in a minute: nobody is refused for longer on account of one request that runs. */
function tokensToReserve(
  { uncappedOutputTokens }: AdmitCallDeps,
  { call }: HasCall,
  limits: readonly Limit[],
): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { kind, limit } of limits) if (kind === 'tokens' && limit < least) least = limit;
  if (least === Number.POSITIVE_INFINITY) return 0;
  const { outputCapTokens = uncappedOutputTokens, choices } = call.described;
  const { inputTokens } = estimateUsage(call.body, call.bytes().length, 0);
  return Math.min(least, inputTokens + outputCapTokens * choices);
}

/** What follows from rules and principal, worked out once as long as both stay the same. */
function perRules<T>(
  limitsFor: AdmitDeps['limitsFor'],
  derive: (principal: Principal, rules: readonly LimitRule[]) => T,
): (principal: Principal) => T {
  const derived = new WeakMap<Principal, { readonly rules: readonly LimitRule[]; readonly value: T }>();
  return (principal) => {
    const rules = limitsFor(principal);
    const known = derived.get(principal);
    if (known?.rules === rules) return known.value;
    const value = derive(principal, rules);
    derived.set(principal, { rules, value });
    return value;
  };
}

type Wanted = Omit<Admission, 'taken'>;

function take(
  counter: Counter,
  x: Arrival & HasPrincipal,
  { limits, reservedTokens, slot }: Wanted,
  admitted: (admission: Admission) => void,
): void | Promise<void> {
  const conclude = (taken: Taken): void => {
    describeState(x.answerHeaders, limits, taken);
    const refusing: Limit | undefined = limits[taken.refusedBy];
    if (refusing !== undefined) throw refusalOf(refusing, taken.retryAfterMs);
    admitted({ limits, taken, reservedTokens, slot });
  };
  const taken = counter.take(x.principal.orgId, limits, reservedTokens, slot);
  return taken instanceof Promise ? taken.then(conclude) : conclude(taken);
}

function give(
  principal: Principal | null,
  admission: Admission | null | undefined,
  usedTokens: number,
): void {
  if (!admission || principal === null) return;
  const { limits, taken, reservedTokens, slot } = admission;
  taken.counter.give(principal.orgId, limits, usedTokens - reservedTokens, slot);
}
