import http from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { t } from 'tap';
import { z } from 'zod';
import { adminRoute } from '../../src/admin/route.ts';
import { OPERATOR_KEY, populate, startAdmin } from '../support/admin.ts';

t.test('what is wrong with a request is said precisely, in OpenAI’s error dialect', async (t) => {
  const admin = await startAdmin(t);
  const { call } = admin;
  await populate(admin, 'acme');
  const post = (path: string, body?: unknown) => call('POST', path, OPERATOR_KEY, body);
  const error = (status: number, code: string, param: string | null, message: RegExp) => ({
    status,
    body: { error: { code, param, message } },
  });

  t.match(await post('/orgs', '{"slug":'), error(400, 'invalid_json', null, /not valid JSON/));
  t.match(await post('/orgs', '{"__proto__":{"a":1}}'), error(400, 'invalid_json', null, /not valid JSON/));
  t.match(await post('/orgs'), error(400, 'invalid_request', null, /body is missing/));
  t.match(await post('/orgs', []), error(400, 'invalid_request', null, /expected object/));
  const many = await post('/orgs', { slug: 'Bad Slug', name: '', retention_days: 0, plan_type: 'x' });
  t.match(
    many,
    error(
      400,
      'invalid_request',
      'slug',
      /slug: .*name: .*retention_days: .*plan_type: there is no such field/,
    ),
  );
  const budget = await post('/orgs/acme/keys', { name: 'k', budget: 5 });
  t.match(budget, error(400, 'invalid_request', 'budget', /no such field/), 'bifrost#5673');
  const nul = await post('/orgs/acme/teams', { name: 'a\0b' });
  t.match(nul, error(400, 'invalid_request', 'name', /control characters/));
  t.match(await post('/orgs', { slug: 'acme', name: 'x' }), error(409, 'conflict', 'slug', /taken/));
  t.match(await post('/orgs', { slug: 'me', name: 'x' }), error(400, 'invalid_request', 'slug', /me/));
  t.match(await post('/orgs/acme/teams', { name: 'red' }), error(409, 'conflict', 'name', /already/));
  const twin = { email: 'OWNER@acme.example', name: 'x' };
  t.match(await post('/orgs/acme/users', twin), error(409, 'conflict', 'email', /already/));
  const range = await post('/orgs/acme/keys', { name: 'k', ip_ranges: ['10.0.0.0/40'] });
  t.match(range, error(400, 'invalid_request', 'ip_ranges[0]', /CIDR/));
  t.match(
    await call('GET', '/orgs/acme/keys/123', OPERATOR_KEY),
    error(400, 'invalid_request', 'keyId', /keyId/),
  );
  t.match(
    await call('GET', '/orgs/acme/keys?limit=0&colour=red', OPERATOR_KEY),
    error(400, 'invalid_request', 'limit', /colour: there is no such field/),
  );
  t.match(await call('GET', '/nowhere', OPERATOR_KEY), error(404, 'endpoint_not_supported', null, /\/docs/));
  const wrongMethod = await call('PUT', '/orgs/acme/keys', OPERATOR_KEY);
  t.match(wrongMethod, error(405, 'method_not_allowed', null, /GET, POST/));
  t.equal(wrongMethod.headers.get('allow'), 'GET, POST');
  t.match(
    await call('GET', '/orgs/me', OPERATOR_KEY),
    error(400, 'invalid_request', 'orgId', /no organisation/),
  );
  t.match(await call('GET', '/orgs/%00', OPERATOR_KEY), error(404, 'not_found', 'orgId', /no such/));
  t.match(await call('GET', '/me', undefined), error(401, 'invalid_api_key', null, /No key was sent/));
  const unknownKey = await call('GET', '/me', 'slk_nope');
  t.match(unknownKey, error(401, 'invalid_api_key', null, /malformed/));
  t.match(unknownKey.headers.get('x-request-id'), /^req_/);
  t.equal(unknownKey.headers.get('cache-control'), 'no-store');
});

