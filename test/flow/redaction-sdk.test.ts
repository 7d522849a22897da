/**
 * One conversation with unmodified SDKs: over three dialects, streamed and not, with tools, redaction is the same,
 * and nothing of what it takes out is found anywhere afterwards (litellm#41265, #31950, aisix#204, portkey#1119).
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import t from 'tap';
import { startGateway } from '../support/gateway.ts';
import { everything, streamed } from '../upstream/answers.ts';
import { type Received, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

/** What the caller sends: comes back to it, and goes nowhere else. */
const ASKED = 'canary.asked@example.com';
/** What the model brings: nobody gets it. */
const ANSWERED = 'canary.answered@example.org';
const SECRET = ['AKIA', 'Q3EGRZ7TBCD5', 'XYZ2'].join('');
const CANARIES = ['canary.asked', 'canary.answered', SECRET, 'canary.user', 'canary.session', 'canary.tag'];
const HEADERS = {
  'x-sluice-user': 'canary.user@example.com',
  'x-sluice-session': 'canary.session@example.com',
  'x-sluice-tags': 'owner=canary.tag@example.com',
};

const textFor = (token: string) => `I wrote to ${token}, cc ${ANSWERED}, with ${SECRET}.`;
const inputFor = (token: string) => ({ to: token, cc: [ANSWERED], [ANSWERED]: `by ${token}` });
const THOUGHT = `should ${ANSWERED} know?`;

const cut = (text: string): string[] => text.match(/[\s\S]{1,3}/g) ?? [];
const frame = (event: object): string =>
  `${'type' in event ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`;

function chatAnswer(token: string, stream: boolean): UpstreamReply {
  const args = JSON.stringify(inputFor(token));
  const call = { id: 'call_1', type: 'function', function: { name: 'send', arguments: args } };
  const head = {
    id: 'c',
    object: stream ? 'chat.completion.chunk' : 'chat.completion',
    created: 1,
    model: 'm',
  };
  const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
  if (!stream) {
    const message = { role: 'assistant', content: textFor(token), reasoning: THOUGHT, tool_calls: [call] };
    const choice = { index: 0, finish_reason: 'tool_calls', message };
    return { chunks: [JSON.stringify({ ...head, choices: [choice], usage })] };
  }
  const chunk = (delta: object, reason: string | null = null) =>
    frame({ ...head, choices: [{ index: 0, delta, finish_reason: reason }] });
  const opened = { index: 0, ...call, function: { name: 'send', arguments: '' } };
  return streamed([
    `: asked by ${ANSWERED}\n\n`,
    chunk({ role: 'assistant', content: '' }),
    ...cut(THOUGHT).map((reasoning) => chunk({ reasoning })),
    ...cut(textFor(token)).map((content) => chunk({ content })),
    chunk({ tool_calls: [opened] }),
    ...cut(args).map((part) => chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
    chunk({}, 'tool_calls'),
    frame({ ...head, choices: [], usage }),
    'data: [DONE]\n\n',
  ]);
}

function responsesAnswer(token: string, stream: boolean): UpstreamReply {
  const args = JSON.stringify(inputFor(token));
  const content = [{ type: 'output_text', text: textFor(token), annotations: [], logprobs: [] }];
  const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content };
  const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'send', arguments: args };
  const response = (status: string, output: object[], usage: object | null) => ({
    ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'm', status, error: null, output, usage },
    ...{ instructions: null, metadata: {}, tools: [], parallel_tool_calls: true, tool_choice: 'auto' },
  });
  const usage = { input_tokens: 7, output_tokens: 5, total_tokens: 12 };
  const completed = response('completed', [message, call], usage);
  if (!stream) return { chunks: [JSON.stringify(completed)] };
  const events: object[] = [
    { type: 'response.created', response: response('in_progress', [], null) },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
    {
      ...{ type: 'response.content_part.added', item_id: 'msg_1', output_index: 0, content_index: 0 },
      part: { type: 'output_text', text: '', annotations: [] },
    },
    ...cut(textFor(token)).map((delta) => ({
      ...{ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta },
    })),
    {
      ...{ type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, content_index: 0 },
      text: textFor(token),
    },
    {
      ...{ type: 'response.content_part.done', item_id: 'msg_1', output_index: 0, content_index: 0 },
      part: content[0],
    },
    { type: 'response.output_item.done', output_index: 0, item: message },
    { type: 'response.output_item.added', output_index: 1, item: { ...call, arguments: '' } },
    ...cut(args).map((delta) => ({
      ...{ type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 1, delta },
    })),
    {
      ...{ type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 1 },
      ...{ name: 'send', arguments: args },
    },
    { type: 'response.output_item.done', output_index: 1, item: call },
    { type: 'response.completed', response: completed },
  ];
  return streamed(events.map((event, n) => frame({ ...event, sequence_number: n })));
}

