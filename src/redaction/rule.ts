import { z } from 'zod';
import {
  type Direction,
  FILE_ACTIONS,
  NOT_FOR_SECRETS,
  REDACTION_ACTIONS,
  RESTORE_PLACES,
  type RedactionAction,
  type RedactionPlan,
} from './plan.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { prepare } from './ruling.ts';

const GROUPS = [...new Set(RECOGNISERS.map((each) => each.group))];
const SELECTORS: readonly string[] = ['*', ...GROUPS, ...RECOGNISERS.map((each) => each.id)];

/** Actions by entity, group or `*`. */
export const actions = z.partialRecord(
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
  restore: z
    .enum(RESTORE_PLACES)
    .describe(
      'Where values are put back for their pseudonyms: everywhere, or not in tool arguments, or nowhere.',
    )
    .exactOptional(),
  files: z
    .enum(FILE_ACTIONS)
    .describe(
      'What happens to images, recordings and documents in a request: nobody can see what is in them.',
    )
    .exactOptional(),
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
  const settle = <T>(
    name: string,
    order: readonly T[],
    choices: readonly (T | undefined)[],
  ): T | undefined => {
    const strictest = Math.max(
      ...choices.map((choice) => (choice === undefined ? -1 : order.indexOf(choice))),
    );
    const choice = order[strictest];
    const policy = choice === undefined ? undefined : policies[choices.indexOf(choice)];
    if (policy !== undefined) settledBy[name] = policy;
    return choice;
  };
  const direction = (of: Direction): Record<string, RedactionAction> => {
    const plan: Record<string, RedactionAction> = {};
    for (const { id, group } of RECOGNISERS) {
      const named = sections.map(({ [of]: section }) => section?.[id] ?? section?.[group] ?? section?.['*']);
      const action = settle(`${of}.${id}`, REDACTION_ACTIONS, named);
      if (action !== undefined)
        plan[id] = group === 'secret' && NOT_FOR_SECRETS.has(action) ? 'mask' : action;
    }
    return plan;
  };
  const plan = {
    request: direction('request'),
    answer: direction('answer'),
    restore:
      settle(
        'restore',
        RESTORE_PLACES,
        sections.map((each) => each.restore),
      ) ?? 'everywhere',
    files:
      settle(
        'files',
        FILE_ACTIONS,
        sections.map((each) => each.files),
      ) ?? 'allow',
    settledBy,
  };
  prepare(plan);
  return plan;
}
