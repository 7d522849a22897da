import { z } from 'zod';
import { type AdminRoute, adminRoute, deletedAnswer, noParams, noQuery, pageOf } from '../../admin/route.ts';
import { Fault } from '../../core/fault.ts';
import type { Tx } from '../../storage/database.ts';
import { violatedConstraint } from '../../storage/query-error.ts';
import { reaches } from '../authorize.ts';
import { readOrgIn } from '../store/orgs.ts';
import { lockPeople } from '../store/rows.ts';
import {
  findUser,
  insertUser,
  listUsers,
  removeAllMemberships,
  setMembership,
  type UserWithRoles,
  updateUser,
} from '../store/users.ts';
import { found, named, newId, type RestDeps, sent, within } from './deps.ts';
import { keepAnOwner, mayGrant, mayTouch, orgRoleOf } from './ranks.ts';
import { id, pageQuery, userAnswer, userChange, userCreate } from './shapes.ts';

export const userParams = z.strictObject({ userId: id });
const readParams = z.strictObject({ userId: z.union([id, z.literal('me')]) });

export function userRoutes(deps: RestDeps): AdminRoute[] {
  return [
    createUser(deps),
    listAll(deps),
    readOne(deps),
    changeUser(deps),
    setStatus(deps, 'block'),
    setStatus(deps, 'unblock'),
    deleteUser(deps),
  ];
}

function createUser(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'POST',
    path: '/orgs/:orgId/users',
    summary: 'Add a user with a role in the organisation',
    action: 'users.create',
    status: 201,
    params: noParams,
    query: noQuery,
    body: userCreate,
    answer: userAnswer,
    async handle({ orgId, principal, body }) {
      mayGrant(principal, body.role);
      const userId = newId(deps);
      const created = await withoutDoubles(() =>
        deps.db.withOrg(orgId, async (tx) => {
          await domainAllowed(tx, orgId, body.email);
          const { email, name, external_id: externalId = null } = body;
          await insertUser(tx, { id: userId, orgId, email, name, externalId });
          await setMembership(tx, { id: newId(deps), orgId, userId, teamId: null, role: body.role });
          return findUser(tx, orgId, userId);
        }),
      );
      return {
        answer: userView(found(created, 'user', 'userId')),
        resource: `user/${userId}`,
        changes: named(body),
      };
    },
  });
}

function listAll(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId/users',
    summary: 'List users; managers see the members of their teams',
    action: 'users.list',
    params: noParams,
    query: pageQuery,
    answer: pageOf(userAnswer),
    async handle({ orgId, principal, reach, query }) {
      const page = await deps.db.withOrg(orgId, (tx) =>
        listUsers(tx, orgId, within(principal, reach), query.limit, query.cursor),
      );
      return { answer: { data: page.rows.map(userView), next_cursor: page.nextCursor } };
    },
  });
}

function readOne(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId/users/:userId',
    summary: 'Read a user; `me` is the caller',
    action: 'users.read',
    params: readParams,
    query: noQuery,
    answer: userAnswer,
    async handle({ orgId, principal, reach, params }) {
      const userId = params.userId === 'me' ? principal.userId : params.userId;
      const user =
        userId === null ? undefined : await deps.db.withOrg(orgId, (tx) => findUser(tx, orgId, userId));
      const seen = user?.memberships.some(({ teamId }) => reaches(principal, reach, { teamId, userId }));
      const visible = seen || reaches(principal, reach, { userId }) ? user : undefined;
      return { answer: userView(found(visible, 'user', 'userId')) };
    },
  });
}

function changeUser(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'PATCH',
    path: '/orgs/:orgId/users/:userId',
    summary: "Change a user's name, e-mail address or token subject",
    action: 'users.update',
    params: userParams,
    query: noQuery,
    body: userChange,
    answer: userAnswer,
    async handle({ orgId, principal, params: { userId }, body }) {
      const updated = await withoutDoubles(() =>
        deps.db.withOrg(orgId, async (tx) => {
          // Whoever chooses the address or subject of a user chooses who may sign in as that user.
          mayTouch(principal, found(await findUser(tx, orgId, userId), 'user', 'userId'));
          if (body.email !== undefined) await domainAllowed(tx, orgId, body.email);
          const patch = sent({ email: body.email, name: body.name, externalId: body.external_id });
          await updateUser(tx, orgId, userId, patch);
          return findUser(tx, orgId, userId);
        }),
      );
      return {
        answer: userView(found(updated, 'user', 'userId')),
        resource: `user/${userId}`,
        changes: named(body),
      };
    },
  });
}

