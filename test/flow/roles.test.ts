import { sql } from 'drizzle-orm';
import { t } from 'tap';
import { z } from 'zod';
import { type AdminRoute, adminRoute } from '../../src/admin/route.ts';
import { ACTIONS, type Action, MATRIX, reaches } from '../../src/identity/index.ts';
import { identityRoutes } from '../../src/identity/routes.ts';
import { OPERATOR_KEY, populate, startAdmin } from '../support/admin.ts';

const ORG_ROLES = ['owner', 'admin', 'manager', 'member'] as const;
const UNKNOWN_ID = '00000000-0000-7000-8000-000000000000';

/** A route per row of the matrix that says how far the caller reaches, and whether it reaches a target. */
function probe(action: Action): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: `/orgs/:orgId/probe/${action}`,
    summary: `Probe ${action}`,
    action,
    params: z.strictObject({}),
    query: z.strictObject({ team: z.string().optional(), user: z.string().optional() }),
    answer: z.strictObject({ reach: z.string(), reached: z.boolean(), org: z.string() }),
    handle: async ({ principal, reach, orgId, query }) => ({
      answer: {
        reach,
        reached: reaches(principal, reach, { teamId: query.team ?? null, userId: query.user ?? null }),
        org: orgId,
      },
    }),
  });
}

t.test('every cell of the matrix holds over HTTP, for one’s own organisation, team and person', async (t) => {
  const admin = await startAdmin(t, { extraRoutes: ACTIONS.map(probe) });
  const a = await populate(admin, 'org-a');
  const b = await populate(admin, 'org-b');
  for (const action of ACTIONS) {
    const path = (org: string, query = '') => `/orgs/${org}/probe/${action}${query}`;
    for (const role of ORG_ROLES) {
      const cell = `${action} × ${role}`;
      const reach = MATRIX[action][role];
      const key = a.keys[role];
      for (const own of [a.id, a.slug, 'me']) {
        const reply = await admin.call('GET', path(own), key);
        t.equal(reply.status, reach === 'none' ? 403 : 200, `${cell}, own organisation as ${own}`);
        if (reach === 'none') t.equal(reply.body.error.code, 'permission_denied', cell);
        else t.match(reply.body, { reach, org: a.id }, cell);
      }
      for (const other of [b.id, b.slug, UNKNOWN_ID, 'no-such-org']) {
        const reply = await admin.call('GET', path(other), key);
        t.equal(reply.status, 404, `${cell}, another organisation`);
        t.equal(reply.body.error.code, 'not_found', cell);
      }
      if (reach === 'none') continue;
      const reached = async (query: string) => (await admin.call('GET', path('me', query), key)).body.reached;
      t.equal(await reached(`?team=${a.teams.blue}`), reach === 'all', `${cell}, another team`);
      t.equal(await reached(`?user=${a.users[role]}`), true, `${cell}, self`);
      const another = a.users[role === 'owner' ? 'member' : 'owner'];
      t.equal(await reached(`?user=${another}`), reach === 'all', `${cell}, another person`);
      if (role === 'manager') {
        t.equal(await reached(`?team=${a.teams.red}`), reach !== 'self', `${cell}, the team it manages`);
      }
    }
    const platform = await admin.call('GET', path(b.slug), OPERATOR_KEY);
    t.match(platform.body, { reach: 'all', org: b.id }, `${action} × platform`);
  }
});

