import { z } from 'zod';
import { type AdminRoute, adminRoute, deletedAnswer, listOf, noParams, noQuery } from '../admin/route.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { uuidv7 } from '../core/ids.ts';
import { parseUsd } from '../core/money.ts';
import { orgSlug } from '../identity/index.ts';
import type { Database } from '../storage/database.ts';
import { budgetRule, misplaced, type PolicyBudget } from './rule.ts';
import {
  createBudget,
  deleteBudget,
  findBudget,
  listBudgets,
  scopeExists,
  standingsIn,
  updateBudget,
} from './store-definitions.ts';
import {
  budgetAnswer,
  type DeclaredBudget,
  declaredByPolicy,
  declaredByRow,
  describeBudget,
  presentWindow,
  seesBudget,
  seesSubject,
  type Viewer,
  visibleSubjects,
} from './view.ts';
import { type WrittenWindow, windowKind } from './window.ts';

const budgetParams = z.strictObject({
  budgetId: z
    .string()
    .describe("Id of the budget; percent-encoded, since ids of policies' budgets hold slashes."),
});

const rule = budgetRule.shape;
const createBody = z.strictObject({
  name: z.string().min(1).max(100).describe('What refusals call it.'),
  scope: rule.scope,
  scope_id: z
    .uuid()
    .nullable()
    .default(null)
    .describe('The one team, user or key meant; null: each of them has this budget for itself.'),
  prompt: rule.prompt
    .unwrap()
    .nullable()
    .default(null)
    .describe('With `scope: prompt`: this one; null: each.'),
  tag: rule.tag.unwrap().nullable().default(null).describe('With `scope: tag`: `env` or `env=prod`.'),
  window: rule.window,
  timezone: rule.timezone,
  amount_usd: rule.amount_usd,
  raises: rule.raises,
  hard: rule.hard,
  alert_percents: rule.alert_percents,
  models: rule.models.unwrap().nullable().default(null).describe('Model patterns it counts; null: all.'),
});

/** What may change; scope and window stay, because the ledger's past rows stand for them. */
const updateBody = z
  .strictObject({
    name: createBody.shape.name,
    amount_usd: rule.amount_usd,
    raises: rule.raises.unwrap(),
    hard: rule.hard.unwrap(),
    alert_percents: rule.alert_percents.unwrap(),
    models: createBody.shape.models.unwrap(),
  })
  .partial();

type Call = Viewer & { readonly orgId: string };

export interface BudgetRouteDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** What policies in force declare for callers of an organisation. */
  readonly policyBudgets: (orgId: string, orgSlug: string) => readonly PolicyBudget[];
}

/**
 * Budgets: what is spent, leased and left of each. Those of policy files are read here and changed in the file;
 * those made here are also changed and deleted here.
 */
