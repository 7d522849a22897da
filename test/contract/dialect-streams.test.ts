/** Streams as providers really send them: whatever their form and however they are cut, they say the same. */
import t from 'tap';
import type { Fault } from '../../src/core/fault.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Target } from '../../src/dialects/canonical/features.ts';
import { openAiChat, translation } from '../../src/dialects/index.ts';
import { type Facts, factsOf } from '../replay/facts.ts';
import { CUTTINGS, cut, eventsOf } from '../replay/framing.ts';

const CLIENTS = ['chat', 'responses', 'messages', 'gemini'] as const;
type Client = (typeof CLIENTS)[number];

const ASKED: Readonly<Record<Client, JsonObject>> = {
  chat: {
    model: 'm',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'Hi' }],
  },
  responses: { model: 'm', stream: true, input: 'Hi' },
  messages: { model: 'm', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
};

function told(client: Client, provider: Target, events: readonly JsonObject[], more: JsonObject = {}) {
  const call = translation(client, provider)?.open(
    { ...ASKED[client], ...more },
    { model: 'm', kind: 'other', inputTokens: 5, nowMs: 0, id: 'x' },
  );
  if (call === undefined) throw new Error(`no translation from ${client} to ${provider}`);
  const stream = call.stream();
  const out = events.flatMap((event) => stream.event(event));
  if (stream.complete()) out.push(...stream.end());
  return { out, complete: stream.complete(), usage: stream.usage() };
}