t.test('a call without body takes none, and other content types are refused', async (t) => {
  const admin = await startAdmin(t);
  const { keys, keyIds } = await populate(admin, 'acme');
  const path = `/orgs/me/keys/${keyIds.member}/block`;
  t.match(await admin.call('POST', path, keys.owner, { reason: 'leak' }), {
    status: 400,
    body: { error: { message: /takes no body/ } },
  });
  t.equal((await admin.call('POST', path, keys.owner, {})).status, 200);
  t.equal((await admin.call('POST', path, keys.owner, '')).status, 200);
  const response = await fetch(`${admin.url}/api/v1/orgs/me/teams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.owner}`, 'content-type': 'text/plain' },
    body: '{"name":"x"}',
  });
  t.equal(response.status, 415);
  t.match(await response.json(), { error: { code: 'unsupported_media_type' } });
});

t.test('an inference key does not administer', async (t) => {
  const admin = await startAdmin(t);
  const { keys } = await populate(admin, 'acme');
  const { key } = await admin.ok('POST', '/orgs/me/keys', keys.owner, { name: 'bot' });
  t.match(await admin.call('GET', '/me', key), {
    status: 403,
    body: { error: { code: 'permission_denied' } },
  });
});

t.test('users keep to the allowed e-mail domains', async (t) => {
  const admin = await startAdmin(t);
  const { keys, users } = await populate(admin, 'acme');
  await admin.ok('PATCH', '/orgs/me', keys.owner, { allowed_email_domains: ['acme.example'] });
  const stranger = { email: 'a@evil.example', name: 'a' };
  const refusal = {
    status: 422,
    body: { error: { code: 'unprocessable', param: 'email', message: /acme\.example/ } },
  };
  t.match(await admin.call('POST', '/orgs/me/users', keys.owner, stranger), refusal);
  const move = await admin.call('PATCH', `/orgs/me/users/${users.member}`, keys.owner, {
    email: stranger.email,
  });
  t.match(move, refusal);
  t.equal(
    (await admin.call('POST', '/orgs/me/users', keys.owner, { email: 'B@Acme.Example', name: 'b' })).status,
    201,
  );
  const org = { slug: 'globex', name: 'g', allowed_email_domains: ['globex.example'], owner: stranger };
  t.match(await admin.call('POST', '/orgs', OPERATOR_KEY, org), {
    status: 422,
    body: { error: { param: 'owner.email' } },
  });
});

t.test('an organisation lives: created with an owner, settled, billed, suspended, deleted', async (t) => {
  const { ok, call } = await startAdmin(t);
  const owner = { email: 'o@acme.example', name: 'O' };
  const org = await ok('POST', '/orgs', OPERATOR_KEY, { slug: 'acme', name: 'Acme', plan: 'team', owner });
  t.match(org, { slug: 'acme', plan: 'team', status: 'active', retention_days: 365, store_content: false });
  const [first] = (await ok('GET', '/orgs/acme/users', OPERATOR_KEY)).data;
  t.match(first, { ...owner, role: 'owner' });
  const settings = {
    allowed_providers: ['openai'],
    restricted_providers: ['simulated'],
    default_provider: 'openai',
    data_residency: ['eu'],
    retention_days: 30,
    allowed_email_domains: ['acme.example'],
    byok_allowed: true,
    export_allowed: false,
    store_content: true,
  };
  t.match(await ok('PATCH', '/orgs/acme', OPERATOR_KEY, settings), settings);
  t.match(await ok('GET', `/orgs/${org.id}`, OPERATOR_KEY), settings);
  t.match(await ok('PUT', '/orgs/acme/billing', OPERATOR_KEY, { plan: 'enterprise' }), {
    plan: 'enterprise',
  });
  const { key } = await ok('POST', '/orgs/acme/keys', OPERATOR_KEY, {
    name: 'k',
    kind: 'admin',
    role: 'owner',
  });
  t.match(await ok('DELETE', '/orgs/acme', key), { id: org.id, deleted: true });
  t.match((await call('GET', '/me', key)).body.error.message, /organisation of this credential is deleted/);
  t.equal((await call('GET', '/orgs/acme', OPERATOR_KEY)).status, 404);
});

