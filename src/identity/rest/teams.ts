import { z } from 'zod';
import { type AdminRoute, adminRoute, deletedAnswer, noParams, noQuery, pageOf } from '../../admin/route.ts';
import { Fault } from '../../core/fault.ts';
import { violatedConstraint } from '../../storage/query-error.ts';
import { reaches } from '../authorize.ts';
import { deleteTeam, findTeam, insertTeam, listTeams, type Team, updateTeam } from '../store/teams.ts';
import { found, named, newId, type RestDeps, sent, within } from './deps.ts';
import { id, pageQuery, teamAnswer, teamChange, teamCreate } from './shapes.ts';

const teamParams = z.strictObject({ teamId: id });

export function teamRoutes(deps: RestDeps): AdminRoute[] {
  return [createTeam(deps), listAll(deps), readOne(deps), changeTeam(deps), removeTeam(deps)];
}

function createTeam(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'POST',
    path: '/orgs/:orgId/teams',
    summary: 'Create a team',
    action: 'teams.create',
    status: 201,
    params: noParams,
    query: noQuery,
    body: teamCreate,
    answer: teamAnswer,
    async handle({ orgId, body }) {
      const team = { id: newId(deps), orgId, name: body.name, costCenter: body.cost_center ?? null };
      const created = await insertTeam(deps.db, team);
      if (created === undefined) throw nameTaken();
      return { answer: teamView(created), resource: `team/${created.id}`, changes: named(body) };
    },
  });
}

function listAll(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId/teams',
    summary: 'List teams; managers see those they manage',
    action: 'teams.list',
    params: noParams,
    query: pageQuery,
    answer: pageOf(teamAnswer),
    async handle({ orgId, principal, reach, query }) {
      const only = within(principal, reach)?.teamIds;
      const page = await listTeams(deps.db, orgId, only, query.limit, query.cursor);
      return { answer: { data: page.rows.map(teamView), next_cursor: page.nextCursor } };
    },
  });
}

function readOne(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId/teams/:teamId',
    summary: 'Read a team',
    action: 'teams.read',
    params: teamParams,
    query: noQuery,
    answer: teamAnswer,
    async handle({ orgId, principal, reach, params: { teamId } }) {
      const team = reaches(principal, reach, { teamId })
        ? await deps.db.withOrg(orgId, (tx) => findTeam(tx, orgId, teamId))
        : undefined;
      return { answer: teamView(found(team, 'team', 'teamId')) };
    },
  });
}

function changeTeam(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'PATCH',
    path: '/orgs/:orgId/teams/:teamId',
    summary: 'Rename a team or change its cost centre',
    action: 'teams.update',
    params: teamParams,
    query: noQuery,
    body: teamChange,
    answer: teamAnswer,
    async handle({ orgId, params: { teamId }, body }) {
      const patch = sent({ name: body.name, costCenter: body.cost_center });
      const updated = await updateTeam(deps.db, orgId, teamId, patch).catch((error: unknown) => {
        throw violatedConstraint(error) === 'teams_name' ? nameTaken() : error;
      });
      return {
        answer: teamView(found(updated, 'team', 'teamId')),
        resource: `team/${teamId}`,
        changes: named(body),
      };
    },
  });
}

function removeTeam(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'DELETE',
    path: '/orgs/:orgId/teams/:teamId',
    summary: 'Delete a team that no key belongs to',
    action: 'teams.delete',
    params: teamParams,
    query: noQuery,
    answer: deletedAnswer,
    async handle({ orgId, params: { teamId } }) {
      const gone = await deleteTeam(deps.db, orgId, teamId).catch((error: unknown) => {
        throw violatedConstraint(error) === undefined ? error : stillUsed();
      });
      found(gone || undefined, 'team', 'teamId');
      return { answer: { id: teamId, deleted: true as const }, resource: `team/${teamId}` };
    },
  });
}

function teamView(team: Team): z.input<typeof teamAnswer> {
  return {
    id: team.id,
    name: team.name,
    cost_center: team.costCenter,
    created_at: team.createdAt.toISOString(),
    updated_at: team.updatedAt.toISOString(),
  };
}

function nameTaken(): Fault {
  return new Fault('conflict', 'The organisation has a team of this name already.', { param: 'name' });
}

function stillUsed(): Fault {
  return new Fault(
    'conflict',
    'The team has keys, and past usage is told by them (revoked ones too). Rename the team instead of deleting it.',
    { param: 'teamId' },
  );
}