const chunk = (choice: JsonObject, more: JsonObject = {}): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, ...choice }], ...more })}`;
const say = (content: string): string => chunk({ delta: { content } });
const END = chunk({ delta: {}, finish_reason: 'stop' });
const COUNTS = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const USAGE = `data: ${JSON.stringify({ id: 'c', choices: [], usage: COUNTS })}`;
const DONE = 'data: [DONE]';
const tool = (call: JsonObject, more: JsonObject = {}): string =>
  chunk({ delta: { ...more, tool_calls: [call] } });
const TOOLS_END = chunk({ delta: {}, finish_reason: 'tool_calls' });

interface Case {
  readonly provider?: Target;
  readonly stream: string;
  readonly facts: Partial<Facts>;
}

const frames = (...list: readonly string[]): string => list.map((frame) => `${frame}\n\n`).join('');
const used = { input: 3, output: 2, cached: 0 };
const WEATHER = [{ name: 'f', args: '{"a":"b"}' }];

const CASES: Readonly<Record<string, Case>> = {
  'line feeds': {
    stream: frames(say('Grü'), say('ße 🌊'), END, USAGE, DONE),
    facts: { texts: ['Grüße 🌊'], finish: 'stop', usage: used },
  },
  'CRLF (Gemini, Perplexity)': {
    stream: frames(say('Grüße'), END, USAGE, DONE).replaceAll('\n', '\r\n'),
    facts: { texts: ['Grüße'], usage: used },
  },
  'comments between and inside frames (OpenRouter; portkey#1035)': {
    stream: `: OPENROUTER PROCESSING\n\n:\n${frames(say('A'), ': ping', say('B'), END, USAGE, DONE)}`,
    facts: { texts: ['AB'], usage: used },
  },
  'data over several lines': {
    stream: frames(say('A').replace(',"created"', ',\ndata: "created"'), END, USAGE, DONE),
    facts: { texts: ['A'], finish: 'stop', usage: used },
  },
  'event names, ids and retries': {
    stream: frames(`event: x\nid: 1\nretry: 5\n${say('A')}`, END, USAGE, DONE),
    facts: { texts: ['A'] },
  },
  'no blank line after the last event': {
    stream: `${frames(say('A'), END)}${USAGE}`,
    facts: { texts: ['A'], usage: used },
  },
  'no [DONE]': { stream: frames(say('A'), END, USAGE), facts: { texts: ['A'], finish: 'stop', usage: used } },
  'usage before the end': {
    stream: frames(say('A'), USAGE, END, DONE),
    facts: { texts: ['A'], finish: 'stop', usage: used },
  },
  'usage in every chunk (Perplexity)': {
    stream: frames(
      chunk({ delta: { content: 'A' } }, { usage: { ...COUNTS, completion_tokens: 1, total_tokens: 4 } }),
      chunk({ delta: {}, finish_reason: 'stop' }, { usage: COUNTS }),
    ),
    facts: { texts: ['A'], usage: used },
  },
  'usage beside the end (Mistral, Together)': {
    stream: frames(say('A'), chunk({ delta: {}, finish_reason: 'stop' }, { usage: COUNTS }), DONE),
    facts: { usage: used },
  },
  'an unreadable event is passed over (litellm#40404)': {
    stream: frames(say('A'), 'data: {"id":', say('B'), END, USAGE, DONE),
    facts: { texts: ['AB'], usage: used },
  },
  'arguments bit by bit': {
    stream: frames(
      tool({ index: 0, id: 't', type: 'function', function: { name: 'f', arguments: '' } }),
      tool({ index: 0, function: { arguments: '{"a"' } }),
      tool({ index: 0, function: { arguments: ':"b"}' } }),
      TOOLS_END,
      USAGE,
      DONE,
    ),
    facts: { calls: WEATHER, finish: 'tool_calls' },
  },
  'arguments only at the end (litellm#25836)': {
    stream: frames(
      tool({ index: 0, id: 't', type: 'function', function: { name: 'f', arguments: '' } }),
      chunk({
        delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":"b"}' } }] },
        finish_reason: 'tool_calls',
      }),
      USAGE,
      DONE,
    ),
    facts: { calls: WEATHER, finish: 'tool_calls' },
  },
  'text and a call in one chunk (litellm#25321)': {
    stream: frames(
      tool(
        { index: 0, id: 't', function: { name: 'f', arguments: '{"a":"b"}' } },
        { content: 'Let me see.' },
      ),
      TOOLS_END,
      USAGE,
      DONE,
    ),
    facts: { texts: ['Let me see.'], calls: WEATHER, finish: 'tool_calls' },
  },
  'calls without numbers (Mistral), without ids (Ollama)': {
    stream: frames(
      tool({ function: { name: 'f', arguments: '{"a":"b"}' } }),
      tool({ function: { name: 'g', arguments: {} } }),
      END,
      USAGE,
      DONE,
    ),
    facts: { calls: [...WEATHER, { name: 'g', args: '{}' }], finish: 'tool_calls' },
  },
  'two calls interleaved (praxis-proxy#266)': {
    stream: frames(
      tool({ index: 0, id: 't', function: { name: 'f', arguments: '{"a"' } }),
      tool({ index: 1, id: 'u', function: { name: 'g', arguments: '{' } }),
      tool({ index: 0, function: { arguments: ':"b"}' } }),
      tool({ index: 1, function: { arguments: '}' } }),
      TOOLS_END,
      USAGE,
      DONE,
    ),
    facts: { calls: [...WEATHER, { name: 'g', args: '{}' }], finish: 'tool_calls' },
  },
  'a call without arguments': {
    stream: frames(
      tool({ index: 0, id: 't', function: { name: 'f', arguments: '' } }),
      TOOLS_END,
      USAGE,
      DONE,
    ),
    facts: { calls: [{ name: 'f', args: '{}' }], finish: 'tool_calls' },
  },
  'Anthropic: pings, and a call that begins whole': {
    provider: 'messages',
    stream: frames(
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"c","usage":{"input_tokens":3,"output_tokens":1}}}',
      'event: ping\ndata: {"type":"ping"}',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":"b"}}}',
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}',
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}',
      'event: message_stop\ndata: {"type":"message_stop"}',
    ),
    facts: { calls: WEATHER, finish: 'tool_calls', usage: used },
  },
  'Gemini: parallel calls in several chunks (litellm#16194)': {
    provider: 'gemini',
    stream: frames(
      'data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":"b"}}}]}}]}',
      'data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":"b"}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5}}',
    ).replaceAll('\n', '\r\n'),
    facts: { calls: [...WEATHER, ...WEATHER], finish: 'tool_calls', usage: used },
  },
};

for (const [name, { provider = 'chat', stream, facts }] of Object.entries(CASES)) {
  t.test(name, async (t) => {
    for (const client of CLIENTS) {
      if (client === provider) continue;
      const seen = new Set<string>();
      for (const way of CUTTINGS) {
        const { out, complete } = told(
          client,
          provider,
          eventsOf(cut(Buffer.from(stream), way, 'sse'), 'sse'),
        );
        t.ok(complete, `${client}, cut by ${way}`);
        seen.add(JSON.stringify(out));
        t.match(factsOf(client, out, true), facts, `${client}, cut by ${way}`);
      }
      t.equal(seen.size, 1, `${client}: the same however it is cut`);
    }
  });
}

t.test('a stream cut at any byte is complete with its end only', async (t) => {
  const stream = Buffer.from(frames(say('Grüße'), END, DONE));
  const end = stream.indexOf(END) + END.length;
  for (let at = 0; at < stream.length; at++) {
    const events = eventsOf([stream.subarray(0, at)], 'sse');
    const { complete } = told('messages', 'chat', events);
    t.equal(complete, at >= end, `cut at ${at}`);
  }
});

t.test('two choices interleaved stay apart', async (t) => {
  const stream = frames(
    say('A'),
    chunk({ index: 1, delta: { content: 'x' } }),
    say('B'),
    chunk({ index: 1, delta: { content: 'y' } }),
    END,
    chunk({ index: 1, delta: {}, finish_reason: 'length' }),
    USAGE,
  );
  const events = eventsOf([Buffer.from(stream)], 'sse');
  const { out, complete } = told('gemini', 'chat', events, { generationConfig: { candidateCount: 2 } });
  t.ok(complete);
  t.strictSame(factsOf('gemini', out, true).texts, ['AB', 'xy']);
  const half = told('gemini', 'chat', events.slice(0, 5), { generationConfig: { candidateCount: 2 } });
  t.notOk(half.complete, 'one of two choices is no end');
});

t.test('an error inside a 200 stream is an error, never an end', async (t) => {
  const stream = frames(say('A'), 'data: {"error":{"message":"overloaded","code":503}}');
  const events = eventsOf([Buffer.from(stream)], 'sse');
  t.equal(openAiChat.stream.error(events.at(-1) ?? {}), 'overloaded');
  t.notOk(told('messages', 'chat', events.slice(0, -1)).complete);
});

t.test('an end that is a failure is thrown (litellm#36768, Portkey says "stop")', async (t) => {
  const failing = [
    ['chat', { choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }],
    ['gemini', { candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] }],
    ['responses', { type: 'response.failed', response: { status: 'failed', error: { message: 'no' } } }],
  ] as const;
  for (const [provider, event] of failing) {
    t.throws(
      () => told('messages', provider, [event as unknown as JsonObject]),
      { code: 'provider_error' } as Fault,
      provider,
    );
  }
});

t.test('a prompt that Gemini blocks is a refusal, not a crash', async (t) => {
  const blocked = {
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 3 },
  };
  for (const client of ['chat', 'responses', 'messages'] as const) {
    const { out, complete } = told(client, 'gemini', [blocked]);
    t.ok(complete);
    t.match(factsOf(client, out, true), { finish: 'content_filter' }, client);
  }
});

t.test(
  'a whole answer that is none (an error under 200, garbage) is a failure of the provider',
  async (t) => {
    for (const provider of ['chat', 'responses', 'gemini', 'converse'] as const) {
      const call = translation('messages', provider)?.open(ASKED.messages, {
        model: 'm',
        kind: 'other',
        inputTokens: 5,
        nowMs: 0,
        id: 'x',
      });
      for (const body of [{ error: { message: 'overloaded' } }, {}]) {
        t.throws(() => call?.answer(body), { code: 'provider_error' } as Fault, provider);
      }
    }
  },
);
