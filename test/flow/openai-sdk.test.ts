/** The `openai` SDK, unmodified but for base URL and key, against a gateway with the simulated provider. */
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import t, { type Test } from 'tap';
import { startGateway } from '../support/gateway.ts';

const gateway = await startGateway(t);
const client = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: gateway.key, maxRetries: 0 });
const hello = [{ role: 'user' as const, content: 'Say hello' }];
const MODEL = 'sim-echo';

/** The call fails with an error of this class of the SDK. */
async function failsWith(
  t: Test,
  Wanted: new (...args: never[]) => Error,
  call: Promise<unknown>,
): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  t.ok(error instanceof Wanted, `${Wanted.name}, not ${error}`);
}

t.test('chat completes, with usage and the gateway’s headers', async (t) => {
  const { data, response } = await client.chat.completions
    .create({ model: MODEL, messages: hello })
    .withResponse();
  t.equal(data.choices[0]?.message.content, 'Say hello');
  t.equal(data.choices[0]?.finish_reason, 'stop');
  t.ok((data.usage?.total_tokens ?? 0) > 0);
  t.match(response.headers.get('x-request-id'), /^req_[0-9a-f]{32}$/);
  t.equal(response.headers.get('x-sluice-provider'), 'simulated');
  t.equal(response.headers.get('x-sluice-model'), MODEL);
  t.equal(response.headers.get('x-sluice-attempts'), '1');
  t.match(response.headers.get('x-sluice-cost-usd'), /^\d+\.\d+$/);
  t.match(
    response.headers.get('server-timing'),
    /authenticate;dur=.*apply-policy;dur=.*call-upstream;dur=/,
    'the whole path is timed (litellm#37958)',
  );
});

t.test('a streamed chat gives the same text, and usage with its cost when asked for', async (t) => {
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  t.equal(text, 'Say hello');
  t.ok((usage?.completion_tokens ?? 0) > 0);
  t.match(usage, { cost_usd: /^\d/ });
});

t.test(
  'a stream whose client did not ask for usage gets no usage chunk, though the gateway meters it',
  async (t) => {
    const { data: stream, response } = await client.chat.completions
      .create({ model: MODEL, messages: hello, stream: true })
      .withResponse();
    for await (const chunk of stream) {
      t.ok(chunk.choices.length > 0, 'every chunk has a choice');
      t.notOk(chunk.usage);
    }
    const usage = await gateway.usageOf(response.headers.get('x-request-id') ?? '');
    t.equal(usage.length, 1);
    t.match(usage[0], { usage_source: 'reported', outcome: 'answered', model: MODEL });
  },
);

t.test('tools: a call comes back, whole and streamed, and its result is taken', async (t) => {
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ];
  const request = { model: 'sim-fast', messages: hello, tools, tool_choice: 'required' as const };
  const whole = await client.chat.completions.create(request);
  const call = whole.choices[0]?.message.tool_calls?.[0];
  t.equal(whole.choices[0]?.finish_reason, 'tool_calls');
  t.match(call, { type: 'function', function: { name: 'get_weather' } });
  const streamed = await client.chat.completions.stream(request).finalChatCompletion();
  t.same(
    streamed.choices[0]?.message.tool_calls?.map(
      (c) => c.type === 'function' && [c.function.name, c.function.arguments],
    ),
    whole.choices[0]?.message.tool_calls?.map(
      (c) => c.type === 'function' && [c.function.name, c.function.arguments],
    ),
  );
  const after = await client.chat.completions.create({
    model: MODEL,
    messages: [
      ...hello,
      { role: 'assistant', tool_calls: call ? [call] : [] },
      { role: 'tool', tool_call_id: call?.id ?? '', content: '21 °C' },
    ],
  });
  t.equal(after.choices[0]?.finish_reason, 'stop');
});

