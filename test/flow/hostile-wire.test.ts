/** Requests that no client library would send: paths, methods, heads and credentials made to confuse. */
import t from 'tap';
import { post, raw, readAll, request } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const MARKER = 'Zq7marker9x';
const gateway = await startGateway(t, { server: { key_failures_per_minute: 10_000 } });
const { origin, key } = gateway;
const BODY = JSON.stringify({ model: 'sim-echo', messages: [{ role: 'user', content: 'hi' }] });
const GOOD = {
  authorization: `Bearer ${key}`,
  'content-type': 'application/json',
  'content-length': String(BODY.length),
};

function errorOf(body: string): { message: string; code: string; type: string } {
  return JSON.parse(body).error;
}

t.test('paths that are not served say which are', async (t) => {
  const paths: [string, number][] = [
    ['//v1/chat/completions', 404],
    ['/v1/chat/completions/', 404],
    ['/v1/../v1/chat/completions', 404],
    ['/v1/%2e%2e/v1/chat/completions', 404],
    ['/v1/chat%2Fcompletions', 404],
    ['/V1/chat/completions', 404],
    ['/v1/chat/completions;x=1', 404],
    ['/v1/images/generations', 404],
    ['/v1/batches', 404],
    ['/etc/passwd', 404],
    ['/v1/%00', 404],
    [`/${'a'.repeat(8000)}`, 404],
    ['/%', 400],
    [`/v1/models/${'a'.repeat(600)}`, 404],
    ['/v1/%ff%fe', 400],
    ['/v1/chat/completions?x=%', 200],
    ['/v1/chat/completions?api-key=1', 200],
    ['http://evil.example/v1/chat/completions', 200],
  ];
  for (const [path, status] of paths) {
    const answer = await raw(origin, request('POST', path, GOOD, BODY));
    t.equal(answer.status, status, path.slice(0, 60));
    if (status === 200) continue;
    const { message, code } = errorOf(answer.body);
    t.equal(code, status === 404 ? 'endpoint_not_supported' : 'invalid_request', path.slice(0, 60));
    t.ok(message.length < 1500, 'a long path is not repeated');
    if (status === 404) t.match(message, /POST \/v1\/chat\/completions/);
  }
  const anthropic = await raw(origin, request('POST', '/v1/messages/batches', GOOD, BODY));
  t.match(JSON.parse(anthropic.body), { type: 'error', error: { type: 'not_found_error' } });
});

t.test('methods that are not served say which are', async (t) => {
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
    const { status, head, body } = await raw(
      origin,
      request(method, '/v1/chat/completions', { ...GOOD, connection: 'close' }, BODY),
    );
    t.equal(status, 405, method);
    t.match(head, /^allow: POST$/im, method);
    if (method !== 'HEAD') t.equal(errorOf(body).code, 'method_not_allowed');
  }
  const models = await raw(origin, request('POST', '/v1/models', GOOD, BODY));
  t.match(models, { status: 405, head: /^allow: GET/im });
  for (const method of ['TRACE', 'PROPFIND', 'CONNECT', 'QUERY', 'BREW', 'get']) {
    const { status } = await raw(
      origin,
      request(method, '/v1/chat/completions', { ...GOOD, connection: 'close' }, BODY),
    );
    t.ok([0, 400, 404, 405].includes(status), `${method}: ${status}`);
  }
});

t.test('what is no HTTP, or two requests in one, is refused in JSON', async (t) => {
  const chat = (headers: Record<string, string>, body = BODY): string =>
    request('POST', '/v1/chat/completions', headers, body);
  const cases: [string, string | Uint8Array, number][] = [
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a TLS hello', Buffer.from('1603010200010001fc0303', 'hex'), 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['two lengths', chat({ ...GOOD, 'Content-Length ': '1' }), 400],
    ['length and chunks', chat({ ...GOOD, 'transfer-encoding': 'chunked' }, `0\r\n\r\n${MARKER}`), 400],
    ['an unknown encoding', chat({ ...GOOD, 'transfer-encoding': 'gzip, chunked' }), 400],
    [
      'chunked and chunked',
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n`,
      400,
    ],
    ['a bare line feed in the head', `POST /v1/chat/completions HTTP/1.1\nhost: a\n\n`, 400],
    ['a folded header', `GET /healthz HTTP/1.1\r\nhost: a\r\nx-a: b\r\n c: ${MARKER}\r\n\r\n`, 400],
    ['a NUL in a header', `GET /healthz HTTP/1.1\r\nhost: a\r\nx-a: b\0${MARKER}\r\n\r\n`, 400],
    ['a negative length', chat({ ...GOOD, 'content-length': '-1' }), 400],
    ['a length that is no number', chat({ ...GOOD, 'content-length': '1e3' }), 400],
    ['a header of 100 kB', chat({ ...GOOD, 'x-a': MARKER.repeat(10_000) }), 431],
    ['a path of 100 kB', request('GET', `/${'a'.repeat(100_000)}`, {}), 431],
    [
      '5000 headers',
      chat({
        ...GOOD,
        ...Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`x-${n}`, 'aaaaaaaa'])),
      }),
      431,
    ],
  ];
  for (const [name, bytes, status] of cases) {
    const answer = await raw(origin, bytes);
    t.equal(answer.status, status, name);
    t.match(answer.head, /^content-type: application\/json/im, name);
    t.match(
      errorOf(answer.body),
      { message: String, type: 'invalid_request_error', code: 'invalid_request' },
      name,
    );
  }
});

t.test('a Host header is repeated nowhere that matters', async (t) => {
  for (const host of [
    `"><script>alert(1)</script>`,
    `evil.example/${MARKER}`,
    '[::1',
    'a@b',
    '',
    `x'; DROP TABLE keys; --`,
  ]) {
    const page = await raw(origin, request('GET', '/', { host }));
    t.ok([200, 400].includes(page.status), `${host}: ${page.status}`);
    t.notMatch(page.body, '<script>', host);
    const answer = await raw(
      origin,
      request(
        'POST',
        '/v1/chat/completions',
        { ...GOOD, host, 'x-forwarded-host': host, 'x-forwarded-for': '10.0.0.1' },
        BODY,
      ),
    );
    t.equal(answer.status, 200, host);
  }
});

