/** Google's SDKs call `generateContent`; the model and the wish for a stream stand in the path. */
import t, { type Test } from 'tap';
import { startGateway } from '../support/gateway.ts';
import { chat, messages, streamed, streamOf } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let script: UpstreamReply = {};
const upstream = await startUpstream(t, () => script);
const gateway = await startGateway(t, {
  providers: {
    google: { kind: 'gemini', api_key: 'g', base_url: upstream.url },
    claude: { kind: 'anthropic', api_key: 'sk-ant', base_url: upstream.url },
    open: { kind: 'cerebras', api_key: 'sk', base_url: upstream.url, models: ['gpt-*'] },
  },
  retries: { max_attempts_per_target: 1 },
  prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
});

const NATIVE = JSON.stringify({
  candidates: [{ content: { parts: [{ text: 'Yo' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
  modelVersion: 'gemini-2.5-flash',
});

async function say(path: string, body: string): Promise<{ text: string; response: Response }> {
  const response = await fetch(`${gateway.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': gateway.key },
    body,
  });
  return { text: await response.text(), response };
}

async function ask(
  path: string,
  key = gateway.key,
  body: unknown = { contents: [{ parts: [{ text: 'Hi' }] }] },
) {
  const response = await fetch(`${gateway.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
    body: JSON.stringify(body),
  });
  const said = (await response.json()) as {
    error: { code: number; status: string; details: { reason: string }[] };
  };
  return { ...said.error, http: response.status };
}

function matches(
  t: Test,
  found: Awaited<ReturnType<typeof ask>>,
  status: number,
  word: string,
  reason: string,
): void {
  t.match(found, { http: status, status: word, code: status, details: [{ reason }] });
}

t.test('faults have the form of Google’s APIs, under both versions', async (t) => {
  for (const root of ['/v1beta/models', '/v1/models']) {
    const unknown = await ask(`${root}/no-such-model:generateContent`);
    matches(t, unknown, 404, 'NOT_FOUND', 'model_not_found');
    const stranger = await ask(`${root}/gemini-2.5-flash:generateContent`, 'slk_wrong');
    matches(t, stranger, 401, 'UNAUTHENTICATED', 'invalid_api_key');
  }
});

t.test('a stream is asked for with alt=sse, else refused', async (t) => {
  const refused = await ask('/v1beta/models/gemini-2.5-flash:streamGenerateContent');
  matches(t, refused, 400, 'INVALID_ARGUMENT', 'invalid_request');
  const unknown = await ask('/v1beta/models/no-such-model:streamGenerateContent?alt=sse');
  matches(t, unknown, 404, 'NOT_FOUND', 'model_not_found');
});

t.test('a body without contents is refused, other methods are not served', async (t) => {
  const empty = await ask('/v1beta/models/gemini-2.5-flash:generateContent', gateway.key, {});
  matches(t, empty, 400, 'INVALID_ARGUMENT', 'invalid_request');
  const other = await ask('/v1beta/models/gemini-2.5-flash:embedContent');
  matches(t, other, 404, 'NOT_FOUND', 'endpoint_not_supported');
});

t.test('Gemini asked of Gemini: bytes untouched, the model in the path', async (t) => {
  const body = '{"contents":[{"parts":[{"text":"Hi"}]}], "brandNew": 1}';
  script = { chunks: [NATIVE], headers: { 'content-type': 'application/json' } };
  const { text } = await say('/v1beta/models/gemini-2.5-flash:generateContent', body);
  t.equal(text, NATIVE);
  t.match(upstream.requests.at(-1), { path: '/models/gemini-2.5-flash:generateContent', body });
});

t.test('Gemini asked of Gemini, streamed: every byte, and usage is billed', async (t) => {
  const stream = [`data: ${NATIVE}\r\n\r\n`];
  script = { chunks: stream, headers: { 'content-type': 'text/event-stream' } };
  const { text, response } = await say(
    '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    JSON.stringify({ contents: [{ parts: [{ text: 'Hi' }] }] }),
  );
  t.match(text, /"text":"Yo"/);
  t.equal(upstream.requests.at(-1)?.path, '/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
  const [line] = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
  t.match(line, { usage_source: 'reported', input_tokens: 3, output_tokens: 2 });
});

for (const wire of [chat, messages]) {
  const model = wire === chat ? 'gpt-5.2' : 'claude-opus-4-6';
  t.test(`Gemini asked of a provider of ${wire.id}, whole and streamed`, async (t) => {
    const ask = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
    script = { chunks: [wire.whole], headers: { 'content-type': 'application/json' } };
    const whole = await say(`/v1beta/models/${model}:generateContent`, ask);
    t.match(JSON.parse(whole.text), {
      candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5 },
    });
    script = streamed(streamOf(wire, 'grüß ', '水'));
    const { text } = await say(`/v1beta/models/${model}:streamGenerateContent?alt=sse`, ask);
    t.match(JSON.parse(upstream.requests.at(-1)?.body ?? ''), { stream: true, model });
    const events = text
      .split(/\r?\n\r?\n/)
      .filter((frame) => frame.startsWith('data: '))
      .map((frame) => JSON.parse(frame.slice(6)));
    const said = events.map((event) => event.candidates[0]?.content.parts[0].text).join('');
    t.equal(said, 'grüß 水');
    t.match(events.at(-1), {
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 7 },
    });
  });
}

t.test('a stream that its provider leaves ends with an error, not with a finish reason', async (t) => {
  script = { ...streamed(chat.open.concat(chat.delta('half'))) };
  const { text } = await say(
    '/v1beta/models/gpt-5.2:streamGenerateContent?alt=sse',
    JSON.stringify({ contents: [{ parts: [{ text: 'Hi' }] }] }),
  );
  t.match(text, /"half"/);
  t.match(text, /"error":\{"code":502/);
  t.notMatch(text, /finishReason/);
});
