import { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { customEntities, entitiesOf } from './custom/entities.ts';
import {
  type Direction,
  FILE_ACTIONS,
  NOT_FOR_SECRETS,
  REDACTION_ACTIONS,
  RESTORE_PLACES,
  type RedactionAction,
  type RedactionPlan,
} from './plan.ts';
import { LITERAL } from './pseudonyms.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { prepare } from './ruling.ts';

const GROUPS = [...new Set(RECOGNISERS.map((each) => each.group))];
const KNOWN: readonly string[] = ['*', ...GROUPS, ...RECOGNISERS.map((each) => each.id)];
/** Pseudonyms of this name stand for what only looks like one. */
const TAKEN: ReadonlySet<string> = new Set([...KNOWN, LITERAL]);

/** Actions by entity, group or `*`; which names there are depends on the entities that are declared beside them. */
export const actions = z.record(z.union([z.enum(KNOWN), z.string()]), z.enum(REDACTION_ACTIONS));
export type Actions = z.output<typeof actions>;

/** What is wrong with a name that actions are given to; undefined where it is one. */
export function unknownName(name: string, declared: readonly string[]): string | undefined {
  const names = [...declared, ...KNOWN];
  if (names.includes(name)) return undefined;
  const meant = nearest(name, names);
  const hint =
    meant === undefined
      ? `there are *, ${GROUPS.join(', ')}, those of docs/redaction-entities.md, and those that the same policy declares under pii.entities`
      : `did you mean "${meant}"?`;
  return `there is no entity "${name}"; ${hint}`;
}

const section = z.strictObject({
  entities: customEntities.describe('Kinds of values of your own, by name.').exactOptional(),
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
export type RedactionRules = z.output<typeof section>;

/**
 * The section `pii` of a policy: what to do with which entity. A group (`pii`, `secret`) stands for its
 * entities, `*` for all; within a section the more exact name wins.
 */
export const redactionRules = section.superRefine((rules, context) => {
  const fail = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  const declared = Object.keys(rules.entities ?? {});
  for (const name of declared)
    if (TAKEN.has(name)) fail(['entities', name], `"${name}" has a meaning already; choose another name`);
  for (const direction of ['request', 'answer'] as const)
    for (const name of Object.keys(rules[direction] ?? {})) {
      const message = unknownName(name, declared);
      if (message !== undefined) fail([direction, name], message);
    }
});

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
  const custom = entitiesOf(sections.map((each) => each.entities));
  const direction = (of: Direction): Record<string, RedactionAction> => {
    const plan: Record<string, RedactionAction> = {};
    for (const { id, group } of [...custom, ...RECOGNISERS]) {
      const named = sections.map(({ [of]: section }) => section?.[id] ?? section?.[group] ?? section?.['*']);
      const action = settle(`${of}.${id}`, REDACTION_ACTIONS, named);
      if (action !== undefined)
        plan[id] = group === 'secret' && NOT_FOR_SECRETS.has(action) ? 'mask' : action;
    }
    return plan;
  };
  const plan = {
    custom,
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
