/** Chat completions of OpenAI's newer models refuse tools beside an effort: such requests go to its responses. */
import t from 'tap';
import type { JsonObject } from '../../src/core/json.ts';
import { drain, testExchange } from '../support/exchange.ts';
import { chat } from '../upstream/answers.ts';
import { testGateway } from '../upstream/gateway.ts';
import { startUpstream } from '../upstream/upstream.ts';

const RESPONSE = JSON.stringify({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'gpt-5.4',
  status: 'completed',
  error: null,
  output: [
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' },
  ],
  usage: { input_tokens: 7, output_tokens: 5, total_tokens: 12 },
});
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
const ASKED = {
  messages: [{ role: 'user', content: 'weather in Paris?' }],
  tools: TOOLS,
  reasoning_effort: 'high',
};

const upstream = await startUpstream(t, ({ path }) => ({
  chunks: [path.endsWith('/responses') ? RESPONSE : chat.whole],
}));
const gateway = testGateway(t, {
  open: { kind: 'openai', api_key: 'sk', base_url: `${upstream.url}/v1` },
  azure: { kind: 'azure-openai', api_key: 'k', endpoint: upstream.url, deployments: { 'gpt-5.4': 'ours' } },
  router: { kind: 'openrouter', api_key: 'sk', base_url: `${upstream.url}/v1` },
});

async function ask(provider: string, model: string, more: JsonObject = {}) {
  const body = { model, ...ASKED, ...more };
  const x = testExchange({ body, targets: [{ provider, model, region: undefined }] });
  const fault = await gateway.call(x);
  if (fault !== undefined || x.answer === null) throw fault ?? new Error('no answer');
  const { text } = await drain(x.answer.source);
  const sent = upstream.requests.at(-1);
  const asked = JSON.parse(sent?.body ?? '{}') as JsonObject;
  return { path: sent?.path ?? '', asked, text, told: JSON.parse(text) as JsonObject };
}

t.test('tools beside an effort are asked of responses, and answered as chat', async (t) => {
  const { path, asked, told } = await ask('open', 'gpt-5.4');
  t.equal(path, '/v1/responses');
  t.match(asked, {
    model: 'gpt-5.4',
    reasoning: { effort: 'high' },
    tools: [{ type: 'function', name: 'weather' }],
    store: false,
  });
  t.match(told, {
    object: 'chat.completion',
    choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ id: 'call_1' }] } }],
    usage: { prompt_tokens: 7, completion_tokens: 5 },
  });
  const azure = await ask('azure', 'gpt-5.4');
  t.equal(azure.path, '/openai/v1/responses');
  t.equal(azure.asked.model, 'ours');
});

t.test('whatever chat completions take goes there, byte for byte', async (t) => {
  const cases: [string, string, JsonObject][] = [
    ['open', 'gpt-5.4', { reasoning_effort: 'none' }],
    ['open', 'gpt-5.4', { reasoning_effort: null }],
    ['open', 'gpt-5.4', { tools: [] }],
    ['open', 'gpt-5.2', {}],
    ['router', 'openai/gpt-5.4', {}],
  ];
  for (const [provider, model, more] of cases) {
    const { path, asked, text } = await ask(provider, model, more);
    t.equal(path, '/v1/chat/completions', JSON.stringify([model, more]));
    t.same(asked, { model, ...ASKED, ...more });
    t.equal(text, chat.whole);
  }
});

t.test('what only chat has words for stays with chat: the provider says what it thinks of it', async (t) => {
  const { path } = await ask('open', 'gpt-5.4', { n: 2 });
  t.equal(path, '/v1/chat/completions');
});
