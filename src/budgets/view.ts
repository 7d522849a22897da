import { z } from 'zod';
import { formatUsd, type PicoUsd } from '../core/money.ts';
import { type Principal, type Reach, subjectIdOf } from '../identity/index.ts';
import { amountAt, budgetOf } from './budget.ts';
import { type BudgetRow, ruleOfRow } from './definitions.ts';
import { type BudgetRule, budgetRule, type PolicyBudget } from './rule.ts';
import type { BudgetScope } from './scope.ts';
import type { WindowStanding } from './store-definitions.ts';
import { type Window, windowAt, windowKind } from './window.ts';

const rule = budgetRule.shape;

const standing = z.strictObject({
  subject_id: z
    .string()
    .describe('The organisation, team, user or key; of prompts and tag values a stable id.'),
  subject_name: z.string().nullable().describe('The prompt or tag value.'),
  spent_usd: z.string(),
  leased_usd: z.string().describe('Held by nodes for requests that run or are to come.'),
  left_usd: z.string(),
  resets_at: z
    .string()
    .nullable()
    .describe('Of a rolling window: when the oldest part of what was spent is free again.'),
  burn_rate_usd_per_hour: z.string().describe('What was spent, over the time in which it was.'),
  exhausted_at: z
    .string()
    .nullable()
    .describe('When the budget is used up at this rate; null: not before it resets.'),
});

export const budgetAnswer = z.strictObject({
  id: z.string(),
  source: z.enum(['api', 'policy']).describe('Where it is declared; `policy` is read-only here.'),
  policy: z.string().nullable().describe('The policy that declares it.'),
  name: z.string(),
  scope: rule.scope,
  scope_id: z.string().nullable(),
  prompt: z.string().nullable(),
  tag: z.string().nullable(),
  window: rule.window,
  timezone: z.string(),
  amount_usd: z.string(),
  raises: z.array(z.strictObject({ by_usd: z.string(), until: z.string() })),
  amount_now_usd: z.string().describe('The amount with the raises that hold now.'),
  hard: z.boolean(),
  alert_percents: z.array(z.int()),
  models: z.array(z.string()).nullable(),
  window_started_at: z.string().nullable().describe('Null for rolling windows.'),
  resets_at: z.string().nullable(),
  created_at: z.string().nullable().describe('Null for budgets of policies.'),
  subjects: z
    .array(standing)
    .describe(
      'One line per subject that spent anything in the present window, or that a node holds money for: the 1,000 that spent the most.',
    ),
  subjects_left_out: z.int().describe('Subjects beyond those.'),
});

/** A budget as the admin API shows it, wherever it is declared. */
export interface DeclaredBudget {
  readonly rule: BudgetRule;
  /** The policy that declares it; null: the admin API. */
  readonly policy: string | null;
  readonly name: string;
  readonly scopeId: string | null;
  readonly createdAt: Date | null;
}

export function declaredByRow(row: BudgetRow): DeclaredBudget {
  return {
    rule: ruleOfRow(row),
    policy: null,
    name: row.name,
    scopeId: row.scopeId,
    createdAt: row.createdAt,
  };
}

export function declaredByPolicy(budget: PolicyBudget): DeclaredBudget {
  return { rule: budget, policy: budget.policy, name: budget.id, scopeId: null, createdAt: null };
}

export function presentWindow({ rule: { window, timezone } }: DeclaredBudget, nowMs: number): Window {
  return windowAt(windowKind(window), timezone, nowMs);
}

