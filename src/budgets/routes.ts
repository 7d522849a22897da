import { z } from 'zod';
import { type AdminRoute, adminRoute, deletedAnswer, listOf, noParams, noQuery } from '../admin/route.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { uuidv7 } from '../core/ids.ts';
import { formatUsd, parseUsd } from '../core/money.ts';
import type { Principal, Reach } from '../identity/index.ts';
import type { Database } from '../storage/database.ts';
import type { BudgetRow } from './definitions.ts';
import { budgetRule } from './rule.ts';
import {
  createBudget,
  deleteBudget,
  findBudget,
  listBudgets,
  scopeExists,
  standingOf,
  updateBudget,
  type WindowStanding,
} from './store-definitions.ts';
import { windowAt } from './window.ts';

const budgetParams = z.strictObject({ budgetId: z.string().describe('Id of the budget.') });

const rule = budgetRule.shape;
const createBody = z.strictObject({
  name: z.string().min(1).max(100).describe('What refusals call it.'),
  scope: rule.scope,
  scope_id: z
    .uuid()
    .nullable()
    .default(null)
    .describe('The one team, user or key meant; null: each of them has this budget for itself.'),
  window: rule.window,
  timezone: rule.timezone,
  amount_usd: rule.amount_usd,
  hard: rule.hard,
  alert_percents: rule.alert_percents,
  models: rule.models.unwrap().nullable().default(null).describe('Model patterns it counts; null: all.'),
});

/** What may change; scope and window stay, because the ledger's past rows stand for them. */
const updateBody = z
  .strictObject({
    name: createBody.shape.name,
    amount_usd: rule.amount_usd,
    hard: rule.hard.unwrap(),
    alert_percents: rule.alert_percents.unwrap(),
    models: createBody.shape.models.unwrap(),
  })
  .partial();

const standing = z.strictObject({
  subject_id: z.string(),
  spent_usd: z.string(),
  /** Held by nodes for requests that run or are to come. */
  leased_usd: z.string(),
  left_usd: z.string(),
});

const budgetAnswer = z.strictObject({
  id: z.string(),
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
  created_at: z.string(),
  /** One line per subject that spent anything in the present window. */
  subjects: z.array(standing),
});

/** Budgets made through the admin API: list, read, create, change, delete; what is spent, leased and left of each. */
export function budgetRoutes(deps: { readonly db: Database; readonly clock: Clock }): readonly AdminRoute[] {
  const { db, clock } = deps;

  const describe = async (row: BudgetRow): Promise<z.input<typeof budgetAnswer>> => {
    const window = windowAt(row.window, row.timezone, clock.now());
    const subjects = await standingOf(db, row.orgId, row.id, window.startMs);
    return {
      id: row.id,
      name: row.name,
      scope: row.scope,
      scope_id: row.scopeId,
      window: row.window,
      timezone: row.timezone,
      amount_usd: formatUsd(row.amount),
      hard: row.hard,
      alert_percents: row.alertPercents,
      models: row.models,
      window_started_at: new Date(window.startMs).toISOString(),
      resets_at: Number.isFinite(window.endMs) ? new Date(window.endMs).toISOString() : null,
      created_at: row.createdAt.toISOString(),
      subjects: subjects.map((subject) => describeSubject(row, subject)),
    };
  };

  const visible = async (
    call: { principal: Principal; reach: Reach; orgId: string },
    budgetId: string,
  ): Promise<BudgetRow> => {
    const row = await findBudget(db, call.orgId, budgetId);
    if (row === undefined || !reaches(call, row)) throw noSuchBudget(budgetId);
    return row;
  };

  return [
    adminRoute({
      method: 'GET',
      path: '/orgs/:orgId/budgets',
      summary: 'List budgets with what is spent and left of them.',
      action: 'budgets.list',
      params: noParams,
      query: noQuery,
      answer: listOf(budgetAnswer),
      handle: async (call) => {
        const rows = (await listBudgets(db, call.orgId)).filter((row) => reaches(call, row));
        return { answer: { data: await Promise.all(rows.map(describe)) } };
      },
    }),
    adminRoute({
      method: 'GET',
      path: '/orgs/:orgId/budgets/:budgetId',
      summary: 'Read one budget with what is spent and left of it.',
      action: 'budgets.read',
      params: budgetParams,
      query: noQuery,
      answer: budgetAnswer,
      handle: async (call) => ({ answer: await describe(await visible(call, call.params.budgetId)) }),
    }),
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
      handle: async ({ orgId, body }) => {
        if (body.scope_id !== null && !(await scopeExists(db, orgId, body.scope, body.scope_id))) {
          throw new Fault('unprocessable', `There is no ${body.scope} with this id in the organisation.`, {
            param: 'scope_id',
          });
        }
        const { scope_id, amount_usd, alert_percents, ...same } = body;
        const row = await createBudget(db, {
          ...same,
          orgId,
          id: uuidv7(clock.now()),
          scopeId: scope_id,
          amount: parseUsd(amount_usd),
          alertPercents: alert_percents,
        });
        return { answer: await describe(row), resource: `budget/${row.id}`, changes: body };
      },
    }),
    adminRoute({
      method: 'PATCH',
      path: '/orgs/:orgId/budgets/:budgetId',
      summary: 'Change name, amount, hardness, alerts or models of a budget.',
      action: 'budgets.write',
      params: budgetParams,
      query: noQuery,
      body: updateBody,
      answer: budgetAnswer,
      handle: async ({ orgId, params, body }) => {
        const row = await updateBudget(db, orgId, params.budgetId, {
          ...(body.name !== undefined && { name: body.name }),
          ...(body.amount_usd !== undefined && { amount: parseUsd(body.amount_usd) }),
          ...(body.hard !== undefined && { hard: body.hard }),
          ...(body.alert_percents !== undefined && { alertPercents: body.alert_percents }),
          ...(body.models !== undefined && { models: body.models }),
          updatedAt: new Date(clock.now()),
        });
        if (row === undefined) throw noSuchBudget(params.budgetId);
        return { answer: await describe(row), resource: `budget/${row.id}`, changes: body };
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
        if (!deleted) throw noSuchBudget(params.budgetId);
        return {
          answer: { id: params.budgetId, deleted: true as const },
          resource: `budget/${params.budgetId}`,
        };
      },
    }),
  ];
}

function describeSubject(
  row: BudgetRow,
  { subjectId, settled, leased }: WindowStanding,
): z.input<typeof standing> {
  const left = row.amount - settled - leased;
  return {
    subject_id: subjectId,
    spent_usd: formatUsd(settled),
    leased_usd: formatUsd(leased),
    left_usd: formatUsd(left > 0n ? left : 0n),
  };
}

/** Managers see the budgets of the teams they manage; who reaches only themselves, their own. */
function reaches({ principal, reach }: { principal: Principal; reach: Reach }, row: BudgetRow): boolean {
  if (reach === 'all') return true;
  if (row.scopeId === null) return false;
  if (row.scope === 'user') return row.scopeId === principal.userId;
  if (row.scope === 'key') return row.scopeId === principal.keyId;
  return reach === 'team' && row.scope === 'team' && principal.managedTeams.includes(row.scopeId);
}

function noSuchBudget(budgetId: string): Fault {
  return new Fault('not_found', `There is no budget "${budgetId}" in this organisation.`);
}
