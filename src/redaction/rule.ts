import { z } from 'zod';
import { REDACTION_ACTIONS, type RedactionAction, type RedactionPlan } from './plan.ts';

const actions = z.record(z.string().min(1), z.enum(REDACTION_ACTIONS));

/** The section `pii` of a policy: what to do with which entity or group; `*` stands for all of them. */
export const redactionRules = z.strictObject({
  request: actions.optional().describe('In what goes to the provider.'),
  answer: actions.optional().describe('In what comes back.'),
});
export type RedactionRules = z.output<typeof redactionRules>;

const STRICTNESS: readonly RedactionAction[] = ['allow', 'placeholder', 'mask', 'block'];

/** The strictest action of all sections wins, entity by entity. */
export function compilePlan(sections: readonly RedactionRules[]): RedactionPlan {
  return {
    request: strictest(sections.map((section) => section.request ?? {})),
    answer: strictest(sections.map((section) => section.answer ?? {})),
  };
}

function strictest(
  sections: readonly Readonly<Record<string, RedactionAction>>[],
): Record<string, RedactionAction> {
  const plan: Record<string, RedactionAction> = {};
  for (const [entity, action] of sections.flatMap((section) => Object.entries(section))) {
    const before = plan[entity];
    if (before === undefined || STRICTNESS.indexOf(action) > STRICTNESS.indexOf(before))
      plan[entity] = action;
  }
  return plan;
}
