/** What is told of models: to a key what it may use, to operators everything and how it fares. */
import t from 'tap';
import { sluice } from '../support/cli.ts';
import { post } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, everything } from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

// the command line is a process of its own
t.setTimeout(120_000);

const down = await startUpstream(t, [{ status: 503, chunks: ['{}'] }]);
const gateway = await startGateway(t, {
  providers: {
    openai: { kind: 'openai', api_key: 'k', base_url: `${down.url}/v1`, region: 'us' },
    house: everything(down.url, { models: ['house-model'] }),
  },
  models: {
    fast: {
      targets: [
        { provider: 'openai', model: 'gpt-4o-mini' },
        { provider: 'house', model: 'house-model', context_tokens: 300_000, vision: false },
      ],
      strategy: 'cheapest',
    },
  },
  routing: { circuit: { min_calls: 1, open_ms: 600_000 } },
  retries: { max_attempts_per_target: 1 },
  prices: { overrides: [{ provider: 'house', model: 'house-model', input: '2', output: '3.5' }] },
});

async function listed(key = gateway.key): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${gateway.origin}/v1/models`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await response.json()) as { data: Record<string, unknown>[] }).data;
}

t.test(
  'a key sees what it may use, with context, capabilities and prices beside the SDKs’ own members',
  async (t) => {
    const all = await listed();
    t.match(
      all.find(({ id }) => id === 'fast'),
      {
        object: 'model',
        type: 'model',
        context_length: 300_000,
        capabilities: { vision: true, tools: true },
        pricing: { input: '2', cached_input: '2', output: '3.5' },
        providers: ['openai', 'house'],
      },
      'a name of several targets: what one of them can do, and what the dearest costs',
    );
    t.match(
      all.find(({ id }) => id === 'house-model'),
      { context_length: null, capabilities: { vision: null, tools: null }, providers: ['house'] },
      'what nobody knows is null',
    );
    const narrow = await listed(await gateway.newKey({ models: ['house-model'] }));
    t.match(narrow, [
      { id: 'fast', providers: ['house'], context_length: 300_000 },
      { id: 'house-model', providers: ['house'] },
    ]);
    t.equal(narrow.length, 2);
  },
);

t.test('HEAD answers what GET would, without a body', async (t) => {
  const asked = { headers: { authorization: `Bearer ${gateway.key}` } };
  for (const path of ['/v1/models', '/v1beta/models']) {
    const response = await fetch(`${gateway.origin}${path}`, { ...asked, method: 'HEAD' });
    t.equal(response.status, (await fetch(`${gateway.origin}${path}`, asked)).status, path);
    t.equal(await response.text(), '');
  }
});

t.test('operators see every target and its circuit, members of an organisation do not', async (t) => {
  await post(gateway, chat.path, chat.ask('house-model', false));
  const { body, status } = await gateway.admin('GET', '/models');
  t.equal(status, 200);
  const data = body.data as Record<string, unknown>[];
  t.match(
    data.find(({ name }) => name === 'fast'),
    {
      strategy: 'cheapest',
      targets: [
        { provider: 'openai', model: 'gpt-4o-mini', region: 'us', condition: 'closed', calls: 0 },
        { provider: 'house', condition: 'open', calls: 1, failures: 1, pending: 0 },
      ],
    },
  );
  const { body: made } = await gateway.admin('POST', '/orgs/demo/keys', { name: 'a', uses: ['admin'] });
  const refused = await fetch(`${gateway.origin}/api/v1/models`, {
    headers: { authorization: `Bearer ${String(made.key ?? gateway.key)}` },
  });
  t.equal(refused.status, 403);
});

t.test(
  'sluice models lists the same: of a running node with its health, else what is configured',
  async (t) => {
    const config = t.testdir({
      'config.yaml': `
providers:
  openai: { kind: openai, api_key: k }
models:
  fast: { targets: [{ provider: openai, model: gpt-4o-mini }] }
`,
    });
    const env = { SLUICE_CONFIG: `${config}/config.yaml` };
    const { code, stdout } = await sluice(['models'], env);
    t.equal(code, 0);
    t.match(stdout, /^fast +openai\/gpt-4o-mini +- +128000 +0\.15 \/ 0\.6$/m);
    t.notMatch(stdout, /CIRCUIT/);
    const node = { ...env, SLUICE_PORT: new URL(gateway.origin).port, SLUICE_ADMIN_KEY: gateway.adminKey };
    const running = await sluice(['models'], node);
    t.match(running.stdout, /house\/house-model .* open +1\/1/, running.stderr);
    const json = await sluice(['models', '--json'], node);
    t.equal(JSON.parse(json.stdout).length > 2, true);
  },
);
