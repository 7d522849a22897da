import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import type { JsonObject } from '../../src/core/json.ts';
import type { Usage } from '../../src/core/usage.ts';
import { SseSplitter } from '../../src/dialects/index.ts';
import { DIALECT_OF, drain, type ExchangeOptions, testExchange } from '../support/exchange.ts';
import { testGateway } from '../upstream/gateway.ts';

const SCHEMA = '../shared/data/conformance/openai.schema.json';
const EVENT_SCHEMAS = '../shared/data/conformance/response-events.json';

type Streamed = 'chat' | 'completions' | 'responses' | 'messages';

const TOOL_SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

function bodyOf(
  operation: NonNullable<ExchangeOptions['operation']>,
  text: string,
  more: JsonObject = {},
): JsonObject {
  const model = 'sim-demo';
  const messages = [{ role: 'user', content: text }];
  switch (operation) {
    case 'chat':
      return { model, messages, ...more };
    case 'messages':
    case 'count_tokens':
      return { model, messages, max_tokens: 100, ...more };
    case 'completions':
      return { model, prompt: text, ...more };
    default:
      return { model, input: text, ...more };
  }
}

async function ask(
  t: Tap.Test,
  operation: NonNullable<ExchangeOptions['operation']>,
  body: JsonObject,
  settings = {},
) {
  const gateway = testGateway(t, { sim: { kind: 'simulated', ...settings } }, { max_attempts_per_target: 1 });
  const x = testExchange({
    operation,
    body,
    targets: [{ provider: 'sim', model: String(body.model), region: undefined }],
  });
  const fault = await gateway.call(x);
  const read = x.answer ? await drain(x.answer.source) : { text: '', fault };
  gateway.settle(x, read.fault ? 'failed' : 'done', read.fault);
  return { x, text: read.text, fault: fault ?? read.fault };
}

declare namespace Tap {
  interface Test {
    teardown(close: () => Promise<void>): void;
  }
}

function eventsOf(text: string): JsonObject[] {
  const splitter = new SseSplitter(1 << 20);
  return splitter
    .push(Buffer.from(text))
    .flatMap(({ data }) => (data === undefined || data === '[DONE]' ? [] : [JSON.parse(data) as JsonObject]));
}

/** What a client of this dialect puts together from a stream. */
function assemble(operation: Streamed, events: readonly JsonObject[]) {
  const { stream } = DIALECT_OF[operation];
  let usage: Usage | undefined;
  let finish: string | undefined;
  let completes = 0;
  const texts = new Map<string, string>();
  for (const event of events) {
    usage = stream.usage(event, usage) ?? usage;
    finish = stream.finish(event) ?? finish;
    completes += stream.completes(event).length;
    for (const { channel, text, aggregate } of stream.pieces(event)) {
      if (!aggregate) texts.set(channel, (texts.get(channel) ?? '') + text);
    }
  }
  return { usage, finish, completes, text: [...texts.values()].join('') };
}

const WHOLE_TEXT: Record<Streamed, (body: JsonObject) => string> = {
  chat: (body) => at(body, 'choices', 0, 'message', 'content'),
  completions: (body) => at(body, 'choices', 0, 'text'),
  responses: (body) => at(body, 'output', 0, 'content', 0, 'text'),
  messages: (body) => at(body, 'content', 0, 'text'),
};

function at(value: unknown, ...path: (string | number)[]): string {
  return String(
    path.reduce<unknown>((found, key) => (found as Record<string | number, unknown>)?.[key], value),
  );
}