t.test('lists go page by page and lose nothing', async (t) => {
  const { ok } = await startAdmin(t);
  await ok('POST', '/orgs', OPERATOR_KEY, { slug: 'acme', name: 'Acme' });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await ok('POST', '/orgs/acme/teams', OPERATOR_KEY, { name });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page = await ok('GET', `/orgs/acme/teams?limit=2${query}`, OPERATOR_KEY);
    seen.push(...page.data.map((team: { name: string }) => team.name));
    cursor = page.next_cursor;
  } while (cursor !== null);
  t.same(seen, ['a', 'b', 'c', 'd', 'e']);
});

t.test('a team with keys is not deleted, one without is', async (t) => {
  const admin = await startAdmin(t);
  const { keys, teams } = await populate(admin, 'acme');
  await admin.ok('POST', '/orgs/me/keys', keys.owner, { name: 'k', team_id: teams.red });
  t.match(await admin.call('DELETE', `/orgs/me/teams/${teams.red}`, keys.owner), {
    status: 409,
    body: { error: { code: 'conflict', message: /team has keys/ } },
  });
  t.match(await admin.ok('DELETE', `/orgs/me/teams/${teams.blue}`, keys.owner), { deleted: true });
});

t.test('changes and refused changes are recorded, reads are not', async (t) => {
  const admin = await startAdmin(t);
  const { id, keys, users } = await populate(admin, 'acme');
  const { entries, call } = admin;
  entries.length = 0;
  await call('GET', '/orgs/me/keys', keys.member);
  await call('GET', '/orgs/me', keys.member);
  t.equal(entries.length, 0);
  await call('POST', '/orgs/me/teams', keys.admin, { name: 'green', cost_center: '42' });
  await call('POST', '/orgs/me/teams', keys.member, { name: 'mine' });
  await call('POST', '/orgs/me/teams', keys.admin, { nom: 'x' });
  await call('DELETE', '/orgs/globex', keys.owner);
  await call('POST', '/orgs/me/teams', 'slk_wrong', { name: 'x' });
  const common = { action: 'teams.create', orgId: id };
  t.match(entries, [
    {
      ...common,
      outcome: 'done',
      status: 201,
      userId: users.admin,
      actor: /^key\//,
      resource: /^team\//,
      changes: { name: 'green', cost_center: '42' },
      fault: null,
    },
    { ...common, outcome: 'refused', status: 403, userId: users.member, fault: 'permission_denied' },
    { ...common, outcome: 'refused', status: 400, fault: 'invalid_request', changes: {} },
    { action: 'orgs.delete', orgId: id, outcome: 'refused', status: 404, fault: 'not_found' },
    { action: 'teams.create', orgId: null, actor: 'anonymous', outcome: 'refused', status: 401 },
  ]);
  t.equal(entries.length, 5);
});

t.test('an answer that its schema does not know is a fault of ours, with nothing of it shown', async (t) => {
  const leaky = adminRoute({
    method: 'GET',
    path: '/leaky',
    summary: 'Answers too much',
    action: 'me.read',
    params: z.strictObject({}),
    query: z.strictObject({}),
    answer: z.object({ name: z.string() }),
    handle: async () => ({ answer: { name: 'x', hash: 'secret' } as { name: string } }),
  });
  const { call } = await startAdmin(t, { extraRoutes: [leaky] });
  const reply = await call('GET', '/leaky', OPERATOR_KEY);
  t.match(reply, { status: 500, body: { error: { code: 'internal_error' } } });
  t.notOk(JSON.stringify(reply.body).includes('secret'));
});

