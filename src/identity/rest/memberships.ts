import { z } from 'zod';
import { type AdminRoute, adminRoute, noQuery } from '../../admin/route.ts';
import { lockPeople } from '../store/rows.ts';
import { findTeam } from '../store/teams.ts';
import { findUser, removeFromTeam, setMembership } from '../store/users.ts';
import { found, named, newId, type RestDeps } from './deps.ts';
import { keepAnOwner, mayGrant, mayTouch } from './ranks.ts';
import { id, orgRole, teamRole, userAnswer } from './shapes.ts';
import { userParams, userView } from './users.ts';

const memberParams = z.strictObject({ userId: id, teamId: id });

export function membershipRoutes(deps: RestDeps): AdminRoute[] {
  return [setOrgRole(deps), setTeamRole(deps), leaveTeam(deps)];
}

function setOrgRole(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'PUT',
    path: '/orgs/:orgId/users/:userId/role',
    summary: "Set a user's role in the organisation",
    action: 'memberships.set',
    params: userParams,
    query: noQuery,
    body: z.strictObject({ role: orgRole }),
    answer: userAnswer,
    async handle({ orgId, principal, params: { userId }, body }) {
      mayGrant(principal, body.role);
      const updated = await deps.db.withOrg(orgId, async (tx) => {
        await lockPeople(tx, orgId);
        const user = found(await findUser(tx, orgId, userId), 'user', 'userId');
        mayTouch(principal, user);
        if (body.role !== 'owner') await keepAnOwner(tx, orgId, user);
        await setMembership(tx, { id: newId(deps), orgId, userId, teamId: null, role: body.role });
        return findUser(tx, orgId, userId);
      });
      return {
        answer: userView(found(updated, 'user', 'userId')),
        resource: `user/${userId}`,
        changes: named(body),
      };
    },
  });
}

function setTeamRole(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'PUT',
    path: '/orgs/:orgId/users/:userId/teams/:teamId',
    summary: 'Put a user into a team, as member or manager',
    action: 'memberships.set',
    params: memberParams,
    query: noQuery,
    body: z.strictObject({ role: teamRole }),
    answer: userAnswer,
    async handle({ orgId, principal, params: { userId, teamId }, body }) {
      const updated = await deps.db.withOrg(orgId, async (tx) => {
        mayTouch(principal, found(await findUser(tx, orgId, userId), 'user', 'userId'));
        // Looked up rather than left to the foreign key, which does not mind other organisations' teams.
        found(await findTeam(tx, orgId, teamId), 'team', 'teamId');
        await setMembership(tx, { id: newId(deps), orgId, userId, teamId, role: body.role });
        return findUser(tx, orgId, userId);
      });
      return {
        answer: userView(found(updated, 'user', 'userId')),
        resource: `user/${userId}`,
        changes: { team_id: teamId, ...named(body) },
      };
    },
  });
}

function leaveTeam(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'DELETE',
    path: '/orgs/:orgId/users/:userId/teams/:teamId',
    summary: 'Take a user out of a team',
    action: 'memberships.remove',
    params: memberParams,
    query: noQuery,
    answer: userAnswer,
    async handle({ orgId, principal, params: { userId, teamId } }) {
      const updated = await deps.db.withOrg(orgId, async (tx) => {
        mayTouch(principal, found(await findUser(tx, orgId, userId), 'user', 'userId'));
        found((await removeFromTeam(tx, orgId, userId, teamId)) || undefined, 'membership', 'teamId');
        return findUser(tx, orgId, userId);
      });
      return {
        answer: userView(found(updated, 'user', 'userId')),
        resource: `user/${userId}`,
        changes: { team_id: teamId, role: null },
      };
    },
  });
}
