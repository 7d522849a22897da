/** Servers that follow OpenAI's API loosely, as SDKs meet them behind the gateway. */
import OpenAI from 'openai';
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, everything, streamed } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const gateway = await startGateway(t, {
  providers: {
    some: everything(upstream.url, { stream_options: false, models: ['m'] }),
    groq: { kind: 'groq', base_url: `${upstream.url}/v1`, api_key: 'k', models: ['g'] },
  },
  prices: { overrides: [{ model: '*', input: '1', output: '2' }] },
});
const openai = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.origin}/v1`, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'Hi' }];

function says(value: unknown): void {
  reply = { headers: { 'content-type': 'application/json' }, chunks: [JSON.stringify(value)] };
}

t.test('an SDK finds everything that its types promise, and the header names what is lost', async (t) => {
  const content = [{ type: 'text', text: 'Hi' }, { type: 'hologram' }];
  says({ service_tier: 'gold', choices: [{ message: { content, tool_calls: null }, finish_reason: 'eos' }] });
  const { data, response } = await openai.chat.completions.create({ model: 'm', messages }).withResponse();
  t.match(data, {
    object: 'chat.completion',
    model: 'm',
    service_tier: null,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hi' } }],
  });
  t.equal(response.headers.get('x-sluice-dropped'), 'choices[0].message.content[1], service_tier');
});

t.test('a kind knows the words of its vendor', async (t) => {
  says({ ...JSON.parse(chat.whole), service_tier: 'on_demand' });
  const { data, response } = await openai.chat.completions.create({ model: 'g', messages }).withResponse();
  t.equal(data.service_tier, 'default');
  t.equal(response.headers.get('x-sluice-dropped'), null, 'the same in other words');
});

t.test('a stream of another maker is one that the SDK can add up', async (t) => {
  const call = (delta: object): string => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`;
  reply = streamed([
    call({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{"a":' } }] }),
    call({ tool_calls: [{ function: { arguments: '1}' } }] }),
    call({ tool_calls: [{ id: 'b', function: { name: 'g', arguments: { b: 2 } } }] }),
    `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'tool_use' }] })}\n\n`,
  ]);
  const stream = openai.chat.completions.stream({ model: 'm', messages });
  const [choice] = (await stream.finalChatCompletion()).choices;
  t.equal(choice?.finish_reason, 'tool_calls');
  t.match(choice?.message.tool_calls, [
    { id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
    { id: 'b', type: 'function', function: { name: 'g', arguments: '{"b":2}' } },
  ]);
});

t.test('embeddings without usage are billed by an estimate, which they say', async (t) => {
  says({ data: [{ embedding: [0.1, 0.2] }] });
  const response = await post(gateway, '/v1/embeddings', { model: 'm', input: 'a few words to embed' });
  const body = JSON.parse(await readAll(response));
  t.match(body, {
    object: 'list',
    model: 'm',
    data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
  });
  t.ok(body.usage.prompt_tokens > 0);
  const [line] = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
  t.match(line, { usage_source: 'estimated', input_tokens: String(body.usage.prompt_tokens) });
});

t.test('what is no answer at all is an error, and so is a failure that calls itself an end', async (t) => {
  for (const value of [
    { detail: 'Not Found' },
    { ok: true },
    { choices: [{ message: {}, finish_reason: 'abort' }] },
  ]) {
    says(value);
    await t.rejects(openai.chat.completions.create({ model: 'm', messages }), {
      status: 502,
      code: 'provider_error',
    });
  }
});