for (const operation of ['chat', 'completions', 'responses', 'messages'] as const) {
  t.test(`${operation}: streamed and whole say the same, with the same usage`, async (t) => {
    const whole = await ask(t, operation, bodyOf(operation, 'tell me of water'));
    const again = await ask(t, operation, bodyOf(operation, 'tell me of water'));
    const other = await ask(t, operation, bodyOf(operation, 'tell me of fire'));
    const streamed = await ask(t, operation, bodyOf(operation, 'tell me of water', { stream: true }));
    const body = JSON.parse(whole.text) as JsonObject;
    const assembled = assemble(operation, eventsOf(streamed.text));
    const dialect = DIALECT_OF[operation];
    const text = WHOLE_TEXT[operation](body);
    t.ok(text.split(' ').length >= 32, text);
    t.equal(WHOLE_TEXT[operation](JSON.parse(again.text)), text, 'the same request, the same answer');
    t.not(WHOLE_TEXT[operation](JSON.parse(other.text)), text);
    t.equal(assembled.text, text);
    t.strictSame(assembled.usage, dialect.answerUsage(body));
    t.match(assembled.usage, { source: 'reported', outputTokens: 32 });
    t.equal(assembled.finish, dialect.answerFinish(body));
    t.equal(assembled.completes, 1, 'the stream says that it is complete');
  });

  t.test(`${operation}: a cap on the output ends it with length`, async (t) => {
    const cap = operation === 'responses' ? { max_output_tokens: 5 } : { max_tokens: 5 };
    const whole = await ask(t, operation, bodyOf(operation, 'x', cap));
    const streamed = await ask(t, operation, bodyOf(operation, 'x', { ...cap, stream: true }));
    const assembled = assemble(operation, eventsOf(streamed.text));
    t.equal(assembled.usage?.outputTokens, 5);
    t.equal(assembled.finish, DIALECT_OF[operation].answerFinish(JSON.parse(whole.text)));
    t.match(assembled.finish, /length|max_tokens|max_output_tokens|incomplete/);
  });

  t.test(`${operation}: sim-echo says what it was told`, async (t) => {
    const text = ' grüß dich,\n 水  and  "quotes" ';
    const streamed = await ask(t, operation, {
      ...bodyOf(operation, text, { stream: true }),
      model: 'sim-echo',
    });
    t.equal(assemble(operation, eventsOf(streamed.text)).text, text);
  });

  t.test(`${operation}: an answer that breaks off is not a clean end (bifrost#5546)`, async (t) => {
    const streamed = await ask(t, operation, {
      ...bodyOf(operation, 'x', { stream: true }),
      model: 'sim-broken',
    });
    t.equal(streamed.fault?.code, 'provider_stream_broken');
    t.equal(assemble(operation, eventsOf(streamed.text)).completes, 0);
    const early = await ask(t, operation, {
      ...bodyOf(operation, 'x', { stream: true }),
      model: 'sim-error-event',
    });
    t.match(early.fault?.code, /provider_(error|overloaded)/);
    t.equal(early.text, '');
  });
}

t.test('tools are called when they must be, or when the user says so', async (t) => {
  const openai = [{ type: 'function', function: { name: 'get_weather', parameters: TOOL_SCHEMA } }];
  const cases: readonly [Streamed, JsonObject, string][] = [
    ['chat', { tools: openai }, 'tool_calls'],
    [
      'responses',
      { tools: [{ type: 'function', name: 'get_weather', parameters: TOOL_SCHEMA }] },
      'completed',
    ],
    ['messages', { tools: [{ name: 'get_weather', input_schema: TOOL_SCHEMA }] }, 'tool_use'],
  ];
  for (const [operation, tools, finish] of cases) {
    const forced = operation === 'messages' ? { type: 'any' } : 'required';
    for (const [text, more] of [
      ['call get_weather', {}],
      ['hi', { tool_choice: forced }],
    ] as const) {
      const body = bodyOf(operation, text, { ...tools, ...more });
      const whole = await ask(t, operation, body);
      t.match(whole.text, /get_weather/);
      t.equal(DIALECT_OF[operation].answerFinish(JSON.parse(whole.text)), finish, operation);
      const streamed = await ask(t, operation, { ...body, stream: true });
      const assembled = assemble(operation, eventsOf(streamed.text));
      t.match(assembled.text, /"city":"simulated"/, operation);
      t.equal(assembled.finish, finish, operation);
    }
    const plain = await ask(t, operation, bodyOf(operation, 'hi', tools));
    t.notMatch(plain.text, /"city":"simulated"/, 'not without a reason');
  }
});

t.test('a JSON schema is kept to', async (t) => {
  const format = { type: 'json_schema', json_schema: { name: 'x', schema: TOOL_SCHEMA } };
  const whole = await ask(t, 'chat', bodyOf('chat', 'x', { response_format: format }));
  t.strictSame(JSON.parse(WHOLE_TEXT.chat(JSON.parse(whole.text))), { city: 'simulated' });
  const flat = { format: { type: 'json_schema', name: 'x', schema: TOOL_SCHEMA } };
  const response = await ask(t, 'responses', bodyOf('responses', 'x', { text: flat }));
  t.strictSame(JSON.parse(WHOLE_TEXT.responses(JSON.parse(response.text))), { city: 'simulated' });
});

t.test('embeddings are unit vectors, the same as floats and as base64', async (t) => {
  const input = ['one', 'two', 'one'];
  const floats = JSON.parse((await ask(t, 'embeddings', { model: 'sim-embed', input, dimensions: 8 })).text);
  const coded = JSON.parse(
    (await ask(t, 'embeddings', { model: 'sim-embed', input, dimensions: 8, encoding_format: 'base64' }))
      .text,
  );
  t.equal(floats.data.length, 3);
  t.strictSame(floats.data[0].embedding, floats.data[2].embedding);
  t.notSame(floats.data[0].embedding, floats.data[1].embedding);
  for (const [index, { embedding }] of floats.data.entries()) {
    const length = embedding.reduce((sum: number, value: number) => sum + value * value, 0);
    t.ok(Math.abs(length - 1) < 1e-5);
    const bytes = Buffer.from(coded.data[index].embedding, 'base64');
    t.strictSame(
      embedding.map((_: number, at: number) => bytes.readFloatLE(at * 4)),
      embedding,
    );
  }
  t.match(DIALECT_OF.embeddings.answerUsage(floats), { inputTokens: 3 });
});