t.test('every real route refuses by role, and finds nothing of another organisation', async (t) => {
  const admin = await startAdmin(t);
  const a = await populate(admin, 'org-a');
  const b = await populate(admin, 'org-b');
  const routes = identityRoutes({
    db: admin.db,
    clock: { now: () => 0, elapsed: () => 0 },
    random: () => undefined,
    reload: async () => undefined,
  });
  const inOrg = routes.filter(({ path }) => path.startsWith('/orgs/:orgId'));
  const bodies: Record<string, unknown> = {
    'POST /orgs/:orgId/teams': { name: 'intruders' },
    'POST /orgs/:orgId/users': { email: 'intruder@evil.example', name: 'Intruder', role: 'owner' },
    'POST /orgs/:orgId/keys': { name: 'stolen', kind: 'admin', role: 'owner' },
    'POST /orgs/:orgId/keys/:keyId/rotate': { grace_seconds: 0 },
    'PUT /orgs/:orgId/billing': { plan: 'free' },
    'PUT /orgs/:orgId/users/:userId/role': { role: 'member' },
    'PUT /orgs/:orgId/users/:userId/teams/:teamId': { role: 'manager' },
  };
  const bodyOf = ({ method, path, body }: AdminRoute) =>
    body === undefined ? undefined : (bodies[`${method} ${path}`] ?? { name: 'changed' });
  const fill = (path: string, org: string) =>
    path
      .replace(':orgId', org)
      .replace(':teamId', b.teams.red)
      .replace(':userId', b.users.member)
      .replace(':keyId', b.keyIds.member);
  const rowsOfB = () =>
    admin.db.withOrg(b.id, async (tx) => {
      const tables = ['organisations', 'teams', 'users', 'memberships', 'virtual_keys'];
      const rows = [];
      for (const table of tables) {
        rows.push(
          (await tx.execute(sql`select t::text from ${sql.identifier(table)} t order by id`)) as unknown as {
            rows: unknown[];
          },
        );
      }
      return JSON.stringify(rows.map(({ rows }) => rows));
    });
  const before = await rowsOfB();

  for (const route of inOrg) {
    const name = `${route.method} ${route.path}`;
    for (const role of ORG_ROLES) {
      for (const other of [b.id, b.slug]) {
        const reply = await admin.call(route.method, fill(route.path, other), a.keys[role], bodyOf(route));
        t.equal(reply.status, 404, `${name} as ${role} of another organisation`);
      }
      if (MATRIX[route.action][role] === 'none') {
        const reply = await admin.call(route.method, fill(route.path, 'me'), a.keys[role], bodyOf(route));
        t.equal(reply.status, 403, `${name} as ${role}`);
      }
      const namesOneOfB = /:(teamId|userId|keyId)/.test(route.path);
      if (namesOneOfB && MATRIX[route.action][role] !== 'none') {
        const reply = await admin.call(route.method, fill(route.path, 'me'), a.keys[role], bodyOf(route));
        t.equal(reply.status, 404, `${name} as ${role}, ids of another organisation under one's own`);
      }
    }
  }
  for (const role of ORG_ROLES) {
    t.equal((await admin.call('GET', '/orgs', a.keys[role])).status, 403, `list organisations as ${role}`);
    const create = await admin.call('POST', '/orgs', a.keys[role], { slug: 'mine', name: 'Mine' });
    t.equal(create.status, 403, `create an organisation as ${role}`);
  }
  const foreignScope = { name: 'k', team_id: b.teams.red };
  const foreignTeam = await admin.call('POST', '/orgs/me/keys', a.keys.owner, foreignScope);
  t.match(foreignTeam, { status: 422, body: { error: { param: 'team_id' } } });
  const foreignUser = await admin.call('POST', '/orgs/me/keys', a.keys.owner, {
    name: 'k',
    user_id: b.users.owner,
  });
  t.match(foreignUser, { status: 422, body: { error: { param: 'user_id' } } });
  t.equal(await rowsOfB(), before, 'no row of the other organisation changed');
});

t.test('narrowed lists show a manager its team and a member itself', async (t) => {
  const admin = await startAdmin(t);
  const a = await populate(admin, 'org-a');
  await admin.ok('POST', '/orgs/me/keys', a.keys.owner, { name: 'red bot', team_id: a.teams.red });
  await admin.ok('POST', '/orgs/me/keys', a.keys.owner, { name: 'blue bot', team_id: a.teams.blue });
  const names = async (path: string, key: string) =>
    (await admin.ok('GET', path, key)).data.map((row: { name: string }) => row.name).sort();

  t.same(await names('/orgs/me/teams', a.keys.manager), ['red']);
  t.same(await names('/orgs/me/teams', a.keys.owner), ['blue', 'red']);
  t.same(await names('/orgs/me/users', a.keys.manager), ['manager', 'member']);
  t.same(await names('/orgs/me/keys', a.keys.manager), ['admin key of manager', 'red bot']);
  t.same(await names('/orgs/me/keys', a.keys.member), ['admin key of member']);
  t.equal((await admin.call('GET', `/orgs/me/users/${a.users.owner}`, a.keys.manager)).status, 404);
  t.equal((await admin.call('GET', `/orgs/me/users/${a.users.member}`, a.keys.manager)).status, 200);
  t.equal((await admin.call('GET', '/orgs/me/users/me', a.keys.member)).body.email, 'member@org-a.example');
  t.equal((await admin.call('GET', `/orgs/me/keys/${a.keyIds.owner}`, a.keys.member)).status, 404);
});