function messagesAnswer(token: string, stream: boolean): UpstreamReply {
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm' };
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'send' };
  if (!stream) {
    const content = [
      { type: 'thinking', thinking: THOUGHT, signature: 's' },
      { type: 'text', text: textFor(token) },
      { ...tool, input: inputFor(token) },
    ];
    const usage = { input_tokens: 7, output_tokens: 5 };
    return { chunks: [JSON.stringify({ ...head, content, stop_reason: 'tool_use', usage })] };
  }
  const block = (index: number, start: object, deltas: object[]): object[] => [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
  const thoughts = cut(THOUGHT).map((thinking) => ({ type: 'thinking_delta', thinking }));
  const texts = cut(textFor(token)).map((text) => ({ type: 'text_delta', text }));
  const inputs = cut(JSON.stringify(inputFor(token))).map((part) => ({
    ...{ type: 'input_json_delta', partial_json: part },
  }));
  return streamed(
    [
      {
        type: 'message_start',
        message: { ...head, content: [], usage: { input_tokens: 7, output_tokens: 1 } },
      },
      ...block(0, { type: 'thinking', thinking: '', signature: '' }, thoughts),
      ...block(1, { type: 'text', text: '' }, texts),
      ...block(2, { ...tool, input: {} }, inputs),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ].map(frame),
  );
}

function answer({ path, body }: Received): UpstreamReply {
  const token = /<EMAIL_[a-z2-7]{8}>/.exec(body)?.[0] ?? '<no pseudonym came>';
  const stream = JSON.parse(body).stream === true;
  if (path.endsWith('/responses')) return responsesAnswer(token, stream);
  return path.endsWith('/messages') ? messagesAnswer(token, stream) : chatAnswer(token, stream);
}

const folder = t.testdir({});
const journal = join(folder, 'journal');
const collector = await startUpstream(t, [{ chunks: ['{}'] }]);
const upstream = await startUpstream(t, answer);
const gateway = await startGateway(
  t,
  {
    providers: { p: everything(upstream.url) },
    models: {
      watched: {
        targets: [{ provider: 'p', model: 'm' }],
        mirror: { provider: 'p', model: 'candidate', percent: 100 },
      },
    },
    telemetry: { otlp_endpoint: collector.url },
    journal: { dir: journal },
  },
  {
    policies: `version: 1
policies:
  - id: no-leaks
    pii:
      request: { pii: pseudonymise, secret: mask }
      answer: { pii: mask, secret: mask }
  - id: keep
    cache: { ttl_seconds: 60 }
  - id: not-this-one
    models: { deny: [forbidden] }
`,
  },
);
await gateway.admin('PATCH', '/orgs/demo', { store_content: true });
const baseURL = gateway.origin;
const openai = new OpenAI({
  ...{ baseURL: `${baseURL}/v1`, apiKey: gateway.key, maxRetries: 0, defaultHeaders: HEADERS },
});
const anthropic = new Anthropic({ baseURL, apiKey: gateway.key, maxRetries: 0, defaultHeaders: HEADERS });

const SYSTEM = `The admin is ${ASKED}.`;
const QUESTION = `I am ${ASKED}, my key is ${SECRET}. Send it.`;
const EARLIER = { name: 'send', arguments: JSON.stringify({ to: ASKED, [ASKED]: SECRET }) };
const schema = {
  type: 'object' as const,
  properties: { to: { type: 'string', description: `not ${ASKED}` } },
};

interface Said {
  readonly text: string;
  readonly input: unknown;
}