t.test('moderations and token counts', async (t) => {
  const { text } = await ask(t, 'moderations', {
    model: 'sim-x',
    input: ['fine', 'some simulated violence'],
  });
  t.strictSame(
    JSON.parse(text).results.map((result: JsonObject) => result.flagged),
    [false, true],
  );
  const counted = await ask(t, 'count_tokens', bodyOf('count_tokens', 'x'.repeat(400)));
  t.ok(JSON.parse(counted.text).input_tokens >= 100);
});

t.test('it fails on request', async (t) => {
  const expected = {
    400: 'provider_rejected',
    401: 'provider_auth_failed',
    404: 'provider_rejected',
    429: 'provider_rate_limited',
    500: 'provider_error',
    503: 'provider_overloaded',
    529: 'provider_overloaded',
  };
  for (const operation of ['chat', 'messages'] as const) {
    for (const [status, code] of Object.entries(expected)) {
      const { fault } = await ask(t, operation, { ...bodyOf(operation, 'x'), model: `sim-error-${status}` });
      t.equal(fault?.code, code, status);
    }
  }
  const late = await ask(
    t,
    'chat',
    { ...bodyOf('chat', 'x'), model: 'sim-timeout' },
    { timeouts_ms: { first_byte: 50 } },
  );
  t.equal(late.fault?.code, 'provider_timeout');
});

t.test('a share of failures, the same ones for the same seed', async (t) => {
  const outcomes = async (): Promise<string[]> => {
    const settings = { sim: { kind: 'simulated', error_rate: 0.5, seed: 7 } };
    const gateway = testGateway(t, settings, { max_attempts_per_target: 1 });
    const codes: string[] = [];
    for (let call = 0; call < 40; call++) {
      const target = { provider: 'sim', model: 'sim-x', region: undefined };
      const x = testExchange({ body: bodyOf('chat', 'x'), targets: [target] });
      codes.push((await gateway.call(x))?.code ?? 'answered');
      if (x.answer) await drain(x.answer.source);
    }
    return codes;
  };
  const codes = await outcomes();
  const answered = codes.filter((code) => code === 'answered').length;
  t.ok(answered > 8 && answered < 32, `${answered} of 40 answered`);
  t.strictSame(await outcomes(), codes);
});

t.test('usage is reported in a stream only to whom asks; the gateway asks', async (t) => {
  const silent = await ask(t, 'chat', bodyOf('chat', 'x', { stream: true }));
  t.equal(silent.x.answer?.usageInjected, true);
  const asked = await ask(
    t,
    'chat',
    bodyOf('chat', 'x', { stream: true, stream_options: { include_usage: true } }),
  );
  t.equal(asked.x.answer?.usageInjected, false);
});

t.test(
  'answers and events are as OpenAI’s own schema has them',
  { skip: existsSync(SCHEMA) ? false : `${SCHEMA} is not there` },
  async (t) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(JSON.parse(readFileSync(SCHEMA, 'utf8')));
    const eventSchemas = JSON.parse(readFileSync(EVENT_SCHEMAS, 'utf8'));
    const valid = (name: string, value: unknown): void => {
      const validate = ajv.getSchema(`oa#/components/schemas/${name}`);
      t.ok(validate?.(value), `${name} ${JSON.stringify(validate?.errors?.slice(0, 3))}`);
    };
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters: TOOL_SCHEMA } }];
    for (const more of [{}, { tools, tool_choice: 'required' }, { n: 2 }]) {
      const body = bodyOf('chat', 'x', more);
      valid('CreateChatCompletionResponse', JSON.parse((await ask(t, 'chat', body)).text));
      for (const event of eventsOf((await ask(t, 'chat', { ...body, stream: true })).text)) {
        valid('CreateChatCompletionStreamResponse', event);
      }
    }
    valid(
      'CreateCompletionResponse',
      JSON.parse((await ask(t, 'completions', bodyOf('completions', 'x'))).text),
    );
    valid(
      'CreateEmbeddingResponse',
      JSON.parse((await ask(t, 'embeddings', bodyOf('embeddings', 'x'))).text),
    );
    valid(
      'CreateModerationResponse',
      JSON.parse((await ask(t, 'moderations', bodyOf('moderations', 'x'))).text),
    );
    const flat = [{ type: 'function', name: 'get_weather', parameters: TOOL_SCHEMA, strict: null }];
    for (const more of [{}, { tools: flat, tool_choice: 'required' }, { max_output_tokens: 3 }]) {
      const body = bodyOf('responses', 'x', more);
      valid('Response', JSON.parse((await ask(t, 'responses', body)).text));
      for (const event of eventsOf((await ask(t, 'responses', { ...body, stream: true })).text)) {
        valid(eventSchemas[String(event.type)], event);
      }
    }
  },
);
