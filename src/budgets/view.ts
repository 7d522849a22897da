import { z } from 'zod';
import { formatUsd, type PicoUsd, parseUsd } from '../core/money.ts';
import type { Principal, Reach, SubjectKind } from '../identity/index.ts';
import type { BudgetRow } from './definitions.ts';
import { budgetRule, type PolicyBudget } from './rule.ts';
import type { WindowStanding } from './store-definitions.ts';
import type { Window, WindowKind } from './window.ts';

const rule = budgetRule.shape;

const standing = z.strictObject({
  subject_id: z.string().describe('The organisation, team, user or key.'),
  spent_usd: z.string(),
  leased_usd: z.string().describe('Held by nodes for requests that run or are to come.'),
  left_usd: z.string(),
  resets_at: z.string().nullable(),
});

export const budgetAnswer = z.strictObject({
  id: z.string(),
  source: z.enum(['api', 'policy']).describe('Where it is declared; `policy` is read-only here.'),
  policy: z.string().nullable().describe('The policy that declares it.'),
  name: z.string(),
  scope: rule.scope,
  scope_id: z.string().nullable(),
  window: rule.window,
  timezone: z.string(),
  amount_usd: z.string(),
  hard: z.boolean(),
  alert_percents: z.array(z.int()),
  models: z.array(z.string()).nullable(),
  window_started_at: z.string(),
  resets_at: z.string().nullable(),
  created_at: z.string().nullable().describe('Null for budgets of policies.'),
  subjects: z
    .array(standing)
    .describe(
      'One line per subject that spent anything in the present window, or that a node holds money for.',
    ),
});

/** A budget as the admin API shows it, wherever it is declared. */
export interface DeclaredBudget {
  readonly id: string;
  /** The policy that declares it; null: the admin API. */
  readonly policy: string | null;
  readonly name: string;
  readonly scope: SubjectKind;
  readonly scopeId: string | null;
  readonly window: WindowKind;
  readonly timezone: string;
  readonly amount: PicoUsd;
  readonly hard: boolean;
  readonly alertPercents: number[];
  readonly models: string[] | null;
  readonly createdAt: Date | null;
}

export function declaredByRow(row: BudgetRow): DeclaredBudget {
  return { ...row, policy: null };
}

export function declaredByPolicy(budget: PolicyBudget): DeclaredBudget {
  const { id, policy, scope, window, timezone, hard } = budget;
  return {
    id,
    policy,
    name: id,
    scope,
    scopeId: null,
    window,
    timezone,
    amount: parseUsd(budget.amount_usd),
    hard,
    alertPercents: budget.alert_percents,
    models: budget.models ?? null,
    createdAt: null,
  };
}

/** @param standings of the subjects that the caller may see, in that window */
export function describeBudget(
  budget: DeclaredBudget,
  window: Window,
  standings: readonly WindowStanding[],
): z.input<typeof budgetAnswer> {
  const resetsAt = Number.isFinite(window.endMs) ? new Date(window.endMs).toISOString() : null;
  return {
    id: budget.id,
    source: budget.policy === null ? 'api' : 'policy',
    policy: budget.policy,
    name: budget.name,
    scope: budget.scope,
    scope_id: budget.scopeId,
    window: budget.window,
    timezone: budget.timezone,
    amount_usd: formatUsd(budget.amount),
    hard: budget.hard,
    alert_percents: budget.alertPercents,
    models: budget.models,
    window_started_at: new Date(window.startMs).toISOString(),
    resets_at: resetsAt,
    created_at: budget.createdAt?.toISOString() ?? null,
    subjects: standings.map(({ subjectId, settled, leased }) => {
      const left = budget.amount - settled - leased;
      return {
        subject_id: subjectId,
        spent_usd: formatUsd(settled),
        leased_usd: formatUsd(leased),
        left_usd: formatUsd(left > 0n ? left : 0n),
        resets_at: resetsAt,
      };
    }),
  };
}

export interface Viewer {
  readonly principal: Principal;
  readonly reach: Reach;
}

/** What counts for each team, user or key is seen by whoever reaches one of them; what counts for all, by those who reach all. */
export function seesBudget(viewer: Viewer, { scope, scopeId }: DeclaredBudget): boolean {
  if (scopeId !== null) return seesSubject(viewer, scope, scopeId);
  return viewer.reach === 'all' || (viewer.reach === 'team' && scope === 'team');
}

/** Managers see the teams they manage, and what is their own. */
export function seesSubject({ principal, reach }: Viewer, scope: SubjectKind, subjectId: string): boolean {
  if (reach === 'all') return true;
  switch (scope) {
    case 'org':
      return false;
    case 'team':
      return reach === 'team' && principal.managedTeams.includes(subjectId);
    case 'user':
      return subjectId === principal.userId;
    case 'key':
      return subjectId === principal.keyId;
  }
}
