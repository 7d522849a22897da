/** Responses that a provider keeps: every organisation reaches its own, and nobody another's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { BadRequestError, NotFoundError, PermissionDeniedError } from 'openai';
import t, { type Test } from 'tap';
import { openGateway } from '../../src/app/compose.ts';
import { parseConfig } from '../../src/config/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/ids.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { post } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { everything, responses, streamed } from '../upstream/answers.ts';
import { type Received, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const MODEL = 'sim-echo';
const CALL = { model: MODEL, input: 'Say hello' };

function sdk(origin: string, apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
}

/** An inference key of a second organisation. */
async function strangerOf(gateway: TestGateway): Promise<string> {
  await gateway.admin('POST', '/orgs', { slug: 'acme', name: 'Acme' });
  const { body } = await gateway.admin('POST', '/orgs/acme/keys', { name: 'theirs' });
  return String(body.key);
}

async function thrownBy(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

/** The error of this class that the call ends with. */
async function failure<E extends Error>(
  t: Test,
  Wanted: new (...args: never[]) => E,
  call: PromiseLike<unknown>,
): Promise<E> {
  const thrown = await thrownBy(call);
  t.ok(thrown instanceof Wanted, `${Wanted.name}, not ${thrown}`);
  return thrown as E;
}

const NOT_FOUND = { code: 'not_found', status: 404 };

/** Three ways to reach for a response, each of them refused as if it did not exist. */
async function outOfReach(t: Test, client: OpenAI, id: string): Promise<void> {
  t.match(await failure(t, NotFoundError, client.responses.retrieve(id)), {
    ...NOT_FOUND,
    param: 'response_id',
  });
  t.match(await failure(t, NotFoundError, client.responses.delete(id)), NOT_FOUND);
  const next = client.responses.create({ ...CALL, previous_response_id: id });
  t.match(await failure(t, NotFoundError, next), { ...NOT_FOUND, param: 'previous_response_id' });
}

t.test('with the simulator', async (t) => {
  const gateway = await startGateway(t);
  const mine = sdk(gateway.origin, gateway.key);
  const theirs = sdk(gateway.origin, await strangerOf(gateway));

  t.test('the openai SDK reads a response back, continues it and deletes it', async (t) => {
    const made = await mine.responses.create(CALL);
    t.equal(made.output_text, 'Say hello');
    const { data: read, response } = await mine.responses.retrieve(made.id).withResponse();
    t.equal(read.id, made.id);
    t.equal(read.output_text, 'Say hello');
    t.match(Object.fromEntries(response.headers), {
      'x-sluice-provider': 'simulated',
      'x-sluice-model': MODEL,
    });
    const next = await mine.responses.create({
      ...CALL,
      input: 'And again',
      previous_response_id: made.id,
    });
    t.equal(next.previous_response_id, made.id);
    await mine.responses.delete(made.id);
    await outOfReach(t, mine, made.id);
    t.equal((await mine.responses.retrieve(next.id)).id, next.id, 'the other one is still there');
  });

  t.test('a streamed response is kept as well', async (t) => {
    let id = '';
    for await (const event of await mine.responses.create({ ...CALL, stream: true })) {
      if (event.type === 'response.completed') id = event.response.id;
    }
    t.equal((await mine.responses.retrieve(id)).output_text, 'Say hello');
  });

  t.test('another organisation finds nothing, at once and once the owner is on record', async (t) => {
    const made = await mine.responses.create(CALL);
    await outOfReach(t, theirs, made.id);
    await until(
      async () => (await gateway.query('SELECT FROM stored_responses WHERE id = $1', [made.id])).length === 1,
    );
    await outOfReach(t, theirs, made.id);
    t.equal((await mine.responses.retrieve(made.id)).id, made.id, 'its owner still does');
  });

  t.test('store: false keeps nothing', async (t) => {
    const made = await mine.responses.create({ ...CALL, store: false });
    await outOfReach(t, mine, made.id);
    t.same(await gateway.query('SELECT FROM stored_responses WHERE id = $1', [made.id]), []);
  });

  t.test('ids that nobody made are asked of nobody', async (t) => {
    for (const id of ['resp_none', '.x', "x' OR true", '\0', 'ä', 'r'.repeat(300)])
      await failure(t, NotFoundError, mine.responses.retrieve(id));
  });

  t.test('other ways to reach what a provider keeps are refused, naming the field', async (t) => {
    const refusals: [string, object][] = [
      ['conversation', { conversation: 'conv_1' }],
      ['conversation', { conversation: { id: 'conv_1' } }],
      ['background', { background: true }],
      [
        'input[1]',
        {
          input: [
            { role: 'user', content: 'x' },
            { type: 'item_reference', id: 'msg_1' },
          ],
        },
      ],
      ['input[0]', { input: [{ id: 'msg_1' }] }],
      ['previous_response_id', { previous_response_id: 7 }],
    ];
    for (const [param, more] of refusals) {
      const call = mine.responses.create({
        ...CALL,
        ...more,
      } as OpenAI.Responses.ResponseCreateParamsNonStreaming);
      t.match(await failure(t, BadRequestError, call), { code: 'invalid_request', param });
    }
    const { id } = await mine.responses.create(CALL);
    const streaming = mine.responses.retrieve(id, { stream: true });
    t.match(await failure(t, BadRequestError, streaming), { code: 'invalid_request', param: 'stream' });
    const fine = { conversation: null, background: false, previous_response_id: null };
    t.ok(await mine.responses.create({ ...CALL, ...fine }));
  });

  t.test('a key reaches only responses of its models', async (t) => {
    const narrow = sdk(gateway.origin, await gateway.newKey({ models: ['sim-fast'] }));
    const { id } = await mine.responses.create(CALL);
    await failure(t, PermissionDeniedError, narrow.responses.retrieve(id));
    await failure(t, PermissionDeniedError, narrow.responses.delete(id));
    t.ok(await mine.responses.retrieve(id), 'and has deleted nothing');
  });

  t.test('reading and deleting are on record, and cost nothing', async (t) => {
    const { id } = await mine.responses.create(CALL);
    const read = await mine.responses.retrieve(id).withResponse();
    const deleted = await mine.responses.delete(id).withResponse();
    for (const [{ response }, action] of [
      [read, 'responses.retrieve'],
      [deleted, 'responses.delete'],
    ] as const) {
      const requestId = response.headers.get('x-request-id') ?? '';
      t.match(await gateway.auditOf(requestId), [{ action, outcome: 'done', resource: `response/${id}` }]);
      t.same(await gateway.usageOf(requestId), []);
      t.notOk(response.headers.has('x-sluice-cost-usd'));
    }
    await until(
      async () => (await gateway.query('SELECT FROM stored_responses WHERE id = $1', [id])).length === 0,
    );
  });

  t.test('paths beside them say what is served', async (t) => {
    const authorization = `Bearer ${gateway.key}`;
    const ask = (method: string, path: string) =>
      fetch(`${gateway.origin}${path}`, { method, headers: { authorization } });
    const wrong = await ask('PUT', '/v1/responses/resp_1');
    t.equal(wrong.status, 405);
    t.equal(wrong.headers.get('allow'), 'GET, DELETE');
    for (const rest of ['cancel', 'input_items']) {
      const missing = await ask('GET', `/v1/responses/resp_1/${rest}`);
      t.match(await missing.json(), {
        error: { code: 'endpoint_not_supported', message: /DELETE \/v1\/responses\/\{id\}/ },
      });
    }
  });
});

/** Providers that answer as the test wants; what they were asked is in `requests`. */
async function kept(t: Test, reply: (request: Received) => UpstreamReply) {
  const upstream = await startUpstream(t, reply);
  return { upstream, settings: everything(upstream.url) };
}

const WHOLE: UpstreamReply = { chunks: [responses.whole] };

t.test(
  'a request that continues a response goes to the provider that keeps it, and nowhere else',
  async (t) => {
    let keeper: UpstreamReply = WHOLE;
    const first = await kept(t, () => ({ status: 503 }));
    const second = await kept(t, () => keeper);
    const gateway = await startGateway(t, {
      providers: { first: first.settings, second: second.settings },
      retries: { max_attempts_per_target: 1 },
    });
    const client = sdk(gateway.origin, gateway.key);
    const made = await client.responses.create({ model: 'm', input: 'x' }).withResponse();
    t.equal(made.response.headers.get('x-sluice-provider'), 'second', 'by fallback');
    const asked = first.upstream.requests.length;
    const next = { model: 'm', input: 'y', previous_response_id: made.data.id };
    t.equal(
      (await client.responses.create(next).withResponse()).response.headers.get('x-sluice-attempts'),
      '1',
    );
    keeper = { status: 503 };
    const failed = await thrownBy(client.responses.create(next));
    t.match(failed, { status: 503, code: 'provider_overloaded' });
    t.equal(first.upstream.requests.length, asked, 'the other provider was not asked');
    const elsewhere = client.responses.create({ ...next, model: 'first/m' });
    t.match(await failure(t, NotFoundError, elsewhere), {
      code: 'model_not_found',
      param: 'model',
      message: /kept by the provider second.*"second\/m"/,
    });
  },
);

t.test('the provider is asked by its own means, and what it refuses is passed on', async (t) => {
  let stored: UpstreamReply = WHOLE;
  const { upstream, settings } = await kept(t, ({ method }) => (method === 'POST' ? WHOLE : stored));
  const gateway = await startGateway(t, { providers: { p: { ...settings, api_key: 'sk-own' } } });
  const client = sdk(gateway.origin, gateway.key);
  const { id } = await client.responses.create({ model: 'm', input: 'x' });
  await client.responses.retrieve(id, { include: ['reasoning.encrypted_content'] });
  const last = upstream.requests.at(-1);
  t.match(last, { method: 'GET', body: '', headers: { authorization: 'Bearer sk-own' } });
  t.match(
    decodeURIComponent(last?.path ?? ''),
    /^\/v1\/responses\/resp_1\?include(\[\])?=reasoning\.encrypted_content$/,
  );
  t.notOk(last?.headers['content-type']);

  stored = { status: 404, chunks: ['{"error":{"message":"Response with id resp_1 not found.","type":"x"}}'] };
  t.match(await failure(t, NotFoundError, client.responses.retrieve(id)), {
    code: 'provider_rejected',
    message: /resp_1 not found/,
  });
  stored = { status: 401, chunks: ['{"error":{"message":"bad key sk-own"}}'] };
  const refused = await thrownBy(client.responses.delete(id));
  t.match(refused, { status: 502, code: 'provider_auth_failed' });
  t.notMatch(String(refused), 'sk-own');
  stored = { chunks: ['{"id":"resp_1","object":"response","deleted":true}'] };
  await client.responses.delete(id);
  t.match(upstream.requests.at(-1), { method: 'DELETE', path: '/v1/responses/resp_1', body: '' });
});

t.test('a stream that its reader left can still be deleted', async (t) => {
  const { upstream, settings } = await kept(t, ({ method }) =>
    method === 'POST'
      ? streamed([...responses.open, responses.delta('hi')], { ending: 'hang' })
      : { chunks: ['{"id":"resp_1","object":"response","deleted":true}'] },
  );
  const gateway = await startGateway(t, { providers: { p: settings } });
  const leaving = new AbortController();
  const response = await post(gateway, '/v1/responses', responses.ask('m', true), { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await gateway.auditOf(response.headers.get('x-request-id') ?? '');
  const client = sdk(gateway.origin, gateway.key);
  await client.responses.delete('resp_1');
  t.equal(upstream.requests.at(-1)?.method, 'DELETE');
});

const POLICIES = `
version: 1
policies:
  - id: no-addresses
    description: Answers name nobody, and requests name somebody.
    pii: { answer: { email: mask, iban: block } }
    parameters: { require: [user], max_output_tokens: 100 }
`;

t.test('what is read back is an answer like any other, and not a request', async (t) => {
  const gateway = await startGateway(t, {}, { policies: POLICIES });
  const client = sdk(gateway.origin, gateway.key);
  const ask = (input: string) => client.responses.create({ model: MODEL, user: 'u', input });
  const masked = await ask('write to jane@example.com');
  t.equal(masked.output_text, 'write to <EMAIL>');
  t.equal((await client.responses.retrieve(masked.id)).output_text, 'write to <EMAIL>');

  const requestId = 'blocked';
  const blocked = client.responses.create(
    { model: MODEL, user: 'u', input: 'pay to GB33BUKB20201555555555' },
    { headers: { 'x-request-id': requestId } },
  );
  await failure(t, PermissionDeniedError, blocked);
  const [record] = await gateway.auditOf(requestId);
  const { response_id: id } = (record?.details ?? {}) as { response_id: string };
  t.match(await failure(t, PermissionDeniedError, client.responses.retrieve(id)), { code: 'answer_blocked' });
  await client.responses.delete(id);
});

t.test('ownership outlives the node that learned it', async (t) => {
  const { settings } = await kept(t, () => WHOLE);
  const gateway = await startGateway(t, { providers: { p: settings } });
  const stranger = await strangerOf(gateway);
  const { id } = await sdk(gateway.origin, gateway.key).responses.create({ model: 'm', input: 'x' });
  await gateway.stop();

  const folder = await mkdtemp(join(tmpdir(), 'sluice-next-'));
  const providers = { p: settings } as Parameters<typeof parseConfig>[0]['providers'];
  const next = await openGateway(
    parseConfig({
      providers,
      policies: { folder: t.testdir({}) },
      server: { port: 0 },
      database: { url: gateway.databaseUrl, data_dir: folder },
      journal: { dir: join(folder, 'journal') },
    }),
    { log: openLog('silent'), clock: systemClock, random: systemRandom },
    () => undefined,
  );
  t.teardown(async () => {
    await next.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await outOfReach(t, sdk(next.origin, stranger), id);
  t.equal((await sdk(next.origin, gateway.key).responses.retrieve(id)).id, id);
});
