import type { Arrival, HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal, Principal } from '../identity/index.ts';
import type { Admission, HasAdmission, HasModelAdmission } from './admission.ts';
import type { Counter, Taken } from './counter.ts';
import { type Limit, LimitsByModel, limitsOf } from './limit.ts';
import type { LimitRule } from './rule.ts';
import { describeState, refusalOf } from './wire.ts';

export interface AdmitDeps {
  /** The rules of the policies in force; the same array as long as they do not change. */
  readonly limitsFor: (principal: Principal) => readonly LimitRule[];
  readonly counter: Counter;
}

/** About four bytes make a token; the settlement corrects it. */
const BYTES_PER_TOKEN = 4;

/**
 * Requests and tokens per minute and requests at once: cheap refusals before any work is done. Synchronous where
 * the counter is. Tokens are estimated from the declared length of the body, which is not read yet, and
 * corrected by what the attempts used.
 */
export function admit({ limitsFor, counter }: AdmitDeps): Stage<HasPrincipal, HasAdmission> {
  const limitsOfCaller = perRules(limitsFor, limitsOf);
  return {
    name: 'admit',
    enter(x) {
      const limits = limitsOfCaller(x.principal);
      x.admission = undefined;
      if (limits.length === 0) return;
      const tokens = Math.ceil(x.declaredBytes / BYTES_PER_TOKEN);
      return take(counter, x, { limits, estimatedTokens: tokens, slot: x.id }, (admission) => {
        x.admission = admission;
      });
    },
    settle: (x) => give(x, x.principal, x.admission),
  };
}

/**
 * The same for limits of a model, which is known only now: as the caller or the prompt names it. Costs nothing where
 * no rule names models.
 */
export function admitModel({
  limitsFor,
  counter,
}: AdmitDeps): Stage<HasPrincipal & HasCall, HasModelAdmission> {
  const limitsOfCaller = perRules(limitsFor, (principal, rules) => new LimitsByModel(principal, rules));
  return {
    name: 'admit-model',
    enter(x) {
      const limits = limitsOfCaller(x.principal).of(x.call.described.model);
      x.modelAdmission = undefined;
      if (limits.length === 0) return;
      const estimatedTokens = Math.ceil(x.bytes.length / BYTES_PER_TOKEN);
      return take(counter, x, { limits, estimatedTokens, slot: `${x.id}/model` }, (admission) => {
        x.modelAdmission = admission;
      });
    },
    settle: (x) => give(x, x.principal, x.modelAdmission),
  };
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
  { limits, estimatedTokens, slot }: Wanted,
  admitted: (admission: Admission) => void,
): void | Promise<void> {
  const conclude = (taken: Taken): void => {
    describeState(x.answerHeaders, limits, taken);
    const refusing: Limit | undefined = limits[taken.refusedBy];
    if (refusing !== undefined) throw refusalOf(refusing, taken.retryAfterMs);
    admitted({ limits, taken, estimatedTokens, slot });
  };
  const taken = counter.take(x.principal.orgId, limits, estimatedTokens, slot);
  return taken instanceof Promise ? taken.then(conclude) : conclude(taken);
}

function give(x: Arrival, principal: Principal | null, admission: Admission | null | undefined): void {
  if (!admission || principal === null) return;
  let used = 0;
  for (const { usage } of x.attempts) used += usage.inputTokens + usage.outputTokens;
  const { limits, taken, estimatedTokens, slot } = admission;
  taken.counter.give(principal.orgId, limits, used - estimatedTokens, slot);
}