t.test('two requests at once on one connection get their own answers, in order', async (t) => {
  const second = request('GET', '/v1/models', { authorization: 'Bearer slk_wrong', connection: 'close' });
  const { status, body } = await raw(origin, request('POST', '/v1/chat/completions', GOOD, BODY) + second);
  t.equal(status, 200);
  t.match(body, /"content":"hi"/);
});

t.test('credentials: none, several, misshapen, of another kind', async (t) => {
  const { body: org } = await gateway.admin('POST', '/orgs', { slug: 'acme', name: 'Acme' });
  t.type(org.id, 'string');
  const cases: [string, Record<string, string>, RegExp][] = [
    ['none', {}, /No key was sent/],
    ['an empty one', { authorization: 'Bearer ' }, /No key was sent/],
    [
      'another scheme',
      { authorization: `Basic ${Buffer.from(`a:${MARKER}`).toString('base64')}` },
      /scheme Bearer/,
    ],
    [
      'two different ones',
      { authorization: `Bearer ${key}`, 'x-api-key': `slk_${MARKER}` },
      /several different keys/,
    ],
    ['an unknown one', { 'x-api-key': `slk_${MARKER}` }, /malformed|not known/],
    ['a provider’s', { authorization: `Bearer sk-proj-${MARKER}` }, /malformed|not known|slk_/],
    ['a long one', { authorization: `Bearer slk_${'a'.repeat(12_000)}` }, /malformed|not known/],
    ['beyond ASCII', { authorization: 'Bearer slk_\u00fc\u00ff' }, /malformed|not known/],
    ['SQL', { 'x-api-key': `slk_' OR '1'='1` }, /malformed|not known/],
    [
      'a token without signature',
      { authorization: `Bearer ${unsigned({ iss: 'https://a', exp: 1 })}` },
      /token|issuer/i,
    ],
    ['a token that is none', { authorization: 'Bearer eyJ.eyJ.x' }, /token|malformed/i],
  ];
  for (const [name, headers, message] of cases) {
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const answer = await raw(
        origin,
        request(
          'POST',
          path,
          { 'content-type': 'application/json', 'content-length': String(BODY.length), ...headers },
          BODY,
        ),
      );
      t.equal(answer.status, 401, `${name}: ${path}`);
      t.match(errorOf(answer.body).message, message, name);
      t.match(answer.head, /^x-should-retry: false$/im);
      t.notMatch(answer.body, MARKER);
      if (path === '/v1/messages')
        t.match(JSON.parse(answer.body), { type: 'error', error: { type: 'authentication_error' } });
    }
  }
  const admin = await post(gateway, '/v1/chat/completions', BODY, { key: gateway.adminKey });
  t.equal(admin.status, 403, 'an admin key calls no models');
  await readAll(admin);
});

