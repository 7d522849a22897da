import { z } from 'zod';
import {
  type Direction,
  REDACTION_ACTIONS,
  type RedactionAction,
  type RedactionPlan,
  STRICTNESS,
} from './plan.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { prepare } from './ruling.ts';

const GROUPS = [...new Set(RECOGNISERS.map((each) => each.group))];
const SELECTORS: readonly string[] = ['*', ...GROUPS, ...RECOGNISERS.map((each) => each.id)];

const actions = z.partialRecord(
  z.enum(SELECTORS, { error: `no such entity; there are ${SELECTORS.join(', ')}` }),
  z.enum(REDACTION_ACTIONS),
);

/**
 * The section `pii` of a policy: what to do with which entity. A group (`pii`, `secret`) stands for its
 * entities, `*` for all; within a section the more exact name wins.
 */
export const redactionRules = z.strictObject({
  request: actions.describe('In what goes to the provider, by entity, group or *.').exactOptional(),
  answer: actions.describe('In what comes back, by entity, group or *.').exactOptional(),
});
export type RedactionRules = z.output<typeof redactionRules>;

/**
 * The sections of all policies that match a request, as one plan: entity by entity the strictest action wins.
 * It compiles what the request path will need, so call it once per combination of policies and keep the plan.
 *
 * @param policies the ids of the policies the sections are from, in the same order, for error messages
 */
export function compilePlan(
  sections: readonly RedactionRules[],
  policies: readonly string[] = [],
): RedactionPlan {
  const settledBy: Record<string, string> = {};
  const strictest = (direction: Direction): Record<string, RedactionAction> => {
    const plan: Record<string, RedactionAction> = {};
    for (const { id, group } of RECOGNISERS) {
      for (const [index, section] of sections.entries()) {
        const named = section[direction];
        const action = named?.[id] ?? named?.[group] ?? named?.['*'];
        if (action === undefined || !isStricter(action, plan[id])) continue;
        plan[id] = action === 'placeholder' && group === 'secret' ? 'mask' : action;
        const policy = policies[index];
        if (policy !== undefined) settledBy[`${direction}.${id}`] = policy;
      }
    }
    return plan;
  };
  const plan = { request: strictest('request'), answer: strictest('answer'), settledBy };
  prepare(plan);
  return plan;
}

function isStricter(action: RedactionAction, than: RedactionAction | undefined): boolean {
  return than === undefined || STRICTNESS.indexOf(action) > STRICTNESS.indexOf(than);
}