t.test('the OpenAPI document and the page describe every route', async (t) => {
  const { call } = await startAdmin(t);
  const { status, body } = await call('GET', '/openapi.json', undefined);
  t.equal(status, 200);
  t.equal(body.openapi, '3.1.0');
  const operations: { operationId: string; parameters: { name: string; in: string; required: boolean }[] }[] =
    [];
  for (const [path, methods] of Object.entries<Record<string, (typeof operations)[number]>>(body.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.push(operation);
      const declared = operation.parameters.filter((p) => p.in === 'path').map((p) => p.name);
      t.same(
        declared,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        `${method} ${path}`,
      );
    }
  }
  t.equal(new Set(operations.map((o) => o.operationId)).size, operations.length, 'operation ids are unique');
  t.ok(operations.length >= 30);
  const keyBody = body.paths['/orgs/{orgId}/keys'].post.requestBody.content['application/json'].schema;
  t.match(keyBody, { additionalProperties: false, required: ['name'], properties: { ip_ranges: {} } });
  const limit = body.paths['/orgs/{orgId}/keys'].get.parameters.find(
    (p: { name: string }) => p.name === 'limit',
  );
  t.match(limit, { required: false, schema: { type: 'integer', maximum: 200 } });

  const page = await call('GET', '/docs', undefined);
  t.equal(page.status, 200);
  t.match(page.headers.get('content-type'), /text\/html/);
  t.match(page.headers.get('content-security-policy'), /default-src 'none'/);
  t.match(page.body, '/orgs/:orgId/keys/:keyId/rotate');
  t.notMatch(page.body, /<script|https?:\/\//);
});

t.test('nothing that is sent to the door brings a 500 (CVE-2026-42208, CVE-2026-49468)', async (t) => {
  const { url } = await startAdmin(t);
  const { hostname, port } = new URL(url);
  const knock = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const request = http.request({ hostname, port, path, headers, agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('error', reject).end();
    });
  const expected = new Set([400, 401, 403, 404, 431]);
  const fixed = [
    "slk_' or 1=1 --",
    'slk_"; drop table virtual_keys; --',
    '${jndi:ldap://x}',
    '../../etc/passwd',
    'x'.repeat(10_000),
    'eyJ'.repeat(3000),
    `eyJ${'.'.repeat(500)}`,
    `${'eyJhbGciOiJub25lIn0'}.${'eyJ9'}.`,
    'sluice\u00ff\u0080',
  ];
  for (const value of fixed) {
    for (const name of ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'host']) {
      const status = await knock('/api/v1/me', {
        [name]: name === 'authorization' ? `Bearer ${value}` : value,
      });
      t.ok(expected.has(status), `${name}: ${value.slice(0, 40)} → ${status}`);
    }
  }
  t.equal(await knock('/api/v1/me', { 'x-api-key': 'y'.repeat(40_000) }), 431);
  const raw = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket
      .setEncoding('latin1')
      .on('error', reject)
      .once('data', (text) => {
        socket.destroy();
        resolve(String(text));
      });
    socket.write('GET /api/v1/me HTTP/1.1\r\nhost: x\r\nx-api-key: slk_\0\0\r\n\r\n');
  });
  t.match(raw, /^HTTP\/1\.1 400 /, 'a NUL in a header');

  const headerText = fc.string({
    unit: fc.nat({ max: 0xff }).map((n) => String.fromCharCode(n)),
    maxLength: 300,
  });
  // What Node's own client refuses to send (NUL, CR, LF and other controls) cannot be knocked with.
  const sendable = headerText.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, ''));
  const pathText = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => {
    return `/api/v1/orgs/${encodeURIComponent(text.toWellFormed())}/keys`;
  });
  await fc.assert(
    fc.asyncProperty(sendable, sendable, pathText, async (key, bearer, path) => {
      const anonymous = await knock(path, { 'x-api-key': key, authorization: bearer });
      const operator = await knock(path, { authorization: `Bearer ${OPERATOR_KEY}` });
      return expected.has(anonymous) && expected.has(operator);
    }),
    { numRuns: 150 },
  );
});
