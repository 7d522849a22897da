/** The exact-match cache: only within the organisation, only for equal rights, and still settled and recorded. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const folder = await mkdtemp(join(tmpdir(), 'sluice-cache-'));
const policies = join(folder, 'policies');
await mkdir(policies);
t.teardown(() => rm(folder, { recursive: true, force: true }));

const write = (rules: string): Promise<void> =>
  writeFile(
    join(policies, 'p.yaml'),
    `version: 1\npolicies:\n  - id: keep\n    description: keeps answers\n    cache: { ttl_seconds: 60 }\n${rules}`,
  );
await write('');
const gateway = await startGateway(t, { policies: { folder: policies } });

const body = (text: string, more: object = {}) => ({
  model: 'sim-fast',
  messages: [{ role: 'user', content: text }],
  ...more,
});

async function call(key: string, request: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request),
  });
  return {
    status: response.status,
    cache: response.headers.get('x-sluice-cache'),
    cost: response.headers.get('x-sluice-cost-usd'),
    id: response.headers.get('x-request-id') ?? '',
    reason: response.headers.get('x-sluice-cache-reason'),
    age: response.headers.get('age'),
    text: await response.text(),
  };
}

t.test('the second equal request is answered from the cache, free of charge, and recorded', async (t) => {
  const first = await call(gateway.key, body('one'));
  const second = await call(gateway.key, body('one'));
  t.same([first.cache, second.cache], ['miss', 'hit']);
  t.equal(second.text, first.text);
  t.equal(second.cost, '0');
  const [audit] = await gateway.auditOf(second.id);
  t.match(audit, { outcome: 'done' });
  const [paid] = await gateway.usageOf(first.id);
  const [saved, ...more] = await gateway.usageOf(second.id);
  t.match(saved, { outcome: 'cached', provider: 'simulated', cost_pico_usd: '0', input_tokens: 0 });
  t.equal(saved?.saved_pico_usd, paid?.cost_pico_usd, 'what the answer had cost');
  t.same(more, []);
});

t.test('a stream is replayed as a stream, with usage only where it was asked for', async (t) => {
  const first = await call(gateway.key, body('two', { stream: true }));
  const second = await call(gateway.key, body('two', { stream: true }));
  t.same([first.cache, second.cache], ['miss', 'hit']);
  t.equal(second.text, first.text);
  t.notMatch(second.text, /"usage":\{/);
  t.match(second.text, /data: \[DONE\]\n\n$/);
});

t.test('the same body of another organisation is another entry (litellm#29955, #19575)', async (t) => {
  await gateway.admin('POST', '/orgs', { slug: 'other', name: 'Other' });
  const { body: made } = await gateway.admin('POST', '/orgs/other/keys', { name: 'k' });
  await call(gateway.key, body('three'));
  t.equal((await call(String(made.key), body('three'))).cache, 'miss');
});

t.test('a key that may not use the model is not answered from the cache either', async (t) => {
  await call(gateway.key, body('four'));
  const narrow = await gateway.newKey({ models: ['sim-echo'] });
  t.equal((await call(narrow, body('four'))).status, 403);
});

t.test('a policy that comes later forbids what was kept before', async (t) => {
  await call(gateway.key, body('five'));
  t.equal((await call(gateway.key, body('five'))).cache, 'hit');
  await write('    providers: { deny: [simulated] }\n');
  await until(async () => (await call(gateway.key, body('five'))).status === 403);
  t.pass('403, not the kept answer');
  await write('');
  await until(async () => (await call(gateway.key, body('five'))).status === 200);
});

t.test('callers can ask not to be answered from the cache, or not to be kept', async (t) => {
  await call(gateway.key, body('six'), { 'cache-control': 'no-store' });
  t.equal((await call(gateway.key, body('six'))).cache, 'miss');
  t.equal((await call(gateway.key, body('six'), { 'cache-control': 'no-cache' })).cache, 'miss');
  t.equal((await call(gateway.key, body('six'))).cache, 'hit');
});

t.test('max-age asks for a young answer, and age says how old it is', async (t) => {
  await call(gateway.key, body('seven'));
  const second = await call(gateway.key, body('seven'), { 'cache-control': 'max-age=60' });
  t.same([second.cache, second.age], ['hit', '0']);
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal((await call(gateway.key, body('seven'), { 'cache-control': 'max-age=0' })).cache, 'miss');
});

t.test(
  'what wants a new answer every time is neither answered nor kept, and the header says why',
  async (t) => {
    for (const [more, reason] of [
      [{ temperature: 0.7 }, 'temperature'],
      [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'],
      [{ store: true }, 'stored'],
    ] as const) {
      t.match(await call(gateway.key, body('eight', more)), { cache: 'bypass', reason });
      t.match(await call(gateway.key, body('eight', more)), { cache: 'bypass', reason });
    }
  },
);