t.test('nobody rises above their own role, and the last owner stays', async (t) => {
  const admin = await startAdmin(t);
  const { users, keys, keyIds, teams } = await populate(admin, 'org-a');
  const refused = async (method: string, path: string, body: unknown, code: string, as = keys.admin) => {
    const reply = await admin.call(method, `/orgs/me${path}`, as, body);
    t.equal(reply.body.error?.code, code, `${method} ${path} ${JSON.stringify(body)}`);
  };
  const newOwner = { email: 'x@org-a.example', name: 'x', role: 'owner' };
  await refused('POST', '/users', newOwner, 'permission_denied');
  await refused('PUT', `/users/${users.admin}/role`, { role: 'owner' }, 'permission_denied');
  await refused('PUT', `/users/${users.owner}/role`, { role: 'member' }, 'permission_denied');
  await refused('PATCH', `/users/${users.owner}`, { email: 'admin2@org-a.example' }, 'permission_denied');
  await refused('PATCH', `/users/${users.owner}`, { external_id: 'my-sub' }, 'permission_denied');
  await refused('POST', `/users/${users.owner}/block`, undefined, 'permission_denied');
  await refused('DELETE', `/users/${users.owner}`, undefined, 'permission_denied');
  await refused('POST', '/keys', { name: 'k', kind: 'admin', role: 'owner' }, 'permission_denied');
  await refused('POST', '/keys', { name: 'k', kind: 'admin', user_id: users.owner }, 'permission_denied');
  await refused('POST', '/keys', { name: 'k', kind: 'admin', user_id: users.member }, 'permission_denied');
  await refused('POST', `/keys/${keyIds.owner}/rotate`, { grace_seconds: 0 }, 'permission_denied');
  await refused('PATCH', `/keys/${keyIds.owner}`, { expires_at: null }, 'permission_denied');
  await refused('POST', '/keys', { name: 'k', role: 'manager' }, 'unprocessable');
  await refused('POST', '/keys', { name: 'k', role: 'admin', user_id: users.member }, 'unprocessable');
  await refused('PATCH', '', { status: 'suspended' }, 'permission_denied', keys.owner);
  await refused('PATCH', '', { retention_days: 1 }, 'permission_denied');
  await admin.ok('PATCH', '/orgs/me', keys.owner, { retention_days: 400 });

  await refused('PUT', `/users/${users.owner}/role`, { role: 'admin' }, 'conflict', keys.owner);
  await refused('POST', `/users/${users.owner}/block`, undefined, 'conflict', keys.owner);
  await refused('DELETE', `/users/${users.owner}`, undefined, 'conflict', keys.owner);

  await admin.ok('PUT', `/orgs/me/users/${users.admin}/role`, keys.owner, { role: 'owner' });
  const [first, second] = await Promise.all([
    admin.call('PUT', `/orgs/me/users/${users.admin}/role`, keys.owner, { role: 'member' }),
    admin.call('PUT', `/orgs/me/users/${users.owner}/role`, keys.admin, { role: 'member' }),
  ]);
  t.ok(
    [first.status, second.status].some((status) => status !== 200),
    'two owners cannot remove each other',
  );
  const owners = (await admin.ok('GET', '/orgs/org-a/users', OPERATOR_KEY)).data.filter(
    (user: { role: string }) => user.role === 'owner',
  );
  t.equal(owners.length, 1);
  t.ok(teams.red);
});
