/** What /metrics tells, and what neither it nor the log ever does. */
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const EMAIL = 'grace.hopper.1906@navy.example';
const CONTENT = 'the quick brown fox of 77 syllables';
const SECRET = 'sk-proj-Zz9yXw8vUt7sRq6pOn5mLk4jIh3gFe2dCb1a';
const WRONG_KEY = 'slk_ThisKeyIsNobodysAndMustNotBeWrittenAnywhere';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function scrape({ origin }: TestGateway): Promise<{ text: string; samples: Sample[] }> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]),
      ),
      value: Number(value),
    }),
  );
  return { text, samples };
}

function chat(
  { origin, key }: TestGateway,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: CONTENT }], ...body }),
  });
}

/** Sum of a metric's samples with these labels. */
function sum(samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((s) => s.name === name && Object.entries(labels).every(([key, value]) => s.labels[key] === value))
    .reduce((total, { value }) => total + value, 0);
}

async function settled(gateway: TestGateway, requests: number): Promise<Sample[]> {
  let samples: Sample[] = [];
  await until(async () => {
    samples = (await scrape(gateway)).samples;
    return sum(samples, 'sluice_requests_total') >= requests;
  });
  return samples;
}

t.test('docs/observability.md names every metric there is, and no other', async (t) => {
  const { text } = await scrape(await startGateway(t));
  const there = [...text.matchAll(/^# TYPE ((?:sluice|gen_ai)_\w+)/gm)].map(([, name]) => name);
  const docs = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  const rows = docs.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  t.same(told.sort(), there.sort());
});

t.test('requests are counted by how they ended, refusals and failures by fault', async (t) => {
  const gateway = await startGateway(t);
  const statuses = [
    (await chat(gateway, { model: 'sim-fast' })).status,
    (await chat(gateway, { model: 'nobody-serves-this' })).status,
    (await chat(gateway, { model: 'sim-fast' }, { authorization: `Bearer ${WRONG_KEY}` })).status,
    (await chat(gateway, { model: 'sim-error-500' })).status,
  ];
  t.same(statuses.slice(0, 3), [200, 404, 401]);
  const samples = await settled(gateway, 4);
  const count = (labels: Record<string, string>) => sum(samples, 'sluice_requests_total', labels);
  t.equal(count({ operation: 'chat', outcome: 'done', fault: '' }), 1);
  t.equal(count({ outcome: 'refused', fault: 'model_not_found' }), 1);
  t.equal(count({ outcome: 'refused', fault: 'invalid_api_key' }), 1);
  t.equal(count({ outcome: 'failed' }), 1);
  t.ok(
    sum(samples, 'sluice_attempts_total', { outcome: 'failed' }) >= 1,
    'attempts have outcomes of their own',
  );
  t.equal(sum(samples, 'sluice_internal_errors_total'), 0, 'there before the first one');
});

t.test(
  'overhead covers the whole way to the provider: each stage, refused requests too (litellm#37958)',
  async (t) => {
    const gateway = await startGateway(t);
    await chat(gateway, { model: 'sim-fast' });
    await chat(gateway, { model: 'sim-fast' }, { authorization: `Bearer ${WRONG_KEY}` });
    const samples = await settled(gateway, 2);
    t.equal(sum(samples, 'sluice_overhead_seconds_count'), 2);
    const stages = samples.filter((s) => s.name === 'sluice_stage_duration_seconds_count');
    const entered = Object.fromEntries(stages.map((s) => [s.labels.stage, s.value]));
    t.match(entered, { authenticate: 2, admit: 1, read: 1, 'apply-policy': 1, redact: 1, 'hold-budget': 1 });
    t.notOk('call-upstream' in entered, "the provider's time is not the gateway's");
    const [whole, parts] = [
      sum(samples, 'sluice_overhead_seconds_sum'),
      sum(samples, 'sluice_stage_duration_seconds_sum'),
    ];
    t.ok(Math.abs(whole - parts) < 1e-9, 'overhead is the sum of the stages');
  },
);

t.test('made-up model names do not grow the metrics past their limit', { timeout: 120_000 }, async (t) => {
  const gateway = await startGateway(t);
  const ask = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, k) => chat(gateway, { model: `sim-made-up-${n + k}` })),
      );
  };
  await ask(0, 300);
  await settled(gateway, 300);
  const before = (await scrape(gateway)).samples;
  await ask(300, 600);
  const after = await settled(gateway, 600);
  const models = new Set(after.flatMap(({ labels }) => labels.model ?? []));
  t.ok(models.size <= 101, `${models.size} models are told apart`);
  t.ok(models.has('other'));
  const ours = (samples: Sample[]) => samples.filter(({ name }) => /^(sluice|gen_ai)_/.test(name)).length;
  t.equal(ours(after), ours(before), 'the last 300 added no series');
  t.equal(sum(after, 'sluice_attempts_total'), 600, 'and every one of them is counted');
});

