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
    embedder: { kind: 'openai', api_key: 'sk', base_url: upstream.url, models: ['text-embedding-*'] },
  },
  models: { 'our-embedder': { targets: [{ provider: 'google', model: 'gemini-embedding-001' }] } },
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
  const other = await ask('/v1beta/models/gemini-2.5-flash:predict');
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

const EMBEDDED = JSON.stringify({ embeddings: [{ values: [1, 2] }, { values: [3, 4] }] });
const OPEN_EMBEDDED = JSON.stringify({
  object: 'list',
  data: [
    { object: 'embedding', index: 0, embedding: [1, 2] },
    { object: 'embedding', index: 1, embedding: [3, 4] },
  ],
  usage: { prompt_tokens: 9, total_tokens: 9 },
});
const texts = (model: string, ...said: string[]) => ({
  requests: said.map((text) => ({ model: `models/${model}`, content: { parts: [{ text }] } })),
});
const reply = (whole: string): void => {
  script = { chunks: [whole], headers: { 'content-type': 'application/json' } };
};

t.test('embeddings asked of Gemini: bytes untouched, counted and billed', async (t) => {
  reply(EMBEDDED);
  const body = JSON.stringify(texts('gemini-embedding-001', 'one', 'two'));
  const { text, response } = await say('/v1beta/models/gemini-embedding-001:batchEmbedContents', body);
  t.equal(text, EMBEDDED);
  t.match(upstream.requests.at(-1), { path: '/models/gemini-embedding-001:batchEmbedContents', body });
  const [line] = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
  t.match(line, { usage_source: 'estimated', output_tokens: 0, outcome: 'answered' });
  t.ok(Number(line?.input_tokens) > 0, 'Gemini reports none, so they are estimated');
  reply('{"embedding":{"values":[1,2]}}');
  const one = JSON.stringify({ content: { parts: [{ text: 'one' }] } });
  await say('/v1beta/models/gemini-embedding-001:embedContent', one);
  t.match(upstream.requests.at(-1), { path: '/models/gemini-embedding-001:embedContent', body: one });
});

t.test('embeddings asked of a provider of OpenAI’s', async (t) => {
  reply(OPEN_EMBEDDED);
  const asked = texts('text-embedding-3-small', 'one', 'two');
  const path = '/v1beta/models/text-embedding-3-small';
  const many = await say(`${path}:batchEmbedContents`, JSON.stringify(asked));
  t.match(JSON.parse(upstream.requests.at(-1)?.body ?? ''), {
    model: 'text-embedding-3-small',
    input: ['one', 'two'],
    encoding_format: 'float',
  });
  t.same(JSON.parse(many.text), {
    embeddings: [{ values: [1, 2] }, { values: [3, 4] }],
    usageMetadata: { promptTokenCount: 9 },
  });
  const one = { content: { parts: [{ text: 'one' }] }, outputDimensionality: 2, taskType: 'RETRIEVAL_QUERY' };
  const single = await say(`${path}:embedContent`, JSON.stringify(one));
  t.match(JSON.parse(upstream.requests.at(-1)?.body ?? ''), { input: ['one'], dimensions: 2 });
  t.match(JSON.parse(single.text), { embedding: { values: [1, 2] } });
  t.equal(single.response.headers.get('x-sluice-dropped'), 'taskType');
  const image = { content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }] } };
  matches(
    t,
    await ask(`${path}:embedContent`, gateway.key, image),
    400,
    'INVALID_ARGUMENT',
    'invalid_request',
  );
});

t.test('a model that the body names beside the path’s own is refused: nobody has cleared it', async (t) => {
  const path = '/v1beta/models/gemini-embedding-001';
  const before = upstream.requests.length;
  for (const [method, body] of [
    ['batchEmbedContents', texts('another', 'one')],
    ['embedContent', { model: 'models/another', content: { parts: [] } }],
    ['countTokens', { generateContentRequest: { model: 'models/another', contents: [] } }],
  ] as const) {
    matches(t, await ask(`${path}:${method}`, gateway.key, body), 400, 'INVALID_ARGUMENT', 'invalid_request');
  }
  for (const method of ['batchEmbedContents', 'embedContent', 'countTokens']) {
    matches(t, await ask(`${path}:${method}`, gateway.key, {}), 400, 'INVALID_ARGUMENT', 'invalid_request');
  }
  t.equal(upstream.requests.length, before);
});

t.test('an alias has the provider’s name wherever the body says it', async (t) => {
  reply(EMBEDDED);
  await say('/v1beta/models/our-embedder:batchEmbedContents', JSON.stringify(texts('our-embedder', 'one')));
  t.match(upstream.requests.at(-1), { path: '/models/gemini-embedding-001:batchEmbedContents' });
  t.match(JSON.parse(upstream.requests.at(-1)?.body ?? ''), texts('gemini-embedding-001', 'one'));
});

t.test('tokens are counted for nothing', async (t) => {
  reply('{"totalTokens":7}');
  const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
  const { text, response } = await say('/v1beta/models/gemini-2.5-flash:countTokens', body);
  t.equal(text, '{"totalTokens":7}');
  t.match(upstream.requests.at(-1), { path: '/models/gemini-2.5-flash:countTokens', body });
  const [line] = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
  t.match(line, { input_tokens: 0, output_tokens: 0, outcome: 'answered' });
});

t.test('models are listed in Google’s words for whoever asks in them', async (t) => {
  const get = async (path: string) => {
    const response = await fetch(`${gateway.origin}${path}`, { headers: { 'x-goog-api-key': gateway.key } });
    return { status: response.status, told: (await response.json()) as Record<string, unknown> };
  };
  for (const root of ['/v1beta/models', '/v1/models']) {
    const { told } = await get(root);
    const models = told.models as { name: string }[];
    t.ok(
      models.some(({ name }) => name === 'models/gemini-2.5-flash'),
      root,
    );
    t.match(await get(`${root}/gemini-2.5-flash`), {
      status: 200,
      told: { name: 'models/gemini-2.5-flash', displayName: 'gemini-2.5-flash' },
    });
    t.match(await get(`${root}/no-such-model`), { status: 404, told: { error: { status: 'NOT_FOUND' } } });
  }
  const bearer = await fetch(`${gateway.origin}/v1/models`, {
    headers: { authorization: `Bearer ${gateway.key}` },
  });
  t.match(await bearer.json(), { object: 'list' }, 'and in OpenAI’s for others');
});

t.test('tokens are counted by whoever would answer', async (t) => {
  reply('{"object":"response.input_tokens","input_tokens":9}');
  const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
  const { text } = await say('/v1beta/models/text-embedding-3-small:countTokens', body);
  t.equal(upstream.requests.at(-1)?.path, '/responses/input_tokens');
  t.same(JSON.parse(text), { totalTokens: 9 });
  reply('{"totalTokens":7}');
  const response = await fetch(`${gateway.origin}/v1/messages/count_tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': gateway.key },
    body: JSON.stringify({ model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  t.same(await response.json(), { input_tokens: 7 });
  t.equal(upstream.requests.at(-1)?.path, '/models/gemini-2.5-flash:countTokens');
});
