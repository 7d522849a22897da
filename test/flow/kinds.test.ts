/** How the kinds that are not simply the OpenAI API are called: paths, credentials, bodies. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import t from 'tap';
import type { JsonObject } from '../../src/core/json.ts';
import { drain, type ExchangeOptions, testExchange } from '../support/exchange.ts';
import { chat, messages, streamOf } from '../upstream/answers.ts';
import { testGateway } from '../upstream/gateway.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);

const GEMINI = JSON.stringify({
  candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 },
});
const CONVERSE = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'hi' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 },
});
const CLAUDE = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 7, output_tokens: 5 },
});

async function call(settings: object, model: string, answer: string, options: ExchangeOptions = {}) {
  reply = { chunks: [answer] };
  const gateway = testGateway(t, { p: settings });
  const body = { model, messages: [{ role: 'user', content: 'hello' }], max_tokens: 9 };
  const x = testExchange({ body, targets: [{ provider: 'p', model, region: undefined }], ...options });
  const fault = await gateway.call(x);
  if (fault !== undefined) throw fault;
  const got = x.answer && (await drain(x.answer.source));
  const sent = upstream.requests.at(-1);
  if (sent === undefined) throw new Error('nothing was sent');
  return { sent, asked: JSON.parse(sent.body) as JsonObject, told: JSON.parse(got?.text ?? '{}'), x };
}

const HI = { choices: [{ message: { content: 'hi' } }], usage: { prompt_tokens: 7, completion_tokens: 5 } };

t.test('Gemini: the model is in the path, the key in a header of its own', async (t) => {
  const { sent, asked, told } = await call(
    { kind: 'gemini', api_key: 'AIza', base_url: `${upstream.url}/v1beta` },
    'gemini-2.5-flash',
    GEMINI,
  );
  t.equal(sent.path, '/v1beta/models/gemini-2.5-flash:generateContent');
  t.match(sent.headers, { 'x-goog-api-key': 'AIza' });
  t.notOk(sent.headers.authorization);
  t.notOk('model' in asked);
  t.match(told, HI);
});

t.test('Vertex: publishers by the model’s name; Claude with its version in the body', async (t) => {
  const vertex = {
    kind: 'vertex',
    project: 'proj',
    location: 'europe-west4',
    credentials: 'ya29.token',
    base_url: `${upstream.url}/v1`,
  };
  const root = '/v1/projects/proj/locations/europe-west4';
  const google = await call(vertex, 'gemini-2.5-pro', GEMINI);
  t.equal(google.sent.path, `${root}/publishers/google/models/gemini-2.5-pro:generateContent`);
  t.equal(google.sent.headers.authorization, 'Bearer ya29.token');
  t.match(google.told, HI);
  const claude = await call(vertex, 'claude-sonnet-4-5@20250929', CLAUDE);
  t.equal(claude.sent.path, `${root}/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict`);
  t.match(claude.asked, { anthropic_version: 'vertex-2023-10-16', max_tokens: 9 });
  t.notOk('model' in claude.asked);
  t.match(claude.told, HI);
  const native = await call(vertex, 'claude-sonnet-4-5@20250929', CLAUDE, { operation: 'messages' });
  t.equal(native.sent.path, claude.sent.path);
  t.match(native.told, { type: 'message' });
  const llama = await call(vertex, 'meta/llama-4', chat.whole);
  t.equal(llama.sent.path, `${root}/endpoints/openapi/chat/completions`);
});

t.test('Bedrock: by key, or signed so that AWS would accept it', async (t) => {
  const bedrock = { kind: 'bedrock', aws_region: 'us-east-1', base_url: upstream.url };
  const model = 'anthropic.claude-sonnet-4-20250514-v1:0';
  const byKey = await call({ ...bedrock, api_key: 'ABSK' }, model, CONVERSE);
  t.equal(byKey.sent.path, '/model/anthropic.claude-sonnet-4-20250514-v1%3A0/converse');
  t.equal(byKey.sent.headers.authorization, 'Bearer ABSK');
  t.match(byKey.told, HI);
  const credentials = {
    access_key_id: 'AKIAIOSFODNN7EXAMPLE',
    secret_access_key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    session_token: 'session',
  };
  const signed = await call({ ...bedrock, ...credentials }, model, CONVERSE);
  t.match(
    signed.sent.headers.authorization,
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/us-east-1\/bedrock\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
  );
  t.equal(signed.sent.headers['x-amz-security-token'], 'session');
  t.match(signed.sent.headers['x-amz-date'], /^\d{8}T\d{6}Z$/);
});

t.test('Azure: deployments with a dated API, or v1 with the deployment as model', async (t) => {
  const azure = {
    kind: 'azure-openai',
    endpoint: upstream.url,
    api_key: 'azure-key',
    deployments: { 'gpt-4o': 'our-4o' },
  };
  const dated = await call({ ...azure, api_version: '2024-10-21' }, 'gpt-4o', chat.whole);
  t.equal(dated.sent.path, '/openai/deployments/our-4o/chat/completions?api-version=2024-10-21');
  t.equal(dated.sent.headers['api-key'], 'azure-key');
  const v1 = await call(azure, 'gpt-4o', chat.whole);
  t.equal(v1.sent.path, '/openai/v1/chat/completions');
  t.equal(v1.asked.model, 'our-4o');
  t.equal(v1.x.attempts[0]?.model, 'gpt-4o', 'prices know the model');
  const entra = await call({ ...azure, api_key: 'eyJhbGciOi.x.y' }, 'gpt-4o', chat.whole);
  t.equal(entra.sent.headers.authorization, 'Bearer eyJhbGciOi.x.y');
});

t.test('Ollama is found where it says that it listens', async (t) => {
  const host = upstream.url.replace('http://127.0.0.1', '0.0.0.0');
  const { sent } = await call({ kind: 'ollama', host }, 'llama3', chat.whole);
  t.equal(sent.path, '/v1/chat/completions');
});

const COHERE = JSON.stringify({
  id: 'c1',
  message: { role: 'assistant', content: [{ type: 'text', text: 'hi' }] },
  finish_reason: 'COMPLETE',
  usage: {
    billed_units: { input_tokens: 7, output_tokens: 5 },
    tokens: { input_tokens: 70, output_tokens: 6 },
  },
});

t.test('Cohere: its own API where the settings say so', async (t) => {
  const cohere = { kind: 'cohere', api_key: 'co', base_url: `${upstream.url}/v2` };
  const own = await call({ ...cohere, api: 'v2' }, 'command-a-03-2025', COHERE);
  t.equal(own.sent.path, '/v2/chat');
  t.equal(own.sent.headers.authorization, 'Bearer co');
  t.match(own.asked, { max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] });
  t.match(own.told, HI, 'what Cohere bills, not what it counts');
  const compatible = await call(cohere, 'command-a-03-2025', chat.whole);
  t.equal(compatible.sent.path, '/v2/chat/completions');
});

const LINES = [
  '{"model":"m","message":{"content":"h"}}\n{"model":"m","mess',
  'age":{"content":"i"},"done":false}\n',
];
const LAST = '{"model":"m","message":{"content":""},"done":true,"prompt_eval_count":7,"eval_count":5}\n';

t.test('Ollama: its own API where the settings say so, whole and as lines of a stream', async (t) => {
  const ollama = { kind: 'ollama', host: upstream.url, api: 'native' };
  const whole = await call(ollama, 'qwen3', LAST.replace('""', '"hi"'));
  t.equal(whole.sent.path, '/api/chat');
  t.match(whole.asked, { stream: false, options: { num_predict: 9 } });
  t.match(whole.told, HI);
  const gateway = testGateway(t, { p: ollama });
  const body = { model: 'qwen3', stream: true, messages: [{ role: 'user', content: 'hello' }] };
  const ask = async (chunks: readonly string[]) => {
    reply = { chunks, headers: { 'content-type': 'application/x-ndjson' } };
    const x = testExchange({ body });
    const fault = await gateway.call(x);
    return { fault, text: x.answer === null ? '' : (await drain(x.answer.source)).text };
  };
  const { text } = await ask([...LINES, LAST]);
  t.match(text, /"content":"h".*"content":"i".*"finish_reason":"stop"/s);
  const broken = await ask(LINES);
  t.notMatch(broken.text, 'finish_reason":"stop', 'a stream without its last line has no end');
  const refused = await ask(['{"error":"the model ran out of memory"}\n']);
  t.match(refused.fault, { code: 'provider_error' });
});

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

function awsMessage(payload: JsonObject, headers: Record<string, string>): Buffer {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]);
  return Buffer.from(
    codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(JSON.stringify(payload)) }),
  );
}

/** A frame of Anthropic's stream as InvokeModelWithResponseStream wraps it. */
function wrapped(frame: string): Buffer {
  const data = /^data: (.*)$/m.exec(frame)?.[1] ?? '';
  const bytes = Buffer.from(data).toString('base64');
  return awsMessage({ bytes, p: 'abcd' }, { ':message-type': 'event', ':event-type': 'chunk' });
}

