/** Prices as operators, organisations and the command line see them, and as a request is billed by them. */
import t from 'tap';
import { sluice } from '../support/cli.ts';
import { startGateway } from '../support/gateway.ts';

// Processes of their own start slowly on a busy machine.
t.setTimeout(120_000);

const OVERRIDES = [
  { org: 'demo', provider: 'simulated', model: 'sim-fast', percent: '200' },
  { provider: 'simulated', model: 'sim-fast', input: '1000', output: '2000', per_request: '0.5' },
];

t.test('an organisation’s own price is listed, explained, billed and on the line', async (t) => {
  const gateway = await startGateway(t, { prices: { overrides: OVERRIDES } });
  const ask = async (path: string) => (await gateway.admin('GET', path)).body;
  const total = async (prefix: string) =>
    (await ask(`${prefix}/prices/explain?provider=simulated&model=sim-fast&usage=in=10,out=5`)).total_usd;
  t.equal(await total(''), '0.52');
  t.equal(await total('/orgs/demo'), '1.04');
  const { data } = await ask('/orgs/demo/prices?model=sim-fast');
  t.match(data, [
    { provider: 'simulated', model: 'sim-fast', price: { tiers: [{ usd_per_million: { input: '2000' } }] } },
  ]);
  t.ok(((await ask('/prices')).data as unknown[]).length > 3);
  t.match(await ask('/prices?provider=simulated&model=anything'), {
    data: [{ price: { version: 'simulated/1' } }],
  });
  t.match(await gateway.admin('GET', '/prices/explain?provider=simulatd&model=m&usage=in=1'), {
    status: 404,
    body: { error: { param: 'provider', message: /no provider "simulatd"/ } },
  });
  t.match(await gateway.admin('GET', '/prices/explain?provider=simulated&model=m&usage=inn=1'), {
    status: 400,
    body: { error: { param: 'usage', message: /did you mean in\?/ } },
  });

  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-fast', messages: [{ role: 'user', content: 'hello' }] }),
  });
  const { usage } = (await response.json()) as {
    usage: { prompt_tokens: number; completion_tokens: number };
  };
  const pico =
    2n * (BigInt(usage.prompt_tokens) * 1_000_000_000n + BigInt(usage.completion_tokens) * 2_000_000_000n) +
    10n ** 12n;
  t.equal(BigInt(Math.round(Number(response.headers.get('x-sluice-cost-usd')) * 1e9)) * 1000n, pico);
  const [line] = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
  t.match(line, {
    cost_pico_usd: String(pico),
    service_tier: 'standard',
    price_version: /^config\/\w+\*config\/\w+$/,
  });
});

const HARD = `
version: 1
policies:
  - id: capped
    budgets: [{ id: cap, scope: org, window: total, amount_usd: "5" }]
`;

t.test('a hard budget lets no service through whose price nobody knows', async (t) => {
  const gateway = await startGateway(t, {}, { policies: HARD });
  const ask = async (more: object) => {
    const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim-fast', messages: [{ role: 'user', content: 'hi' }], ...more }),
    });
    const { error } = (await response.json()) as { error?: { code: string } };
    return error?.code ?? response.status;
  };
  t.equal(await ask({ service_tier: 'flex' }), 200);
  t.equal(await ask({ service_tier: 'warp' }), 'unpriced_model');
  t.equal(await ask({ tools: [{ type: 'web_search' }] }), 'unpriced_model', 'a search of unknown fee');
});

t.test('the command line shows the sum, and says what is wrong', async (t) => {
  const asked = ['--provider', 'openai', '--model', 'gpt-5', '--usage', 'in=1000,cached=400,out=100'];
  const flex = await sluice(['prices', 'explain', ...asked, '--service', 'flex']);
  t.equal(flex.code, 0);
  t.match(
    flex.stdout,
    /input +600 × \$0\.625 \/ M += 0\.000375\n.*cachedInput +400 .*\n.*output .*\n +total += 0\.0009 USD/,
  );
  const [, , ...unsaid] = asked;
  const vendor = await sluice(['prices', 'explain', ...unsaid]);
  t.match(
    vendor,
    { code: 0, stdout: /^openai\/gpt-5, by genai-prices.*\n[\s\S]*total += 0\.0018 USD/ },
    'whose model it is',
  );
  const failing = async (...args: string[]) => {
    const { code, stderr } = await sluice(['prices', ...args]);
    return { code, stderr };
  };
  t.match(await failing('explain', ...asked, '--service', 'best'), {
    code: 1,
    stderr: /--service is one of standard, flex/,
  });
  t.match(await failing('explain', '--model', 'wibble', '--usage', 'in=1'), {
    code: 1,
    stderr: /--provider/,
  });
  t.match(await failing('list'), { code: 2, stderr: /usage: sluice prices explain/ });
});