const chatBody = {
  model: 'm',
  messages: [
    { role: 'system' as const, content: SYSTEM },
    { role: 'user' as const, content: QUESTION },
    {
      role: 'assistant' as const,
      content: null,
      tool_calls: [{ id: 'call_0', type: 'function' as const, function: EARLIER }],
    },
    { role: 'tool' as const, tool_call_id: 'call_0', content: `sent to ${ASKED}` },
  ],
  tools: [{ type: 'function' as const, function: { name: 'send', parameters: schema } }],
};
const responsesBody = {
  model: 'm',
  instructions: SYSTEM,
  input: [
    { role: 'user' as const, content: QUESTION },
    { type: 'function_call' as const, call_id: 'call_0', ...EARLIER },
    { type: 'function_call_output' as const, call_id: 'call_0', output: `sent to ${ASKED}` },
  ],
  tools: [{ type: 'function' as const, name: 'send', parameters: schema, strict: false }],
};
const messagesBody = {
  model: 'm',
  max_tokens: 99,
  system: SYSTEM,
  messages: [
    { role: 'user' as const, content: QUESTION },
    {
      role: 'assistant' as const,
      content: [{ type: 'tool_use' as const, id: 't0', name: 'send', input: JSON.parse(EARLIER.arguments) }],
    },
    {
      role: 'user' as const,
      content: [{ type: 'tool_result' as const, tool_use_id: 't0', content: `sent to ${ASKED}` }],
    },
  ],
  tools: [{ name: 'send', input_schema: schema }],
};

const saidInMessage = (content: Anthropic.ContentBlock[]): Said => ({
  text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
  input: content.find((block) => block.type === 'tool_use')?.input,
});

const saidInResponse = (response: OpenAI.Responses.Response): Said => {
  const call = response.output.find((item) => item.type === 'function_call');
  return { text: response.output_text, input: JSON.parse(call?.arguments ?? 'null') };
};

const WAYS: Readonly<Record<string, () => Promise<Said>>> = {
  'chat, whole': async () => {
    const { choices } = await openai.chat.completions.create(chatBody);
    const message = choices[0]?.message;
    const call = message?.tool_calls?.[0];
    return {
      text: message?.content ?? '',
      input: JSON.parse(call?.type === 'function' ? call.function.arguments : 'null'),
    };
  },
  'chat, streamed': async () => {
    let text = '';
    let args = '';
    for await (const { choices } of await openai.chat.completions.create({ ...chatBody, stream: true })) {
      text += choices[0]?.delta.content ?? '';
      args += choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '';
    }
    return { text, input: JSON.parse(args) };
  },
  'responses, whole': async () => saidInResponse(await openai.responses.create(responsesBody)),
  'responses, streamed': async () => {
    let text = '';
    let args = '';
    for await (const event of await openai.responses.create({ ...responsesBody, stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.function_call_arguments.delta') args += event.delta;
      if (event.type !== 'response.completed') continue;
      const input = JSON.parse(args);
      const { response } = event;
      const call = response.output.find((item) => item.type === 'function_call');
      t.same(JSON.parse(call?.arguments ?? ''), input, 'the final event repeats the arguments');
      t.match(response.output, [{ content: [{ text }] }], 'the final event repeats the text');
      return { text, input };
    }
    throw new Error('the stream ended without its final event');
  },
  'messages, whole': async () => saidInMessage((await anthropic.messages.create(messagesBody)).content),
  'messages, streamed': async () =>
    saidInMessage((await anthropic.messages.stream(messagesBody).finalMessage()).content),
};

const WANTED: Said = {
  text: `I wrote to ${ASKED}, cc <EMAIL>, with <AWS_ACCESS_KEY>.`,
  input: { to: ASKED, cc: ['<EMAIL>'], '<EMAIL>': `by ${ASKED}` },
};

for (const [way, ask] of Object.entries(WAYS))
  t.test(`${way}: the caller gets its own values back and nobody else's`, async (t) => {
    t.same(await ask(), WANTED);
    const sent = upstream.requests.at(-1)?.body ?? '';
    t.notMatch(sent, /canary/, 'the provider saw no value');
    t.notOk(sent.includes(SECRET), 'nor a secret');
    t.match(sent, '<AWS_ACCESS_KEY>');
    t.same(await ask(), WANTED, 'and the same again');
  });

t.test('no byte of a stream holds a value, comments included', async (t) => {
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...HEADERS, authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...chatBody, stream: true }),
  });
  const text = await response.text();
  t.match(text, /^:\n\n/, 'a comment stays a comment');
  t.notOk(text.includes('answered'));
});