/** @param standings of the subjects that the caller may see, in the present window */
export function describeBudget(
  declared: DeclaredBudget,
  standings: readonly WindowStanding[],
  nowMs: number,
): z.input<typeof budgetAnswer> {
  const { rule, name, policy, scopeId } = declared;
  const window = presentWindow(declared, nowMs);
  const budget = budgetOf(rule, name, scopeId);
  const amount = amountAt(budget, nowMs);
  return {
    id: rule.id,
    source: policy === null ? 'api' : 'policy',
    policy,
    name,
    scope: rule.scope,
    scope_id: scopeId,
    prompt: rule.prompt ?? null,
    tag: rule.tag ?? null,
    window: rule.window,
    timezone: rule.timezone,
    amount_usd: formatUsd(budget.amount),
    raises: rule.raises,
    amount_now_usd: formatUsd(amount),
    hard: rule.hard,
    alert_percents: rule.alert_percents,
    models: rule.models ?? null,
    window_started_at: window.startMs < 0 ? null : isoOf(window.startMs),
    resets_at: isoOf(window.endMs),
    created_at: declared.createdAt?.toISOString() ?? null,
    subjects_left_out: (standings[0]?.subjects ?? 0) - standings.length,
    subjects: standings.map((standing) => describeStanding(standing, window, amount, nowMs)),
  };
}

const HOUR_MS = 3_600_000;
/** Over less time than this a rate would say more of one request than of the budget. */
const SHORTEST_MS = 60_000;

function describeStanding(
  { subjectId, subjectName, settled, leased, openedAt, freesAt }: WindowStanding,
  window: Window,
  amount: PicoUsd,
  nowMs: number,
): z.input<typeof standing> {
  const rolling = window.startMs < 0;
  const longestMs = rolling ? -window.startMs : nowMs - window.startMs;
  const elapsedMs = Math.max(SHORTEST_MS, Math.min(longestMs, nowMs - openedAt.getTime()));
  const perHour = (settled * BigInt(HOUR_MS)) / BigInt(Math.ceil(elapsedMs));
  const left = amount - settled - leased;
  // What is leased is not spent yet.
  const unspent = amount - settled;
  const exhaustedAtMs =
    unspent <= 0n ? nowMs : perHour === 0n ? Infinity : nowMs + Number((unspent * BigInt(HOUR_MS)) / perHour);
  // In a rolling window what is spent at this rate is forgotten at the same rate.
  const lasts = rolling && unspent > 0n && elapsedMs >= longestMs;
  return {
    subject_id: subjectId,
    subject_name: subjectName,
    spent_usd: formatUsd(settled),
    leased_usd: formatUsd(leased),
    left_usd: formatUsd(left > 0n ? left : 0n),
    resets_at: rolling ? (freesAt?.toISOString() ?? null) : isoOf(window.endMs),
    burn_rate_usd_per_hour: formatUsd(perHour),
    exhausted_at: lasts || exhaustedAtMs >= window.endMs ? null : isoOf(exhaustedAtMs),
  };
}

/** A date has 8.64e15 milliseconds at most. @returns null where it never comes */
function isoOf(epochMs: number): string | null {
  return epochMs <= 8.64e15 ? new Date(epochMs).toISOString() : null;
}

export interface Viewer {
  readonly principal: Principal;
  readonly reach: Reach;
}

/** What counts for each team, user or key is seen by whoever reaches one of them; what counts for all, by those who reach all. */
export function seesBudget(viewer: Viewer, { rule: { scope }, scopeId }: DeclaredBudget): boolean {
  if (scopeId !== null) return seesSubject(viewer, scope, scopeId);
  return viewer.reach === 'all' || (viewer.reach === 'team' && scope === 'team');
}

/** Ids of the only subjects that the viewer may see; undefined: all. What else must hold says `seesSubject`. */
export function visibleSubjects({ principal, reach }: Viewer): readonly string[] | undefined {
  if (reach === 'all') return undefined;
  const own = [principal.userId, principal.keyId].flatMap((id) => id ?? []);
  return reach === 'team' ? [...own, ...principal.managedTeams] : own;
}

/** Managers see the teams they manage, and what is their own. Prompts and tags belong to nobody less than the organisation. */
export function seesSubject({ principal, reach }: Viewer, scope: BudgetScope, subjectId: string): boolean {
  if (reach === 'all') return true;
  if (scope === 'org' || scope === 'prompt' || scope === 'tag') return false;
  if (scope === 'team') return reach === 'team' && principal.managedTeams.includes(subjectId);
  return subjectId === subjectIdOf(principal, scope);
}