/** Everything that must not be told goes through every house that could tell it. */
async function indiscreet(t: Test): Promise<TestGateway> {
  const policy =
    'version: 1\npolicies:\n  - id: p\n    pii:\n      request: { email: pseudonymise, secret: mask }\n';
  const folder = t.testdir({ 'p.yaml': policy });
  const gateway = await startGateway(t, { policies: { folder }, server: { key_failures_per_minute: 2 } });
  const content = `${CONTENT} ${EMAIL} ${SECRET}`;
  const headers = { 'x-sluice-user': 'user-0815', 'x-sluice-tags': 'env=tag-0815' };
  const ask = (model: string, more: object = {}, extra: Record<string, string> = {}) =>
    chat(
      gateway,
      { model, messages: [{ role: 'user', content }], user: EMAIL, ...more },
      { ...headers, ...extra },
    );
  await (await ask('sim-echo')).text();
  await (await ask('sim-echo', { stream: true })).text();
  await ask('sim-error-500');
  await ask('sim-broken');
  await ask('nobody-serves-this');
  for (let n = 0; n < 4; n++) await ask('sim-fast', {}, { authorization: `Bearer ${WRONG_KEY}` });
  await chat(gateway, { messages: content });
  await settled(gateway, 10);
  return gateway;
}

t.test('neither /metrics nor the log holds a key, a person or content', async (t) => {
  const gateway = await indiscreet(t);
  const { text, samples } = await scrape(gateway);
  await gateway.stop();
  const log = gateway.logged();
  t.match(log, /"msg":"request"/, 'there is an access log');
  const told = { metrics: text, log };
  const withheld = {
    EMAIL,
    CONTENT: 'quick brown fox',
    SECRET,
    WRONG_KEY,
    key: gateway.key,
    secretOfKey: gateway.key.slice(8),
    adminKey: gateway.adminKey,
  };
  for (const [where, what] of Object.entries(told))
    for (const [name, value] of Object.entries(withheld))
      t.notOk(what.includes(value), `${where} without ${name}`);
  const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
  for (const label of ['key', 'key_id', 'user', 'user_id', 'team', 'request_id', 'tag'])
    t.notOk(labels.has(label), `no label ${label}`);
  t.notMatch(text, /0815/, 'callers cannot write label values');
});

t.test('with telemetry.metrics_key the metrics are for its holder, and for no tenant', async (t) => {
  const metricsKey = 'scraper-0123456789';
  const gateway = await startGateway(t, { telemetry: { metrics_key: metricsKey } });
  const status = async (authorization?: string) =>
    (
      await fetch(
        `${gateway.origin}/metrics`,
        authorization === undefined ? {} : { headers: { authorization } },
      )
    ).status;
  t.equal(await status(), 401);
  t.equal(await status(`Bearer ${gateway.key}`), 401);
  t.equal(await status(`Bearer ${metricsKey}0`), 401);
  t.equal(await status(`Bearer ${metricsKey}`), 200);
  t.notMatch(gateway.logged(), metricsKey);
});
