/** A provider that breaks in the middle of its answer is never taken for one that has finished (bifrost#5546). */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import t, { type Test } from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, everything, messages, streamed, streamOf, WIRES, type Wire } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const gateway = await startGateway(t, {
  providers: {
    p: everything(upstream.url, { models: ['m'], stream_options: false }),
    // asked for what falls silent; who answers has the time that a busy machine needs
    hasty: everything(upstream.url, { models: ['h'], stream_options: false, timeouts_ms: { idle: 400 } }),
  },
  retries: { max_attempts_per_target: 1 },
});

interface Seen {
  readonly status: number;
  readonly requestId: string;
  readonly text: string;
}

async function ask(wire: Wire, stream: boolean, more: object = {}): Promise<Seen> {
  const model = reply.ending === 'hang' ? 'h' : 'm';
  const response = await post(gateway, wire.path, { ...wire.ask(model, stream), ...more });
  const requestId = response.headers.get('x-request-id') ?? '';
  return { status: response.status, requestId, text: await readAll(response) };
}

/** The error that the stream ends with, in the shape that the SDK of the dialect reads. */
function lastError(wire: Wire, text: string): Record<string, unknown> | undefined {
  const [last = ''] = text.trimEnd().split('\n\n').slice(-1);
  const event = JSON.parse(/^data: (.*)$/m.exec(last)?.[1] ?? '{}');
  if (wire.id === 'openai-chat') return event.error;
  if (!/^event: error$/m.test(last) || event.type !== 'error') return undefined;
  return event.error;
}

/** What the audit trail and the bill say of requests, looked up together once all of them have been made. */
async function recorded(
  t: Test,
  expected: ReadonlyMap<string, { name: string; outcome: string }>,
): Promise<void> {
  for (const [requestId, { name, outcome }] of expected) {
    t.match(await gateway.auditOf(requestId), [{ outcome }], `${name}: recorded once`);
    const [line, ...others] = await gateway.usageOf(requestId);
    t.match(
      line,
      { outcome: outcome === 'done' ? 'answered' : outcome, model: /^[hm]$/ },
      `${name}: on the bill`,
    );
    t.equal(others.length, 0, `${name}: once`);
  }
}

const HALF = (wire: Wire): string[] => [...wire.open, wire.delta('hel')];

for (const wire of WIRES) {
  const endings: Record<string, UpstreamReply> = {
    'closes the connection': streamed(HALF(wire), { ending: 'cut' }),
    'resets the connection': streamed(HALF(wire), { ending: 'reset' }),
    'ends cleanly without having finished': streamed(HALF(wire)),
    'falls silent': streamed(HALF(wire), { ending: 'hang' }),
    'sends an error event': streamed([...HALF(wire), wire.error]),
    'sends an error event and then a clean end': streamed([...HALF(wire), wire.error, ...wire.close]),
    'stops inside an event': streamed([...HALF(wire), wire.delta('lo').slice(0, 30)]),
  };
  t.test(
    `${wire.id}: a provider that breaks mid-stream gives an error event, never a clean end`,
    async (t) => {
      const expected = new Map<string, { name: string; outcome: string }>();
      for (const [name, ending] of Object.entries(endings)) {
        reply = ending;
        const { status, requestId, text } = await ask(wire, true);
        t.equal(status, 200, name);
        t.ok(text.startsWith(HALF(wire).join('')), `${name}: what came before is delivered`);
        t.match(lastError(wire, text), { message: /provider/i }, `${name}: an error ends it`);
        t.notMatch(text, '[DONE]', name);
        for (const frame of wire.close) t.notOk(text.includes(frame), `${name}: no clean end`);
        expected.set(requestId, { name, outcome: 'failed' });
      }
      await recorded(t, expected);
    },
  );

  t.test(
    `${wire.id}: after its last event a provider may hang, reset or close; the answer is done`,
    async (t) => {
      const last = wire.id === 'openai-chat' ? wire.close.slice(0, 1) : wire.close;
      const whole = [...HALF(wire), ...wire.close];
      const endings: Record<string, UpstreamReply> = {
        'hangs after the end': streamed(whole, { ending: 'hang' }),
        'resets after the end': streamed(whole, { ending: 'reset' }),
        'closes without a terminator': streamed([...HALF(wire), ...last]),
        'ends without a last line end': streamed([
          ...HALF(wire),
          ...last.slice(0, -1),
          last.at(-1)?.trimEnd() ?? '',
        ]),
        'hangs without a terminator (apisix#13250)': streamed([...HALF(wire), ...last], { ending: 'hang' }),
      };
      const expected = new Map<string, { name: string; outcome: string }>();
      for (const [name, ending] of Object.entries(endings)) {
        reply = ending;
        const { requestId, text } = await ask(wire, true);
        t.ok(text.includes(last.join('')), `${name}: the end is there, in a frame of its own`);
        t.equal(
          text.endsWith('data: [DONE]\n\n'),
          wire.id === 'openai-chat',
          `${name}: ended as the dialect does`,
        );
        expected.set(requestId, { name, outcome: 'done' });
      }
      await recorded(t, expected);
    },
  );
}

