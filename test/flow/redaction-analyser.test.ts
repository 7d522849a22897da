/** An external analyser, asked in Presidio's own format: https://microsoft.github.io/presidio/api-docs/api-docs.html */
import t from 'tap';
import { post } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { everything } from '../upstream/answers.ts';
import { type Received, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const SPOKEN = 'bob at example dot com';

let failure: UpstreamReply | undefined;
/** Finds spoken addresses, with Python's offsets, which count code points. */
function analyse({ body }: Received): UpstreamReply {
  if (failure !== undefined) return failure;
  const { text } = JSON.parse(body) as { text: string };
  const found = [...text.matchAll(/\w+ at \w+ dot com/g)].map(({ index, 0: value }) => {
    const start = Array.from(text.slice(0, index)).length;
    const end = start + Array.from(value).length;
    return { entity_type: 'EMAIL_ADDRESS', start, end, score: 0.85, analysis_explanation: null };
  });
  // services of the same shape may leave the threshold to whoever asks
  const unsure = { entity_type: 'EMAIL_ADDRESS', start: 0, end: text.length, score: 0.1 };
  return { chunks: [JSON.stringify([...found, unsure])] };
}

const analyser = await startUpstream(t, analyse);
const content = `I asked ${SPOKEN}.`;
const upstream = await startUpstream(t, [
  {
    chunks: [
      JSON.stringify({
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
      }),
    ],
  },
]);

const started = (analyserSettings: object) =>
  startGateway(
    t,
    {
      providers: { p: everything(upstream.url) },
      redaction: { analyser: { url: `${analyser.url}/analyze`, ...analyserSettings } },
    },
    {
      policies:
        'version: 1\npolicies:\n  - { id: p, pii: { request: { email: mask }, answer: { email: mask, phone: mask } } }\n',
    },
  );

const body = {
  model: 'm',
  messages: [
    { role: 'user', content: `😀 I am ${SPOKEN} and bob@example.com` },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'f', arguments: JSON.stringify({ to: `"${SPOKEN}"`, [SPOKEN]: 1 }) },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
  ],
};

t.test(
  'what it finds is redacted like what the gateway finds itself, in text and in arguments',
  async (t) => {
    const gateway = await started({ score_threshold: 0.4 });
    const response = await post(gateway, '/v1/chat/completions', body);
    t.equal(response.status, 200);
    t.match(await response.json(), { choices: [{ message: { content } }] }, 'answers are not analysed');
    const sent = JSON.parse(upstream.requests.at(-1)?.body ?? '{}');
    t.equal(sent.messages[0].content, '😀 I am <EMAIL> and <EMAIL>');
    t.same(JSON.parse(sent.messages[1].tool_calls[0].function.arguments), { to: '"<EMAIL>"', '<EMAIL>': 1 });
    const asked = analyser.requests.map(({ path, body: text }) => ({ path, ...JSON.parse(text) }));
    t.match(asked[0], {
      path: '/analyze',
      language: 'en',
      entities: ['EMAIL_ADDRESS'],
      score_threshold: 0.4,
    });
    t.equal(new Set(asked.map(({ text }) => text)).size, asked.length, 'no text is asked about twice');
    const streamed = await post(gateway, '/v1/chat/completions', { ...body, stream: true });
    t.not(streamed.status, 422, 'a stream is as good');
    await streamed.text();
  },
);

t.test('where it fails, nothing goes out, unless the operator allows it (litellm#30728)', async (t) => {
  const gateway = await started({ timeout_ms: 300 });
  await gateway.admin('PATCH', '/orgs/demo', { store_content: true });
  for (const [name, reply] of Object.entries({
    'a status': { status: 500, chunks: ['{}'] },
    'no list': { chunks: ['{"error":"bob at example dot com"}'] },
    'no JSON': { chunks: ['<html>'] },
    silence: { ending: 'silent' },
  } satisfies Record<string, UpstreamReply>)) {
    failure = reply;
    const before = upstream.requests.length;
    const response = await post(gateway, '/v1/chat/completions', body);
    t.equal(response.status, 503, name);
    t.match(await response.json(), { error: { code: 'analyser_unavailable' } }, name);
    t.equal(upstream.requests.length, before, name);
    const [refused] = await gateway.auditOf(response.headers.get('x-request-id') ?? '');
    t.match(refused, { fault: 'analyser_unavailable' }, name);
  }
  t.same(await gateway.query('SELECT * FROM request_content'), [], 'nor is it kept as the client sent it');
  const lenient = await started({ on_failure: 'allow' });
  failure = { status: 500, chunks: ['{}'] };
  t.equal((await post(lenient, '/v1/chat/completions', body)).status, 200);
  t.match(upstream.requests.at(-1)?.body, `I am ${SPOKEN} and <EMAIL>`);
  failure = undefined;
  t.notOk(gateway.logged().includes(SPOKEN), 'nothing of a text is logged');
});

t.test('answers, where they are analysed, come whole; a stream is refused and told why', async (t) => {
  const gateway = await started({ answers: true });
  const response = await post(gateway, '/v1/chat/completions', body);
  t.match(await response.json(), { choices: [{ message: { content: 'I asked <EMAIL>.' } }] });
  const asJson = { ...body, response_format: { type: 'json_object' } };
  const loose = await post(gateway, '/v1/chat/completions', asJson);
  t.match(await loose.json(), { choices: [{ message: { content: 'I asked <EMAIL>.' } }] }, 'JSON or not');
  const streamed = await post(gateway, '/v1/chat/completions', { ...body, stream: true });
  t.equal(streamed.status, 422);
  t.match(await streamed.json(), { error: { code: 'unprocessable', message: /"stream": false/ } });
  failure = { status: 500, chunks: ['{}'] };
  const failed = await post(gateway, '/v1/chat/completions', body);
  t.equal(failed.status, 503);
  failure = undefined;
});
