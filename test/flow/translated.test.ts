/** A client of one dialect, a provider of another: nobody behind the provider house sees the difference. */
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, messages, streamed, streamOf } from '../upstream/answers.ts';
import { oddly, perByte, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let script: UpstreamReply = {};
let echo: ((body: string) => UpstreamReply) | undefined;
const upstream = await startUpstream(t, ({ body }) => echo?.(body) ?? script);
const EMAIL = 'ada@example.com';
const gateway = await startGateway(t, {
  providers: {
    claude: { kind: 'anthropic', api_key: 'sk-ant', base_url: upstream.url },
    bedrock: { kind: 'bedrock', aws_region: 'us-east-1', api_key: 'k', base_url: upstream.url },
    open: { kind: 'cerebras', api_key: 'sk', base_url: upstream.url, models: ['gpt-*'] },
  },
  retries: { max_attempts_per_target: 1 },
  prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
});

const POLICIES = `
version: 1
policies:
  - id: redacting
    pii: { request: { email: pseudonymise } }
`;
const careful = await startGateway(
  t,
  { providers: { claude: { kind: 'anthropic', api_key: 'sk-ant', base_url: upstream.url } } },
  { policies: POLICIES },
);

async function ask(path: string, body: Record<string, unknown>, reply: UpstreamReply) {
  script = reply;
  const response = await post(gateway, path, body);
  const text = await readAll(response);
  return { response, text, sent: upstream.requests.at(-1) };
}

t.test('chat asked of Anthropic, whole', async (t) => {
  const { response, text, sent } = await ask(chat.path, chat.ask('claude-opus-4-6', false), {
    chunks: [messages.whole],
  });
  t.equal(response.status, 200);
  t.equal(sent?.path, '/v1/messages');
  t.equal(sent?.headers['anthropic-version'], '2023-06-01');
  t.match(JSON.parse(text), {
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 5 },
  });
  t.equal(response.headers.get('x-sluice-cost-usd'), '0.000012');
});

t.test('chat asked of Anthropic, streamed in any chunks', async (t) => {
  const stream = streamOf(messages, 'grüß ', '水').join('');
  const answers = new Set<string>();
  for (const chunks of [[stream], perByte(stream), oddly(stream)]) {
    const { response, text } = await ask(
      chat.path,
      { ...chat.ask('claude-opus-4-6', true), stream_options: { include_usage: true } },
      streamed(chunks),
    );
    t.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const events = text.split('\n\n').filter((line) => line.startsWith('data: ') && !line.includes('[DONE]'));
    const told = events.map((line) => JSON.parse(line.slice(6)));
    answers.add(
      told.map((event) => event.choices[0]?.delta.content ?? '').join('') +
        told.map((event) => event.choices[0]?.finish_reason ?? '').join(''),
    );
    t.match(told.at(-1)?.usage, { prompt_tokens: 7, completion_tokens: 5 });
    t.ok(text.endsWith('data: [DONE]\n\n'));
  }
  t.strictSame([...answers], ['grüß 水stop']);
});

t.test(
  'messages asked of a provider of chat, streamed; usage is asked of the provider, not shown twice',
  async (t) => {
    const { response, text, sent } = await ask(
      messages.path,
      messages.ask('gpt-5.4', true),
      streamed(streamOf(chat, 'hello')),
    );
    t.equal(response.status, 200);
    t.match(JSON.parse(sent?.body ?? ''), { stream: true, stream_options: { include_usage: true } });
    t.match(text, /event: message_start.*"text":"hello".*"output_tokens":5.*event: message_stop/s);
    const [line] = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
    t.match(line, { usage_source: 'reported' });
  },
);

t.test('what a dialect cannot say is named', async (t) => {
  const body = { ...chat.ask('claude-opus-4-6', false), seed: 7 };
  const { response } = await ask(chat.path, body, { chunks: [messages.whole] });
  t.match(response.headers.get('x-sluice-dropped'), /seed/);
});

t.test('a refusal of the provider keeps its class in the client’s dialect', async (t) => {
  const { response, text } = await ask(chat.path, chat.ask('claude-opus-4-6', true), {
    status: 400,
    chunks: ['{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}}'],
  });
  t.equal(response.status, 400);
  t.match(JSON.parse(text).error, { message: 'prompt is too long', type: 'invalid_request_error' });
});

t.test('an error as the first event of a stream is a refusal, in mid-stream the end of it', async (t) => {
  const first = await ask(chat.path, chat.ask('claude-opus-4-6', true), streamed([messages.error]));
  t.equal(first.response.status, 502);
  const later = await ask(
    chat.path,
    chat.ask('claude-opus-4-6', true),
    streamed([...messages.open, messages.delta('hi'), messages.error]),
  );
  t.equal(later.response.status, 200);
  t.match(later.text, /"content":"hi".*"code":"provider_stream_broken"/s);
  t.notMatch(later.text, /\[DONE\]|engine broke/);
});

t.test('a stream that is cut is no answer, whatever has come (portkey#1797)', async (t) => {
  for (const ending of ['end', 'cut'] as const) {
    const { text } = await ask(
      chat.path,
      chat.ask('claude-opus-4-6', true),
      streamed([...messages.open, messages.delta('hi')], { ending }),
    );
    t.match(text, /provider_stream_broken/);
    t.notMatch(text, /\[DONE\]/);
  }
});

t.test('a damaged event stream is a failure, and the provider is told to stop', async (t) => {
  const before = upstream.aborted;
  const { response } = await ask(chat.path, chat.ask('amazon.nova-lite-v1:0', true), {
    headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    chunks: [Buffer.alloc(40)],
    ending: 'hang',
  });
  t.equal(response.status, 502);
  await upstream.whenAborted(before + 1);
});

t.test('what a policy redacts is redacted before the translation, and restored after it', async (t) => {
  const text = `Write to ${EMAIL}`;
  const careless = (stream: boolean) => ({
    model: 'claude-opus-4-6',
    stream,
    messages: [{ role: 'user', content: text }],
  });
  for (const stream of [false, true]) {
    let placeholder = '';
    echo = (body) => {
      placeholder = /<EMAIL[^>]*>/.exec(body)?.[0] ?? '';
      const told = `To ${placeholder}.`;
      return stream
        ? streamed(oddly(streamOf(messages, ...told).join('')))
        : { chunks: [messages.whole.replace('"hi"', JSON.stringify(told))] };
    };
    const response = await post(careful, chat.path, careless(stream));
    const answer = await readAll(response);
    t.not(placeholder, '', 'the provider sees a placeholder');
    t.notMatch(upstream.requests.at(-1)?.body, EMAIL);
    const said = stream
      ? [...answer.matchAll(/"content":"([^"]*)"/g)].map(([, part]) => part).join('')
      : JSON.parse(answer).choices[0].message.content;
    t.equal(said, `To ${EMAIL}.`);
  }
  echo = undefined;
});

t.test('the client leaves: the provider is told to stop', async (t) => {
  script = streamed([...messages.open, messages.delta('hi')], { ending: 'hang' });
  const before = upstream.aborted;
  const leaving = new AbortController();
  const { signal } = leaving;
  const response = await post(gateway, chat.path, chat.ask('claude-opus-4-6', true), { signal });
  await response.body?.getReader().read();
  leaving.abort();
  await upstream.whenAborted(before + 1);
  t.pass();
});
