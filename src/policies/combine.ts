/**
 * Many policies, one verdict: every check of every matching policy must pass (so deny wins and allow lists
 * intersect), and of what must be done the strictest wins.
 */
import { Fault } from '../core/fault.ts';
import type { Target } from '../providers/index.ts';
import { compilePlan } from '../redaction/index.ts';
import type { Policy } from './policy.ts';
import type { Effects, PolicedCall, Refusal } from './rule.ts';
import type { Verdict } from './verdict.ts';

/** What a set of matching policies amounts to; the same for every request that they match. */
export interface Combined {
  /** Whether any of them is enforced, and not only reported. */
  readonly enforced: boolean;
  readonly verdict: Verdict;
  readonly checkCall: (call: PolicedCall) => Fault | undefined;
  /** undefined = no cap. */
  readonly outputCapTokens: number | undefined;
}

export function combine(matching: readonly Policy[]): Combined {
  const enforced = matching.filter((policy) => policy.enforce);
  const effects = enforced.flatMap((policy) => policy.effects);
  const callChecks = bind<PolicedCall>(enforced, (effect) => effect.checkCall);
  const targetChecks = bind<Target>(enforced, (effect) => effect.checkTarget);
  const redactions = defined(effects, (effect) => effect.redaction);
  const ttls = defined(effects, (effect) => effect.cacheTtlMs);
  const caps = defined(effects, (effect) => effect.outputCapTokens);
  const ttlMs = Math.min(...ttls);
  return {
    enforced: enforced.length > 0,
    checkCall: (call) => firstFault(callChecks, call),
    outputCapTokens: caps.length === 0 ? undefined : Math.min(...caps),
    verdict: {
      policies: matching.map((policy) => (policy.enforce ? policy.id : `${policy.id} (report)`)),
      permits: (target) => firstFault(targetChecks, target),
      redaction: redactions.length === 0 ? undefined : compilePlan(redactions),
      cacheTtlMs: ttlMs > 0 && ttlMs < Number.POSITIVE_INFINITY ? ttlMs : undefined,
      unpriced: effects.some((effect) => effect.unpriced === 'refuse') ? 'refuse' : 'allow',
      onDisconnect: effects.some((effect) => effect.onDisconnect === 'drain') ? 'drain' : 'cancel',
    },
  };
}

/** The fault that names the policy which refuses. */
export function deniedBy(policyId: string, { message, param }: Refusal): Fault {
  const text = `Refused by policy "${policyId}": ${message}.`;
  return new Fault('policy_denied', text, param === undefined ? {} : { param });
}

interface BoundCheck<Subject> {
  readonly policyId: string;
  readonly check: (subject: Subject) => Refusal | undefined;
}

function bind<Subject>(
  policies: readonly Policy[],
  pick: (effect: Effects) => ((subject: Subject) => Refusal | undefined) | undefined,
): BoundCheck<Subject>[] {
  return policies.flatMap(({ id, effects }) =>
    defined(effects, pick).map((check) => ({ policyId: id, check })),
  );
}

function firstFault<Subject>(checks: readonly BoundCheck<Subject>[], subject: Subject): Fault | undefined {
  for (const { policyId, check } of checks) {
    const refusal = check(subject);
    if (refusal !== undefined) return deniedBy(policyId, refusal);
  }
  return undefined;
}

function defined<T>(effects: readonly Effects[], pick: (effect: Effects) => T | undefined): T[] {
  return effects.map(pick).filter((value) => value !== undefined);
}
