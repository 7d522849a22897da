/** The SDKs of one vendor against the recorded answers of others: streams, tools in several rounds, errors, aborts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import t from 'tap';
import { startGateway } from '../support/gateway.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/data/exchanges');
const SKIP = existsSync(FOLDER) ? false : 'skipped: needs the recorded exchanges in ../shared/data/exchanges';

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const gateway = await startGateway(t, {
  providers: {
    claude: { kind: 'anthropic', api_key: 'k', base_url: upstream.url },
    gemini: { kind: 'gemini', api_key: 'k', base_url: `${upstream.url}/v1beta` },
    bedrock: { kind: 'bedrock', aws_region: 'us-east-1', api_key: 'k', base_url: upstream.url },
    mistral: { kind: 'mistral', api_key: 'k', base_url: `${upstream.url}/v1` },
  },
  retries: { max_attempts_per_target: 1 },
});
const openai = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: gateway.key, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: gateway.origin, apiKey: gateway.key, maxRetries: 0 });

/** @returns the text that the recording holds, to be found again */
function recorded(file: string): string {
  const { response } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  const bytes = response.body_base64
    ? Buffer.from(response.body_base64, 'base64')
    : Buffer.from(response.body_text ?? JSON.stringify(response.body));
  const type = response.kind === 'eventstream' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
  reply = {
    status: response.status,
    headers: { 'content-type': response.kind === 'json' ? 'application/json' : type },
    chunks: cut(bytes),
  };
  return bytes.toString('utf8');
}

function cut(bytes: Buffer): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 37) pieces.push(bytes.subarray(at, at + 37));
  return pieces;
}

const TOOLS = [
  { model: 'bedrock/us.anthropic.claude-3', file: 'bedrock-converse-stream-tools-01.json' },
  { model: 'gemini-2.5-flash', file: 'gemini-streamGenerateContent-stream-tools-01.json' },
  { model: 'us.amazon.nova-lite-v1:0', file: 'bedrock-converse-stream-tools-02.json' },
];
const parameters = { type: 'object', properties: { location: { type: 'string' } } };

t.test('openai: a streamed call of a tool, its result sent back', { skip: SKIP }, async (t) => {
  for (const { model, file } of TOOLS) {
    const text = recorded(file);
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'weather?' }];
    const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }];
    const completion = await openai.chat.completions
      .stream({ model, messages, tools, stream_options: { include_usage: true } })
      .finalChatCompletion();
    const [choice] = completion.choices;
    const calls = choice?.message.tool_calls ?? [];
    t.equal(choice?.finish_reason, 'tool_calls', file);
    t.ok(calls.length > 0, file);
    t.equal(new Set(calls.map(({ id }) => id)).size, calls.length, 'each has an id of its own');
    for (const call of calls) {
      if (call.type !== 'function') continue;
      t.ok(text.includes(call.function.name), call.function.name);
      t.type(JSON.parse(call.function.arguments), 'object');
    }
    t.ok((completion.usage?.completion_tokens ?? 0) > 0, 'usage as the provider reported it');
    if (choice === undefined) continue;
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' }));
    await openai.chat.completions
      .stream({ model, messages: [...messages, choice.message, ...results], tools })
      .done();
    const sent = upstream.requests.at(-1)?.body ?? '';
    t.match(sent, /sunny/);
    t.equal(sent.match(/"(?:toolResult|functionResponse)"/g)?.length, calls.length, file);
  }
});

t.test('anthropic: the same of the same', { skip: SKIP }, async (t) => {
  for (const { model, file } of [
    ...TOOLS,
    { model: 'mistral-large-latest', file: 'mistral-chat-stream-02.json' },
  ]) {
    recorded(file);
    const message = await anthropic.messages
      .stream({
        model,
        max_tokens: 100,
        messages: [{ role: 'user', content: 'weather?' }],
        tools: [{ name: 'get_weather', input_schema: { type: 'object', properties: {} } }],
      })
      .finalMessage();
    t.equal(message.type, 'message', file);
    t.ok(message.content.length > 0, file);
    t.ok(message.usage.output_tokens > 0, file);
    if (TOOLS.some((one) => one.file === file)) t.equal(message.stop_reason, 'tool_use', file);
  }
});

t.test('an error of any provider is an error of the SDK’s own class', { skip: SKIP }, async (t) => {
  const messages = [{ role: 'user' as const, content: 'hello' }];
  recorded('gemini-generateContent-err404-01.json');
  const missing = await openai.chat.completions
    .create({ model: 'gemini-9', messages })
    .catch((error: unknown) => error);
  t.ok(missing instanceof OpenAI.NotFoundError, String(missing));
  recorded('bedrock-converse-err400-01.json');
  const bad = await anthropic.messages
    .create({ model: 'amazon.nova-lite-v1:0', max_tokens: 9, messages })
    .catch((error: unknown) => error);
  t.ok(bad instanceof Anthropic.BadRequestError, String(bad));
  reply = { status: 429, headers: { 'retry-after': '17' }, chunks: ['{"message":"slow down"}'] };
  const limited = await openai.chat.completions
    .create({ model: 'amazon.nova-lite-v1:0', messages })
    .catch((error: unknown) => error);
  t.ok(limited instanceof OpenAI.RateLimitError);
  if (limited instanceof OpenAI.RateLimitError) t.equal(limited.headers?.get('retry-after'), '17');
});

t.test('who aborts is not billed for what never came', { skip: SKIP }, async (t) => {
  recorded('anthropic-messages-stream-01.json');
  reply = { ...reply, ending: 'hang', chunks: [...(reply.chunks ?? [])].slice(0, 20) };
  const before = upstream.aborted;
  const stream = openai.chat.completions.stream({
    model: 'claude-sonnet-4-5',
    messages: [{ role: 'user', content: 'hello' }],
  });
  stream.on('error', () => undefined);
  stream.on('abort', () => undefined);
  await new Promise((resolve) => stream.once('chunk', resolve));
  stream.abort();
  await upstream.whenAborted(before + 1);
  t.pass('the provider was told to stop');
});
