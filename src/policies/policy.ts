/** One policy, compiled: whom it is for, when it applies, what it contributes. */

import { type NameTest, namePatterns } from '../core/pattern.ts';
import type { PointAt, Problem } from '../core/strict-yaml.ts';
import type { Operation } from '../dialects/dialect.ts';
import type { Principal } from '../identity/index.ts';
import { type Condition, ConditionError, compileCondition } from './condition.ts';
import type { Audience, PolicyEntry } from './file.ts';
import type { Effects } from './rule.ts';
import { RULES } from './rules/index.ts';

export interface Policy {
  readonly id: string;
  readonly description: string;
  /** As it stands in the file, for the admin API. */
  readonly entry: PolicyEntry;
  /** The file that declares it. */
  readonly file: string;
  readonly enforce: boolean;
  /** Does it concern this caller at all? */
  readonly concerns: (principal: Principal) => boolean;
  readonly concernsOrg: (orgId: string, orgSlug: string) => boolean;
  /** undefined = every operation. */
  readonly operations: ReadonlySet<Operation> | undefined;
  readonly models: NameTest | undefined;
  readonly when: Condition | undefined;
  readonly effects: readonly Effects[];
}

/** Compiles an entry that its schema accepted; what the schema cannot see is pushed to `problems`. */
export function compilePolicy(
  entry: PolicyEntry,
  index: number,
  file: string,
  pointAt: PointAt,
  problems: Problem[],
): Policy {
  const audience = entry.for;
  checkEarlyRules(entry, index, pointAt, problems);
  return {
    id: entry.id,
    description: entry.description,
    entry,
    file,
    enforce: entry.enforce,
    ...callers(audience),
    operations: audience.endpoints === undefined ? undefined : new Set(audience.endpoints),
    models: audience.models === undefined ? undefined : namePatterns(audience.models),
    when: condition(entry.when, index, pointAt, problems),
    effects: RULES.filter((rule) => entry[rule.id] !== undefined).map((rule) => rule.compile(entry[rule.id])),
  };
}

/** Limits and budgets are taken before the body is read, so their policy cannot depend on what it says. */
function checkEarlyRules(entry: PolicyEntry, index: number, pointAt: PointAt, problems: Problem[]): void {
  const early = RULES.find((rule) => rule.early && entry[rule.id] !== undefined);
  if (early === undefined) return;
  const dependent = [
    { path: ['when'], set: entry.when !== undefined },
    { path: ['for', 'endpoints'], set: entry.for.endpoints !== undefined },
    { path: ['for', 'models'], set: entry.for.models !== undefined },
  ];
  for (const { path } of dependent.filter(({ set }) => set)) {
    problems.push(
      pointAt(
        ['policies', index, ...path],
        `cannot stand beside ${early.id}, which are taken before the request is read`,
        `put ${early.id} into a policy of their own`,
      ),
    );
  }
}

function condition(
  expression: string | undefined,
  index: number,
  pointAt: PointAt,
  problems: Problem[],
): Condition | undefined {
  if (expression === undefined) return undefined;
  try {
    return compileCondition(expression);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const near = expression.slice(error.offset, error.offset + 40);
    problems.push(
      pointAt(['policies', index, 'when'], `${error.message}${near === '' ? '' : ` (at \`${near}\`)`}`),
    );
    return undefined;
  }
}

function callers(audience: Audience): Pick<Policy, 'concerns' | 'concernsOrg'> {
  const orgs = namePatterns(audience.orgs ?? ['*']);
  const users = one(audience.users);
  const teams = one(audience.teams);
  const keys = one(audience.keys);
  const tags = tagged(audience.tags);
  const concernsOrg = (orgId: string, orgSlug: string): boolean => orgs(orgSlug) || orgs(orgId);
  return {
    concernsOrg,
    concerns: (principal) =>
      concernsOrg(principal.orgId, principal.orgSlug) &&
      teams(principal.teamId) &&
      (users(principal.userId) || users(principal.email)) &&
      keys(principal.keyId) &&
      tags(principal),
  };
}

/** A list that is set never matches a caller who has no such thing. */
function one(patterns: readonly string[] | undefined): (value: string | null) => boolean {
  if (patterns === undefined) return () => true;
  const matches = namePatterns(patterns);
  return (value) => value !== null && matches(value);
}

function tagged(tags: readonly string[] | undefined): (principal: Principal) => boolean {
  if (tags === undefined) return () => true;
  const wanted = tags.map((tag) => {
    const split = tag.indexOf('=');
    return { name: tag.slice(0, split), matches: namePatterns([tag.slice(split + 1)]) };
  });
  return ({ tags: actual }) =>
    wanted.some(({ name, matches }) => Object.hasOwn(actual, name) && matches(actual[name] as string));
}
