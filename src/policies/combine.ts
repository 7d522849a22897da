/**
 * Many policies, one verdict: every check of every matching policy must pass (so deny wins and allow lists
 * intersect), and of what must be done the strictest wins.
 */
import { strictest } from '../cache/index.ts';
import { Fault } from '../core/fault.ts';
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
  const callChecks = bind(enforced, (effect) => effect.checkCall);
  const targetChecks = bind(enforced, (effect) => effect.checkTarget);
  const redactions = bind(enforced, (effect) => effect.redaction);
  const caps = defined(effects, (effect) => effect.outputCapTokens);
  return {
    enforced: enforced.length > 0,
    checkCall: (call) => firstFault(callChecks, call),
    outputCapTokens: caps.length === 0 ? undefined : Math.min(...caps),
    verdict: {
      policies: matching.map((policy) => (policy.enforce ? policy.id : `${policy.id} (report)`)),
      permits: (target) => firstFault(targetChecks, target),
      redaction:
        redactions.length === 0
          ? undefined
          : compilePlan(
              redactions.map(({ part }) => part),
              redactions.map(({ policyId }) => policyId),
            ),
      cache: strictest(defined(effects, (effect) => effect.cache)),
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

/** What a rule contributes, with the policy it is from. */
interface Bound<T> {
  readonly policyId: string;
  readonly part: T;
}

function bind<T>(policies: readonly Policy[], pick: (effect: Effects) => T | undefined): Bound<T>[] {
  return policies.flatMap(({ id, effects }) =>
    defined(effects, pick).map((part) => ({ policyId: id, part })),
  );
}

function firstFault<Subject>(
  checks: readonly Bound<(subject: Subject) => Refusal | undefined>[],
  subject: Subject,
): Fault | undefined {
  for (const { policyId, part: check } of checks) {
    const refusal = check(subject);
    if (refusal !== undefined) return deniedBy(policyId, refusal);
  }
  return undefined;
}

function defined<T>(effects: readonly Effects[], pick: (effect: Effects) => T | undefined): T[] {
  return effects.map(pick).filter((value) => value !== undefined);
}