t.test('a conversation has the same pseudonym in every dialect', async (t) => {
  const tokens = upstream.requests.flatMap(({ body }) => body.match(/<EMAIL_[a-z2-7]{8}>/g) ?? []);
  t.ok(tokens.length > 30);
  t.equal(new Set(tokens).size, 1);
});

t.test(
  'a mirrored request and those that are refused before they are judged are recorded as carefully',
  async (t) => {
    const send = (path: string, body: object | undefined, key = gateway.key) =>
      fetch(`${gateway.origin}${path}`, {
        ...(body && { method: 'POST', body: JSON.stringify({ ...body, user: HEADERS['x-sluice-user'] }) }),
        headers: { ...HEADERS, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      });
    const answers = [
      await send('/v1/chat/completions', { ...chatBody, model: 'watched' }),
      await send('/v1/models', undefined),
      await send('/v1/chat/completions', { model: 'm', messages: 'none' }),
      await send('/v1/chat/completions', { ...chatBody, model: 'forbidden' }),
      await send('/v1/chat/completions', chatBody, 'slk_nobody'),
    ];
    t.same(
      answers.map(({ status }) => status),
      [200, 200, 400, 403, 401],
    );
    await Promise.all(answers.map((answer) => answer.text()));
    const [mirrored] = await gateway.auditOf(`${answers[0]?.headers.get('x-request-id')}.mirror`);
    t.match(mirrored, { details: { end_user: /^<EMAIL#/ } });
  },
);

t.test('a person may try it: what would become of a text, and why', async (t) => {
  const tried = await gateway.admin('POST', '/redact', { text: `to ${ASKED}`, actions: { email: 'hash' } });
  t.equal(tried.status, 200);
  t.match(tried.body, {
    text: /^to <EMAIL#[a-z2-7]{12}>$/,
    findings: [{ entity: 'email', action: 'hash', start: 3, end: 27, why: /e-mail address/ }],
  });
  const wrong = await gateway.admin('POST', '/redact', { text: ASKED, actions: { emial: 'mask' } });
  t.equal(wrong.status, 400);
  t.notOk(JSON.stringify(wrong.body).includes('canary'));
});

t.test('nothing of it is found in logs, traces, metrics, audit, bill, content or journal', async (t) => {
  const metrics = await (await fetch(`${gateway.origin}/metrics`)).text();
  t.match(metrics, /sluice_redaction_findings_total\{[^}]*entity="email"/);
  await gateway.stop(); // which drains the journal: before it the records may not stand in the database yet
  const [{ count } = {}] = await gateway.query(
    "SELECT count(*)::int FROM audit_events WHERE kind = 'request'",
  );
  t.ok(Number(count) > 0);
  const tables = await gateway.query(
    "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
  );
  const rows: string[] = [];
  for (const { name } of tables)
    for (const { row } of await gateway.query(`SELECT to_jsonb(t)::text AS row FROM ${name} t`))
      rows.push(String(row));
  const [audit] = rows.filter((row) => row.includes('"findings": [{'));
  t.match(audit, /"hashes": \["[a-z2-7]{12}"/, 'the audit record has what was found, as hashes');
  t.match(audit, /"end_user": "<EMAIL#[a-z2-7]{12}>"/);
  const files = await readdir(journal, { recursive: true, withFileTypes: true });
  const journals = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  const places = {
    log: gateway.logged(),
    metrics,
    traces: JSON.stringify(collector.requests),
    database: rows.join('\n'),
    journal: journals.join('\n'),
  };
  t.ok(collector.requests.length > 0);
  for (const [place, content] of Object.entries(places))
    for (const canary of CANARIES) t.notOk(content.includes(canary), `${canary} in the ${place}`);
});
