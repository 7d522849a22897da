/** Every route of the admin API that there is, as its own OpenAPI document lists them, against another tenant's ids. */
import t from 'tap';
import { startGateway, type TestGateway } from '../support/gateway.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
}

interface Tenant {
  readonly slug: string;
  readonly id: string;
  /** Key of its owner. */
  readonly owner: string;
  /** Values of path parameters, all of them its own. */
  readonly ids: Readonly<Record<string, string>>;
}

const gateway = await startGateway(t, {
  providers: {
    simulated: { kind: 'simulated' },
    open: { kind: 'groq', api_key: [], base_url: 'http://127.0.0.1:1', models: ['m'] },
  },
  provider_keys: { encryption_keys: [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }] },
});

/** An organisation with one of everything. */
async function tenant({ admin }: TestGateway, slug: string): Promise<Tenant> {
  const made = async (path: string, body: unknown) => {
    const { status, body: answer } = await admin('POST', path, body);
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer as { id: string; key: string };
  };
  const org = await made('/orgs', { slug, name: slug });
  const below = (path: string, body: unknown) => made(`/orgs/${slug}${path}`, body);
  const user = await below('/users', { email: `owner@${slug}.example`, name: 'Owner', role: 'owner' });
  const ids = {
    orgId: org.id,
    userId: user.id,
    teamId: (await below('/teams', { name: 'team' })).id,
    keyId: (await below('/keys', { name: 'app' })).id,
    budgetId: (await below('/budgets', { name: 'b', scope: 'org', window: 'day', amount_usd: '5' })).id,
    providerKeyId: (await below('/provider-keys', { provider: 'open', name: 'k', secret: `sk-of-${slug}` }))
      .id,
    name: `prompt-of-${slug}`,
    version: '1',
    label: 'production',
  };
  await below('/prompts', { name: ids.name, template: { messages: [{ role: 'system', content: slug }] } });
  const { key } = await below('/keys', { name: 'owner', kind: 'admin', user_id: user.id });
  return { slug, id: org.id, owner: key, ids };
}

async function operations(): Promise<Operation[]> {
  const { body } = await gateway.admin('GET', '/openapi.json');
  return Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

/** @throws Error where the document has a parameter that no tenant here has a value for */
function filled(path: string, org: string, { ids }: Tenant): string {
  return path.replace('{orgId}', org).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = ids[name];
    if (value === undefined) throw new Error(`${path}: what is a ${name}?`);
    return value;
  });
}

async function call(key: string, { method }: Operation, path: string) {
  const withBody = method !== 'GET' && method !== 'DELETE';
  const response = await fetch(`${gateway.origin}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(withBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(withBody ? { body: '{}' } : {}),
  });
  return { status: response.status, text: await response.text() };
}

t.test('no route finds or shows anything of another organisation, whoever asks', async (t) => {
  const ours = await tenant(gateway, 'ours');
  const theirs = await tenant(gateway, 'theirs');
  const all = await operations();
  t.ok(all.some(({ path }) => path.startsWith('/orgs/{orgId}/audit')));
  for (const operation of all.filter(({ path }) => path.startsWith('/orgs/{orgId}'))) {
    for (const org of [theirs.slug, theirs.id])
      for (const sub of [ours, theirs]) {
        const answer = await call(ours.owner, operation, filled(operation.path, org, sub));
        t.equal(answer.status, 404, `${operation.method} ${operation.path} of ${org}`);
      }
    const things = operation.path.replace('{orgId}', '').includes('{');
    const path = filled(operation.path, 'me', things ? theirs : ours);
    // a change of one's own organisation is another test's; what is asked here is whether a stranger's thing is found
    if (operation.method !== 'GET' && !things) continue;
    const answer = await call(ours.owner, operation, path);
    // 400: the body or query is looked at before the thing
    const expected = things ? [400, 404] : [200, 400];
    t.ok(
      expected.includes(answer.status),
      `${operation.method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`,
    );
    t.notMatch(answer.text.replaceAll(theirs.ids.name ?? '', ''), theirs.slug, `${operation.method} ${path}`);
  }
  for (const operation of all.filter(({ path, method }) => !path.includes('{') && method === 'GET')) {
    const { text } = await call(ours.owner, operation, operation.path);
    t.notMatch(text, theirs.slug, operation.path);
  }
  t.match(await gateway.admin('GET', '/orgs/theirs/keys'), { status: 200 }, 'which is there all the time');
});

t.test('what belongs to no organisation is for operators alone', async (t) => {
  const response = await fetch(`${gateway.origin}/v1/models`, { headers: { 'x-request-id': 'stranger-1' } });
  t.equal(response.status, 401);
  await gateway.auditOf('stranger-1');
  const found = await gateway.admin('GET', '/audit?request_id=stranger-1');
  t.match(found.body, { data: [{ actor: 'anonymous', outcome: 'refused', fault: 'invalid_api_key' }] });
  const { owner } = await tenant(gateway, 'curious');
  const own = await call(owner, { method: 'GET', path: '/audit' }, '/audit?request_id=stranger-1');
  t.match(JSON.parse(own.text), { data: [], next_cursor: null });
});
