/** A stream without an output cap is reserved step by step, and cut cleanly where its budget ends. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, everything, messages, responses, streamed, streamOf } from '../upstream/answers.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';

/** $1,000 per million tokens: a tenth of a cent each. */
const PRICES = { overrides: [{ model: '*', input: '0', output: '1000', per_request: '0' }] };
const BUDGETS = { stream_step_tokens: 64, min_output_cap_tokens: 16 };

const policy = (usd: string): string => `
version: 1
policies:
  - id: p
    budgets: [{ id: cap, scope: org, window: total, amount_usd: "${usd}" }]
`;

function* forever(open: readonly string[], delta: string): Generator<string> {
  yield* open;
  for (;;) yield delta;
}

const named = (event: { type: string }): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
const added = named({ type: 'response.output_item.added', ...{ output_index: 0, item } });
const completion = (text: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'text_completion', created: 1, model: 'm', choices: [{ index: 0, text, logprobs: null, finish_reason: null }] })}\n\n`;

const FOREVER = {
  '/v1/chat/completions': () => forever(chat.open, chat.delta('four score ')),
  '/v1/completions': () => forever([], completion('four score ')),
  '/v1/responses': () => forever([...responses.open, added], responses.delta('four score ')),
  '/v1/messages': () => forever(messages.open, messages.delta('four score ')),
} as Record<string, () => Iterable<string>>;

/** @param settings of budgets; by default none of these budgets counts as nearly used up */
async function endless(
  t: Tap,
  usd: string,
  settings: object = { default_output_cap_tokens: 64 },
): Promise<{ upstream: Upstream; gateway: TestGateway }> {
  const upstream = await startUpstream(t, ({ path }) =>
    streamed(FOREVER[path]?.() ?? [], { pauseMs: 1, ending: 'hang' }),
  );
  const gateway = await startGateway(
    t,
    { providers: { p: everything(upstream.url) }, prices: PRICES, budgets: { ...BUDGETS, ...settings } },
    { policies: policy(usd) },
  );
  return { upstream, gateway };
}
type Tap = Parameters<typeof startGateway>[0];

async function ledger(gateway: TestGateway): Promise<{ settled: number; leased: number }> {
  const [row] = await gateway.query(
    'SELECT settled_pico_usd / 1e12 AS settled, leased_pico_usd / 1e12 AS leased FROM budget_windows',
  );
  return { settled: Number(row?.settled), leased: Number(row?.leased) };
}

const dataOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));

const WHY = { error: { code: 'budget_exceeded', type: 'insufficient_quota' }, usage_source: 'estimated' };

const CASES = [
  {
    path: '/v1/chat/completions',
    ask: chat.ask('m', true),
    last: {
      id: 'c',
      choices: [{ index: 0, delta: {}, finish_reason: 'length' }],
      usage: { completion_tokens: Number, cost_usd: String },
      sluice: WHY,
    },
    end: 'data: [DONE]\n\n',
  },
  {
    path: '/v1/completions',
    ask: { model: 'm', stream: true, prompt: 'hello' },
    last: { choices: [{ index: 0, text: '', finish_reason: 'length' }], usage: {}, sluice: WHY },
    end: 'data: [DONE]\n\n',
  },
  {
    path: '/v1/responses',
    ask: responses.ask('m', true),
    last: {
      type: 'response.incomplete',
      sequence_number: Number,
      response: {
        id: 'resp_1',
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [{ id: 'msg_1', status: 'incomplete' }],
        usage: { output_tokens: Number, cost_usd: String },
        sluice: WHY,
      },
    },
    end: '',
  },
  {
    path: '/v1/messages',
    ask: { ...messages.ask('m', true), max_tokens: undefined },
    last: { type: 'message_stop' },
    end: '',
  },
];

for (const { path, ask, last, end } of CASES) {
  t.test(`${path}: an endless answer is cut where the budget ends`, async (t) => {
    const { upstream, gateway } = await endless(t, '0.5');
    const response = await post(gateway, path, ask, { headers: { 'x-request-id': 'cut' } });
    t.equal(response.status, 200);
    t.equal(response.headers.get('x-sluice-output-cap'), null, 'no cap was put in');
    const text = await readAll(response);
    t.equal(
      JSON.parse(upstream.requests[0]?.body ?? '{}').max_tokens,
      undefined,
      'the body went on as it came',
    );
    const events = dataOf(text);
    t.match(events.at(-1), last);
    t.ok(text.endsWith(end), text.slice(-100));
    t.match(text, 'four score ');
    if (path === messages.path) {
      t.match(events.slice(-3), [
        { type: 'content_block_stop', index: 0 },
        {
          type: 'message_delta',
          delta: { stop_reason: 'max_tokens', stop_sequence: null },
          usage: { output_tokens: Number, cost_usd: String },
          sluice: { error: { type: 'rate_limit_error', details: { error_code: 'budget_exceeded' } } },
        },
      ]);
    }
    await upstream.whenAborted(1);
    const [line] = await gateway.usageOf('cut');
    t.match(line, { outcome: 'cancelled', reason: 'budget_exceeded', usage_source: 'estimated' });
    t.ok(Number(line?.output_tokens) > 30, `${line?.output_tokens} tokens billed`);
    t.match(await gateway.auditOf('cut'), [{ outcome: 'refused', fault: 'budget_exceeded' }]);
    await until(async () => (await ledger(gateway)).settled > 0);
    const { settled } = await ledger(gateway);
    t.ok(settled <= 0.5, `${settled} of 0.5`);
    t.equal(settled.toFixed(6), (Number(line?.output_tokens) / 1000).toFixed(6));
    await gateway.stop();
  });
}

/** By the endpoints' own names. */
const capOf = (body: string | undefined): number => {
  const { max_tokens, max_completion_tokens, max_output_tokens } = JSON.parse(body ?? '{}');
  return Number(max_tokens ?? max_completion_tokens ?? max_output_tokens);
};

for (const { path, ask } of CASES) {
  t.test(`${path}: with little left, a cap lets the answer use all of it`, async (t) => {
    const { upstream, gateway } = await endless(t, '0.5', {});
    const response = await post(gateway, path, ask, { headers: { 'x-request-id': 'near' } });
    const cap = Number(response.headers.get('x-sluice-output-cap'));
    t.equal(cap, 500);
    t.match(
      await readAll(response),
      '"budget_exceeded"',
      'a provider that does not heed it is cut all the same',
    );
    t.equal(capOf(upstream.requests[0]?.body), cap);
    const [line] = await gateway.usageOf('near');
    t.equal(line?.output_tokens, cap);
    await until(async () => (await ledger(gateway)).settled > 0);
    t.equal((await ledger(gateway)).settled, 0.5);
    await gateway.stop();
  });
}

t.test(
  'with little left, the bill of a provider that heeds the cap is all of it, and never more',
  async (t) => {
    const upstream = await startUpstream(t, ({ body }) => {
      const written = Math.min(capOf(body), 3_000);
      // seven bytes a token: far beyond what is left, if each byte were one
      const words = Array.from({ length: written / 10 }, () =>
        chat.delta(' letters'.repeat(10).slice(0, 70)),
      );
      const usage = { prompt_tokens: 9, completion_tokens: written, total_tokens: 9 + written };
      const last = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
      const end = { ...last, choices: [{ index: 0, delta: {}, finish_reason: 'length' }] };
      const frames = [end, { ...last, choices: [], usage }].map(
        (frame) => `data: ${JSON.stringify(frame)}\n\n`,
      );
      return streamed([...chat.open, ...words, ...frames, 'data: [DONE]\n\n'], { pauseMs: 1 });
    });
    const gateway = await startGateway(
      t,
      { providers: { p: everything(upstream.url) }, prices: PRICES, budgets: BUDGETS },
      { policies: policy('0.9') },
    );
    const text = await readAll(await post(gateway, chat.path, chat.ask('m', true)));
    t.notMatch(text, 'budget_exceeded');
    t.match(text, '"finish_reason":"length"');
    await until(async () => (await ledger(gateway)).settled > 0);
    t.equal((await ledger(gateway)).settled, 0.9);
    t.equal((await post(gateway, chat.path, chat.ask('m', true))).status, 429);
  },
);

t.test('the SDKs take a cut for an answer that was too long, not for a failure', async (t) => {
  const { gateway } = await endless(t, '0.4');
  const openai = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: gateway.key, maxRetries: 0 });
  const chunks = [];
  const stream = await openai.chat.completions.create({
    model: 'm',
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  });
  for await (const chunk of stream) chunks.push(chunk);
  t.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'length');

  const anthropic = new Anthropic({ baseURL: gateway.origin, apiKey: gateway.key, maxRetries: 0 });
  const body = { model: 'm', messages: [{ role: 'user' as const, content: 'hello' }] };
  const final = await anthropic.messages
    .stream(body as Parameters<typeof anthropic.messages.stream>[0])
    .finalMessage();
  t.equal(final.stop_reason, 'max_tokens');
  t.match(final.content, [{ type: 'text', text: /^(four score )+$/ }]);
});

t.test('an answer that fits is not touched, and holds no more than it needs', async (t) => {
  const texts = Array.from({ length: 40 }, (_, n) => `word ${n} `);
  const upstream = await startUpstream(t, () => streamed(streamOf(chat, ...texts)));
  const gateway = await startGateway(
    t,
    { providers: { p: everything(upstream.url) }, prices: PRICES, budgets: BUDGETS },
    { policies: policy('5') },
  );
  const response = await post(gateway, chat.path, {
    ...chat.ask('m', true),
    stream_options: { include_usage: true },
  });
  const text = await readAll(response);
  t.equal(dataOf(text).length, texts.length + 3);
  t.notMatch(text, 'sluice');
  await until(async () => (await ledger(gateway)).settled > 0);
  t.equal((await ledger(gateway)).settled, 0.005, 'what the provider reported');
  await gateway.stop();
  t.equal((await ledger(gateway)).leased, 0);
});

t.test('several choices are counted together, and each open one is ended', async (t) => {
  const { gateway } = await endless(t, '0.3');
  const text = await readAll(await post(gateway, chat.path, { ...chat.ask('m', true), n: 2 }));
  t.match(dataOf(text).at(-1), {
    choices: [
      { index: 0, finish_reason: 'length' },
      { index: 1, finish_reason: 'length' },
    ],
  });
});

t.test(
  'models that bill more than they stream are held whole, uncapped where that can be paid',
  async (t) => {
    const upstream = await startUpstream(t, () => streamed(streamOf(chat, 'a')));
    const gateway = await startGateway(
      t,
      {
        providers: { p: everything(upstream.url) },
        prices: { overrides: [{ model: '*', input: '0', output: '10', per_request: '0' }] },
      },
      { policies: policy('2') },
    );
    const first = await post(gateway, chat.path, chat.ask('gpt-5-mini', true));
    await readAll(first);
    t.equal(first.headers.get('x-sluice-output-cap'), null);
    t.notMatch(upstream.requests[0]?.body, 'max_');
    const dear = await post(gateway, chat.path, chat.ask('o3', false));
    await readAll(dear);
    t.equal(dear.headers.get('x-sluice-output-cap'), null, '100,000 tokens are $1 of the $2');
    // 200,000 tokens are what is left
    const short = await post(gateway, chat.path, { ...chat.ask('gpt-5', false), n: 2 });
    await readAll(short);
    const cap = Number(short.headers.get('x-sluice-output-cap'));
    t.ok(cap > 90_000 && cap < 100_000, `each of the two is capped at ${cap}, and told so`);
    t.match(upstream.requests.at(-1)?.body, new RegExp(`_tokens":${cap}`));
  },
);