function setStatus(deps: RestDeps, verb: 'block' | 'unblock'): AdminRoute {
  return adminRoute({
    method: 'POST',
    path: `/orgs/:orgId/users/:userId/${verb}`,
    summary:
      verb === 'block'
        ? 'Block a user: tokens and keys of theirs stop working'
        : 'Let a blocked user in again',
    action: 'users.block',
    params: userParams,
    query: noQuery,
    answer: userAnswer,
    async handle({ orgId, principal, params: { userId } }) {
      const status = verb === 'block' ? 'blocked' : 'active';
      const updated = await deps.db.withOrg(orgId, async (tx) => {
        await lockPeople(tx, orgId);
        const user = found(await findUser(tx, orgId, userId), 'user', 'userId');
        mayTouch(principal, user);
        if (verb === 'block') await keepAnOwner(tx, orgId, user);
        await updateUser(tx, orgId, userId, { status });
        return findUser(tx, orgId, userId);
      });
      return {
        answer: userView(found(updated, 'user', 'userId')),
        resource: `user/${userId}`,
        changes: { status },
      };
    },
  });
}

function deleteUser(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'DELETE',
    path: '/orgs/:orgId/users/:userId',
    summary: 'Delete a user: name and address are erased, keys stop working, past usage keeps the id',
    action: 'users.delete',
    params: userParams,
    query: noQuery,
    answer: deletedAnswer,
    async handle({ orgId, principal, params: { userId } }) {
      await deps.db.withOrg(orgId, async (tx) => {
        await lockPeople(tx, orgId);
        const user = found(await findUser(tx, orgId, userId), 'user', 'userId');
        mayTouch(principal, user);
        await keepAnOwner(tx, orgId, user);
        await removeAllMemberships(tx, orgId, userId);
        // The address becomes free for somebody else; nothing personal remains but what records need: the id.
        const erased = { email: `deleted-${userId}@invalid`, name: 'deleted user', externalId: null };
        await updateUser(tx, orgId, userId, { ...erased, status: 'deleted' });
      });
      return { answer: { id: userId, deleted: true as const }, resource: `user/${userId}` };
    },
  });
}

export function userView({ user, memberships }: UserWithRoles): z.input<typeof userAnswer> {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    status: user.status,
    external_id: user.externalId,
    role: orgRoleOf(memberships),
    teams: memberships.flatMap(({ teamId, role }) =>
      teamId === null
        ? []
        : [{ team_id: teamId, role: role === 'manager' ? ('manager' as const) : ('member' as const) }],
    ),
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  };
}

/** @throws Fault `unprocessable` where the organisation admits only other domains. */
export function emailAllowed(email: string, domains: readonly string[] | null, param: string): void {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  if (domains === null || domains.includes(domain)) return;
  throw new Fault(
    'unprocessable',
    `The organisation allows users only of these e-mail domains: ${domains.join(', ') || 'none'} (allowed_email_domains).`,
    { param },
  );
}

async function domainAllowed(tx: Tx, orgId: string, email: string): Promise<void> {
  const org = found(await readOrgIn(tx, orgId), 'organisation', 'orgId');
  emailAllowed(email, org.allowedEmailDomains, 'email');
}

const UNIQUE: ReadonlyMap<string, string> = new Map([
  ['users_email', 'email'],
  ['users_external_id', 'external_id'],
]);

async function withoutDoubles<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const param = UNIQUE.get(violatedConstraint(error) ?? '');
    if (param === undefined) throw error;
    throw new Fault('conflict', `The organisation has a user with this ${param} already.`, { param });
  }
}