t.test('JSON schema output parses', async (t) => {
  const answer = await client.chat.completions.create({
    model: 'sim-fast',
    messages: hello,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'person',
        strict: true,
        schema: {
          type: 'object',
          properties: { name: { type: 'string' }, age: { type: 'integer' } },
          required: ['name', 'age'],
          additionalProperties: false,
        },
      },
    },
  });
  const person: unknown = JSON.parse(answer.choices[0]?.message.content ?? '');
  t.match(person, { name: String, age: Number });
});

t.test('embeddings: the SDK asks for base64 and gets numbers', async (t) => {
  const { data } = await client.embeddings.create({ model: 'sim-embedding', input: ['one', 'two'] });
  t.equal(data.length, 2);
  t.ok(data.every(({ embedding }) => embedding.length > 0 && embedding.every(Number.isFinite)));
});

t.test('responses: whole and streamed to response.completed', async (t) => {
  const whole = await client.responses.create({ model: MODEL, input: 'Say hello' });
  t.equal(whole.output_text, 'Say hello');
  const types: string[] = [];
  for await (const event of await client.responses.create({ model: MODEL, input: 'Say hello', stream: true }))
    types.push(event.type);
  t.equal(types.at(-1), 'response.completed');
});

t.test('legacy completions and moderations answer', async (t) => {
  const completion = await client.completions.create({ model: MODEL, prompt: 'Say hello' });
  t.equal(completion.choices[0]?.text, 'Say hello');
  const moderation = await client.moderations.create({ model: 'sim-moderation', input: 'hello' });
  t.equal(moderation.results[0]?.flagged, false);
});

t.test('models are listed and found', async (t) => {
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  t.ok(ids.includes(MODEL));
  t.equal((await client.models.retrieve(MODEL)).id, MODEL);
  await failsWith(t, NotFoundError, client.models.retrieve('no-such-model'));
});

t.test('an aborted stream ends, its upstream is released and it is recorded as abandoned', async (t) => {
  const { data: stream, response } = await client.chat.completions
    .create({ model: 'sim-slow', messages: hello, stream: true })
    .withResponse();
  for await (const _ of stream) stream.controller.abort();
  const audit = await gateway.auditOf(response.headers.get('x-request-id') ?? '');
  t.match(audit, [{ outcome: 'abandoned', fault: 'client_closed_request' }]);
});

t.test('errors are the SDK’s own classes', async (t) => {
  const stranger = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: 'slk_wrong', maxRetries: 0 });
  await failsWith(
    t,
    AuthenticationError,
    stranger.chat.completions.create({ model: MODEL, messages: hello }),
  );
  await failsWith(
    t,
    NotFoundError,
    client.chat.completions.create({ model: 'no-such-model', messages: hello }),
  );
  await failsWith(
    t,
    BadRequestError,
    client.chat.completions.create({ model: MODEL, messages: 'x' as never }),
  );
  await failsWith(
    t,
    NotFoundError,
    client.chat.completions.create({ model: '@prompt/none', messages: hello }),
  );
  await failsWith(
    t,
    RateLimitError,
    client.chat.completions.create({ model: 'sim-error-429', messages: hello }),
  );
  const keyed = new OpenAI({
    baseURL: `${gateway.origin}/v1`,
    apiKey: await gateway.newKey({ models: ['other-*'] }),
    maxRetries: 0,
  });
  await failsWith(t, PermissionDeniedError, keyed.chat.completions.create({ model: MODEL, messages: hello }));
});

t.test('the SDK retries what may be retried and nothing else', async (t) => {
  const calls: number[] = [];
  const retrying = (apiKey: string) =>
    new OpenAI({
      baseURL: `${gateway.origin}/v1`,
      apiKey,
      maxRetries: 1,
      fetch: async (input, init) => {
        const response = await fetch(input as string, init as RequestInit);
        calls.push(response.status);
        return response;
      },
    });
  await t.rejects(retrying('slk_wrong').chat.completions.create({ model: MODEL, messages: hello }));
  t.same(calls.splice(0), [401], 'a refused key is not tried again');
  await t.rejects(retrying(gateway.key).chat.completions.create({ model: 'sim-error-500', messages: hello }));
  t.equal(calls.splice(0).length, 2, 'a failed provider is');
});