function unsigned(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

t.test('a key that was revoked, blocked or has expired says so, at once', async (t) => {
  const made = async (name: string, more: object = {}) =>
    (await gateway.admin('POST', '/orgs/demo/keys', { name, ...more })).body;
  const use = async (secret: unknown) => {
    const response = await post(gateway, '/v1/chat/completions', BODY, { key: String(secret) });
    return { status: response.status, text: await readAll(response) };
  };
  for (const [verb, word] of [
    ['revoke', /revoked/],
    ['block', /blocked/],
  ] as const) {
    const made1 = await made(verb);
    t.equal((await use(made1.key)).status, 200);
    t.equal((await gateway.admin('POST', `/orgs/demo/keys/${made1.id}/${verb}`)).status, 200);
    const after = await use(made1.key);
    t.equal(after.status, 401, verb);
    t.match(errorOf(after.text).message, word);
  }
  const short = await made('short', { expires_at: new Date(Date.now() + 2_000).toISOString() });
  let late = await use(short.key);
  await until(async () => {
    late = await use(short.key);
    return late.status !== 200;
  });
  t.equal(late.status, 401);
  t.match(errorOf(late.text).message, /expired/);
  const far = await made('far', { ip_ranges: ['10.0.0.0/8'] });
  t.equal((await use(far.key)).status, 403, 'from an address that is not allowed');
});

t.test('headers of the gateway’s own: sound ones count, garbage is replaced or refused', async (t) => {
  const send = async (headers: Record<string, string>) => {
    const answer = await raw(origin, request('POST', '/v1/chat/completions', { ...GOOD, ...headers }, BODY));
    return { ...answer, requestId: /^x-request-id: (.*)$/im.exec(answer.head)?.[1]?.trim() ?? '' };
  };
  for (const id of ['a b', 'x'.repeat(129), '<script>', 'ü', `${MARKER}'"`, '../..', '{}']) {
    const { status, requestId, head } = await send({ 'x-request-id': id });
    t.equal(status, 200);
    t.match(requestId, /^req_[0-9a-f]{32}$/, id.slice(0, 20));
    t.notMatch(head, MARKER);
  }
  t.equal((await send({ 'x-request-id': 'mine:1.2-3_4' })).requestId, 'mine:1.2-3_4');
  for (const tags of [
    '=',
    'a',
    'a=b=c,d',
    `${MARKER} x=1`,
    'a=\u00fc',
    '__proto__=1',
    Array.from({ length: 17 }, (_, n) => `t${n}=1`).join(),
  ]) {
    const { status, body } = await send({ 'x-sluice-tags': tags });
    if (tags === 'a=b=c,d' || status !== 200) {
      t.equal(status, 400, tags.slice(0, 20));
      t.match(JSON.parse(body), { error: { code: 'invalid_request', param: 'x-sluice-tags' } });
      t.notMatch(body, MARKER);
    } else t.fail(`accepted: ${tags}`);
  }
  for (const parent of ['00-0-0-00', `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, MARKER]) {
    t.equal(
      (await send({ traceparent: parent, tracestate: `${parent}=\u00ff`, 'idempotency-key': MARKER })).status,
      200,
    );
  }
  const { status } = await send({
    'x-sluice-user': 'u'.repeat(5000),
    'x-sluice-session': 's\u00ff'.repeat(999),
    'x-sluice-cost-usd': '0',
    'x-sluice-provider': 'evil',
  });
  t.equal(status, 200);
});

t.test('another tenant’s prompt, key or organisation does not exist', async (t) => {
  const { body: own } = await gateway.admin('POST', '/orgs/acme/keys', {
    name: 'acme admin',
    kind: 'admin',
    role: 'owner',
  });
  const call = (path: string) =>
    fetch(`${origin}/api/v1${path}`, { headers: { authorization: `Bearer ${own.key}` } });
  const listed = (await gateway.admin('GET', '/orgs/demo/keys')).body.data as { id: string }[];
  const ids = [...listed.map(({ id }) => id), '../demo', '00000000-0000-0000-0000-000000000000', `x' OR 1=1`];
  for (const id of ids) {
    for (const org of ['acme', 'demo']) {
      const { status } = await call(`/orgs/${org}/keys/${encodeURIComponent(id)}`);
      t.ok([403, 404, 400].includes(status), `${org}/${id}: ${status}`);
    }
  }
  for (const path of [
    '/orgs/demo',
    '/orgs/demo/keys',
    '/orgs/demo/usage',
    '/orgs/demo/audit',
    '/orgs/demo/prompts',
    '/orgs/demo/budgets',
  ]) {
    t.equal((await call(path)).status, 404, path);
  }
});

t.test('afterwards all is well, and no credential and no text was kept', async (t) => {
  await gateway.auditOf(
    (await post(gateway, '/v1/chat/completions', BODY)).headers.get('x-request-id') ?? '',
  );
  t.match(await (await fetch(`${origin}/healthz`)).json(), { status: 'alive' });
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  for (const [name, text] of Object.entries({ log: gateway.logged(), metrics })) {
    t.notMatch(text, MARKER, name);
    t.notMatch(text, key, name);
    t.notMatch(text, gateway.adminKey, name);
  }
  t.notMatch(gateway.logged(), /"level":50|internal/, 'no fault of the gateway');
  for (const { relname } of await gateway.query(
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  )) {
    const found = await gateway.query(
      `SELECT 1 FROM "${relname}" AS r WHERE r::text LIKE $1 OR r::text LIKE $2`,
      [`%${MARKER}%`, `%${key}%`],
    );
    t.equal(found.length, 0, String(relname));
  }
});