export function budgetRoutes({ db, clock, policyBudgets }: BudgetRouteDeps): readonly AdminRoute[] {
  const describe = async (
    call: Call,
    budgets: readonly DeclaredBudget[],
  ): Promise<z.input<typeof budgetAnswer>[]> => {
    const nowMs = clock.now();
    const standings = await standingsIn(
      db,
      call.orgId,
      budgets.map((budget) => ({
        budgetId: budget.rule.id,
        windowStartMs: presentWindow(budget, nowMs).startMs,
      })),
      visibleSubjects(call),
    );
    return budgets.map((budget) => {
      const { id, scope } = budget.rule;
      const subjects = standings.filter(
        ({ budgetId, subjectId }) => budgetId === id && seesSubject(call, scope, subjectId),
      );
      return describeBudget(budget, subjects, nowMs);
    });
  };

  const describeOne = async (call: Call, budget: DeclaredBudget): Promise<z.input<typeof budgetAnswer>> => {
    const [answer] = await describe(call, [budget]);
    if (answer === undefined) throw new Error('one budget has one description');
    return answer;
  };

  const ofPolicies = async (orgId: string): Promise<DeclaredBudget[]> =>
    policyBudgets(orgId, await orgSlug(db, orgId)).map(declaredByPolicy);

  const find = async (orgId: string, budgetId: string): Promise<DeclaredBudget> => {
    const row = await findBudget(db, orgId, budgetId);
    if (row !== undefined) return declaredByRow(row);
    const declared = (await ofPolicies(orgId)).find(({ rule: { id } }) => id === budgetId);
    if (declared === undefined) throw noSuchBudget(budgetId);
    return declared;
  };

  /** Why there was nothing to change. */
  const unchangeable = async (orgId: string, budgetId: string): Promise<Fault> => {
    const { policy } = await find(orgId, budgetId);
    if (policy === null) return noSuchBudget(budgetId);
    return new Fault(
      'unprocessable',
      `Budget "${budgetId}" is declared by policy "${policy}". Change it in that policy's file.`,
    );
  };

  /** Of one's own organisation, or of the one named. */
  const reading = ['', '/orgs/:orgId'].flatMap((prefix) => [
    adminRoute({
      method: 'GET',
      path: `${prefix}/budgets`,
      summary: 'List budgets with what is spent and left of them.',
      action: 'budgets.list',
      params: noParams,
      query: noQuery,
      answer: listOf(budgetAnswer),
      handle: async (call) => {
        requireOrg(call);
        const rows = await listBudgets(db, call.orgId);
        const declared = [...rows.map(declaredByRow), ...(await ofPolicies(call.orgId))];
        const seen = declared.filter((budget) => seesBudget(call, budget));
        return { answer: { data: await describe(call, seen) } };
      },
    }),
    adminRoute({
      method: 'GET',
      path: `${prefix}/budgets/:budgetId`,
      summary: 'Read one budget: what is spent, leased and left, how fast, and until when it lasts.',
      action: 'budgets.read',
      params: budgetParams,
      query: noQuery,
      answer: budgetAnswer,
      handle: async (call) => {
        requireOrg(call);
        const budget = await find(call.orgId, call.params.budgetId);
        if (!seesBudget(call, budget)) throw noSuchBudget(budget.rule.id);
        return { answer: await describeOne(call, budget) };
      },
    }),
  ]);

  return [
    ...reading,
    adminRoute({
      method: 'POST',
      path: '/orgs/:orgId/budgets',
      summary: 'Create a budget; it counts from the next request on.',
      action: 'budgets.write',
      status: 201,
      params: noParams,
      query: noQuery,
      body: createBody,
      answer: budgetAnswer,
      handle: async (call) => {
        const { orgId, body } = call;
        await checkScope(db, orgId, body);
        const { scope_id, amount_usd, alert_percents, window, ...same } = body;
        const row = await createBudget(db, {
          ...same,
          ...windowColumns(window),
          orgId,
          id: uuidv7(clock.now()),
          scopeId: scope_id,
          amount: parseUsd(amount_usd),
          alertPercents: alert_percents,
        });
        return {
          answer: await describeOne(call, declaredByRow(row)),
          resource: `budget/${row.id}`,
          changes: body,
        };
      },
    }),
    adminRoute({
      method: 'PATCH',
      path: '/orgs/:orgId/budgets/:budgetId',
      summary: 'Change name, amount, raises, hardness, alerts or models of a budget.',
      action: 'budgets.write',
      params: budgetParams,
      query: noQuery,
      body: updateBody,
      answer: budgetAnswer,
      handle: async (call) => {
        const { orgId, params, body } = call;
        const row = await updateBudget(db, orgId, params.budgetId, {
          ...(body.name !== undefined && { name: body.name }),
          ...(body.amount_usd !== undefined && { amount: parseUsd(body.amount_usd) }),
          ...(body.raises !== undefined && { raises: body.raises }),
          ...(body.hard !== undefined && { hard: body.hard }),
          ...(body.alert_percents !== undefined && { alertPercents: body.alert_percents }),
          ...(body.models !== undefined && { models: body.models }),
          updatedAt: new Date(clock.now()),
        });
        if (row === undefined) throw await unchangeable(orgId, params.budgetId);
        return {
          answer: await describeOne(call, declaredByRow(row)),
          resource: `budget/${row.id}`,
          changes: body,
        };
      },
    }),
    adminRoute({
      method: 'DELETE',
      path: '/orgs/:orgId/budgets/:budgetId',
      summary: 'Delete a budget; its ledger rows stay for the record.',
      action: 'budgets.delete',
      params: budgetParams,
      query: noQuery,
      answer: deletedAnswer,
      handle: async ({ orgId, params }) => {
        const deleted = await deleteBudget(db, orgId, params.budgetId, new Date(clock.now()));
        if (!deleted) throw await unchangeable(orgId, params.budgetId);
        return {
          answer: { id: params.budgetId, deleted: true as const },
          resource: `budget/${params.budgetId}`,
        };
      },
    }),
  ];
}

/** @throws Fault `unprocessable` where the scope does not have what it needs, or has what it cannot use */
async function checkScope(
  db: Database,
  orgId: string,
  body: Pick<z.output<typeof createBody>, 'scope' | 'scope_id' | 'prompt' | 'tag'>,
): Promise<void> {
  const wrong = misplaced(body);
  if (wrong) throw new Fault('unprocessable', `${wrong.field}: ${wrong.message}.`, { param: wrong.field });
  const { scope, scope_id } = body;
  if (scope_id === null) return;
  if (scope === 'prompt' || scope === 'tag' || !(await scopeExists(db, orgId, scope, scope_id))) {
    throw new Fault('unprocessable', `There is no ${scope} with this id in the organisation.`, {
      param: 'scope_id',
    });
  }
}

function windowColumns(written: WrittenWindow) {
  const window = windowKind(written);
  if (typeof window === 'string') return { window, rollingSeconds: null };
  return { window: 'rolling' as const, rollingSeconds: window.rollingMs / 1000 };
}

/** Operators stand above organisations. */
function requireOrg({ orgId }: { readonly orgId: string }): void {
  if (orgId !== '') return;
  throw new Fault('not_found', 'Name the organisation in the path: /api/v1/orgs/{org}/budgets.');
}

function noSuchBudget(budgetId: string): Fault {
  return new Fault('not_found', `There is no budget "${budgetId}" in this organisation.`);
}