t.test('of two choices both have to finish', async (t) => {
  const finish = (index: number): string =>
    `data: {"choices":[{"index":${index},"delta":{},"finish_reason":"stop"}]}\n\n`;
  const two = { n: 2 };
  const cases: [string, string[], 'done' | 'failed'][] = [
    ['cut after the first', [finish(0)], 'failed'],
    ['the first said so twice', [finish(0), finish(0)], 'failed'],
    ['both', [finish(0), chat.delta('x'), finish(1)], 'done'],
    [
      'both in one event',
      ['data: {"choices":[{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":"length"}]}\n\n'],
      'done',
    ],
  ];
  for (const [name, events, outcome] of cases) {
    reply = streamed([...HALF(chat), ...events], { ending: 'cut' });
    const { requestId, text } = await ask(chat, true, two);
    t.equal(text.endsWith('data: [DONE]\n\n'), outcome === 'done', name);
    t.equal(lastError(chat, text.replace('data: [DONE]\n\n', '')) !== undefined, outcome === 'failed', name);
    t.match(await gateway.auditOf(requestId), [{ outcome }], name);
  }
});

t.test('an error in place of an answer is one, whatever its status', async (t) => {
  for (const wire of WIRES) {
    reply = streamed([wire.error]);
    const first = await ask(wire, true);
    t.equal(first.status, 502, `${wire.id}: as first event`);
    t.match(JSON.parse(first.text), { error: { message: String } });
    reply = { chunks: ['{"error":{"message":"the engine broke","type":"server_error","code":500}}'] };
    for (const stream of [true, false]) {
      const { status, text, requestId } = await ask(wire, stream);
      t.equal(status, 502, `${wire.id}: HTTP 200 with a JSON error, stream: ${stream}`);
      t.match(
        JSON.parse(text),
        wire === messages
          ? { type: 'error', error: { type: 'api_error' } }
          : { error: { type: 'api_error' } },
      );
      t.match(await gateway.auditOf(requestId), [{ outcome: 'failed' }]);
    }
  }
});

t.test('a whole answer that breaks, or is no answer, is an error body', async (t) => {
  const replies: Record<string, UpstreamReply> = {
    cut: { chunks: [chat.whole.slice(0, 40)], headers: { 'content-length': '1000' }, ending: 'cut' },
    half: { chunks: [chat.whole.slice(0, 40)] },
    html: { chunks: ['<html>gateway error</html>'] },
    'a number': { chunks: ['1'] },
    'a stream': streamed(streamOf(chat, 'a')),
  };
  for (const [name, broken] of Object.entries(replies)) {
    reply = broken;
    const { status, text } = await ask(chat, false);
    t.equal(status, 502, name);
    t.match(JSON.parse(text), { error: { type: 'api_error', message: /provider/ } }, name);
    t.notMatch(text, /engine|html|"c"/, 'nothing of it is quoted');
  }
});

t.test('the SDKs throw on it', async (t) => {
  const openai = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: gateway.key, maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: gateway.origin, apiKey: gateway.key, maxRetries: 0 });
  const told: Record<string, () => Promise<AsyncIterable<unknown>>> = {
    chat: () => openai.chat.completions.create({ model: 'm', stream: true, messages: [] }),
    responses: () => openai.responses.create({ model: 'm', stream: true, input: 'hello' }),
    messages: () =>
      anthropic.messages.create({
        model: 'm',
        stream: true,
        max_tokens: 9,
        messages: [{ role: 'user', content: 'hi' }],
      }),
  };
  for (const wire of WIRES) {
    reply = streamed(HALF(wire), { ending: 'cut' });
    const start = told[wire.path.split('/')[2] ?? ''];
    let events = 0;
    await t.rejects(
      async () => {
        for await (const _ of (await start?.()) ?? []) events += 1;
      },
      { message: /provider/i },
      wire.id,
    );
    t.ok(events > 0, 'after what came before');
  }
});
