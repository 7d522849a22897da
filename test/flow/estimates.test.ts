/** What is billed where a provider reports no usage, breaks off, or serves otherwise than in standard (bifrost#3357, litellm#14457). */
import t, { type Test } from 'tap';
import { startGateway } from '../support/gateway.ts';
import { chat, EVENT_STREAM, messages } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const TEXT = 'twelve chars ';
const DELTAS = [...chat.open, ...Array.from({ length: 40 }, () => chat.delta(TEXT))];
const JSON_TYPE = { 'content-type': 'application/json' };

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const gateway = await startGateway(t, {
  providers: {
    local: {
      kind: 'openai-compatible',
      base_url: `${upstream.url}/v1`,
      models: ['*'],
      timeouts_ms: { first_byte: 20_000, idle: 1_500, total: 20_000 },
    },
    claude: {
      kind: 'anthropic',
      api_key: 'sk-ant-of-a-test-000',
      base_url: upstream.url,
      models: ['claude-*'],
    },
  },
  prices: { overrides: [{ model: '*', input: '1', output: '10', service_tiers: { flex: '50' } }] },
  retries: { max_attempts_per_target: 1 },
});

/** @param leave goes away when the answer begins */
async function ask(
  stream: boolean,
  leave = false,
  wire = chat,
  model = 'm',
): Promise<Record<string, unknown>> {
  const leaving = new AbortController();
  const id = `req-${Math.random()}`;
  const response = await fetch(`${gateway.origin}${wire.path}`, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${gateway.key}`,
      'content-type': 'application/json',
      'x-request-id': id,
    },
    body: JSON.stringify(wire.ask(model, stream)),
  });
  if (leave) {
    await response.body?.getReader().read();
    leaving.abort();
  } else await response.text().catch(() => 'broken off');
  const [line] = await gateway.usageOf(id);
  return line ?? {};
}

function billed(
  t: Test,
  line: Record<string, unknown>,
  outcome: string,
  output: { least: number; most: number },
): void {
  t.match(line, { usage_source: 'estimated', outcome });
  const [input, out] = [Number(line.input_tokens), Number(line.output_tokens)];
  t.ok(input > 0, `${input} tokens in`);
  t.ok(out >= output.least && out <= output.most, `${out} tokens out`);
  t.equal(line.cost_pico_usd, String(input * 1_000_000 + out * 10_000_000));
}
const WHOLE_TEXT = { least: 100, most: 170 };

t.test('a stream that reports no usage', async (t) => {
  reply = { headers: EVENT_STREAM, chunks: [...DELTAS, chat.close[0] ?? '', 'data: [DONE]\n\n'] };
  billed(t, await ask(true), 'answered', WHOLE_TEXT);
});

t.test('a stream that breaks off, by a cut, an error of the provider, or silence', async (t) => {
  for (const ending of ['cut', 'reset', 'hang'] as const) {
    reply = { headers: EVENT_STREAM, chunks: DELTAS, ending };
    billed(t, await ask(true), 'failed', WHOLE_TEXT);
  }
  reply = { headers: EVENT_STREAM, chunks: [...DELTAS, chat.error] };
  billed(t, await ask(true), 'failed', WHOLE_TEXT);
});

t.test('a stream whose client leaves', async (t) => {
  reply = { headers: EVENT_STREAM, chunks: DELTAS, pauseMs: 10, ending: 'hang' };
  billed(t, await ask(true, true), 'cancelled', { least: 0, most: 170 });
});

t.test('a stream that had reported its input, and breaks off: its output is what came', async (t) => {
  const deltas = [...messages.open, ...Array.from({ length: 40 }, () => messages.delta(TEXT))];
  reply = { headers: EVENT_STREAM, chunks: deltas, ending: 'cut' };
  const line = await ask(true, false, messages, 'claude-x');
  t.match(line, { usage_source: 'estimated', input_tokens: 7 });
  t.ok(Number(line.output_tokens) >= WHOLE_TEXT.least, `${line.output_tokens}, not the 1 of its opening`);
});

t.test(
  'a whole answer that breaks off: the provider has read the request, and written what came',
  async (t) => {
    const half = chat.whole.slice(0, chat.whole.length / 2);
    for (const ending of ['cut', 'hang'] as const) {
      reply = { headers: JSON_TYPE, chunks: [half], ending };
      billed(t, await ask(false), 'failed', { least: 1, most: half.length });
    }
  },
);

t.test('an answer in flex service costs what flex costs, and its line says so', async (t) => {
  reply = { headers: JSON_TYPE, chunks: [chat.whole.replace('{', '{"service_tier":"flex",')] };
  const line = await ask(false);
  t.match(line, {
    service_tier: 'flex',
    usage_source: 'reported',
    cost_pico_usd: String(7 * 500_000 + 5 * 5_000_000),
  });
});

t.test('an answer in a service without a price is unpriced, never zero', async (t) => {
  reply = { headers: JSON_TYPE, chunks: [chat.whole.replace('{', '{"service_tier":"warp",')] };
  const line = await ask(false);
  t.match(line, { service_tier: 'other', cost_pico_usd: null, price_version: null });
});