t.test('Bedrock: Claude in Anthropic’s own dialect, its stream unwrapped to the last byte', async (t) => {
  const bedrock = { kind: 'bedrock', aws_region: 'us-east-1', base_url: upstream.url, api_key: 'ABSK' };
  const settings = { ...bedrock, claude: 'messages' };
  const model = 'us.anthropic.claude-sonnet-4-5-v1:0';
  const root = `/model/${encodeURIComponent(model)}`;
  const native = await call(settings, model, CLAUDE, { operation: 'messages' });
  t.equal(native.sent.path, `${root}/invoke`);
  t.same(native.asked, {
    anthropic_version: 'bedrock-2023-05-31',
    messages: [{ role: 'user', content: 'hello' }],
    max_tokens: 9,
  });
  t.same(native.told, JSON.parse(CLAUDE));
  const translated = await call(settings, model, CONVERSE);
  t.equal(translated.sent.path, `${root}/converse`, 'others go to Converse');
  const unasked = await call(bedrock, model, CONVERSE, { operation: 'messages' });
  t.equal(unasked.sent.path, `${root}/converse`, 'and so does everybody where nothing is said');

  const gateway = testGateway(t, { p: settings });
  const frames = streamOf(messages, 'grüß ', '水');
  const stream = async (bytes: Buffer) => {
    const chunks = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    reply = { chunks, headers: { 'content-type': 'application/vnd.amazon.eventstream' } };
    const body = { ...messages.ask(model, true) } as JsonObject;
    const x = testExchange({ operation: 'messages', body });
    const fault = await gateway.call(x);
    return { fault, heard: x.answer === null ? undefined : await drain(x.answer.source) };
  };
  const whole = await stream(Buffer.concat(frames.map(wrapped)));
  t.equal(whole.heard?.text, frames.join(''));
  t.equal(upstream.requests.at(-1)?.path, `${root}/invoke-with-response-stream`);
  t.notOk('stream' in JSON.parse(upstream.requests.at(-1)?.body ?? '{}'));
  const throttled = awsMessage(
    { message: 'Too many tokens' },
    { ':message-type': 'exception', ':exception-type': 'throttlingException' },
  );
  const refused = await stream(throttled);
  t.match(
    refused.fault,
    { code: 'provider_rate_limited' },
    'an exception before the first event is a refusal',
  );
  const late = await stream(Buffer.concat([...frames.slice(0, 3).map(wrapped), throttled]));
  t.match(late.heard?.text, /event: error\ndata: \{"type":"error"/, 'and after it an error, never an end');
});
