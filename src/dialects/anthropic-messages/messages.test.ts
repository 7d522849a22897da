import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { anthropicCountTokens, anthropicMessages } from './index.ts';

const { stream } = anthropicMessages;

t.test('every kind of block is read, and told apart by who wrote it', async (t) => {
  const pieces = anthropicMessages.texts({
    model: 'claude-opus-5',
    max_tokens: 10,
    system: [{ type: 'text', text: 'be kind', cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: 'hello' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'AAAA' },
          { type: 'redacted_thinking', data: 'AAAA' },
          { type: 'tool_use', id: 'toolu_1', name: 'f', input: { name: 'Ada', type: { id: 'x1' } } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'found' }] },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          {
            type: 'document',
            title: 'Letter',
            context: 'from Ada',
            source: { type: 'text', media_type: 'text/plain', data: 'Dear Bob' },
          },
        ],
      },
    ],
    metadata: { user_id: 'ada@x.test' },
  });
  t.same(
    pieces.map(({ path, origin, text }) => `${path} ${origin}: ${text}`),
    [
      'system[0].text system: be kind',
      'messages[0].content user: hello',
      'messages[1].content[0].thinking assistant: hm',
      'messages[1].content[2].input.name assistant: Ada',
      'messages[1].content[2].input.type.id assistant: x1',
      'messages[2].content[0].content[0].text tool: found',
      'messages[2].content[2].title user: Letter',
      'messages[2].content[2].context user: from Ada',
      'messages[2].content[2].source.data user: Dear Bob',
      'metadata.user_id metadata: ada@x.test',
    ],
  );
});

function overStream(...reports: JsonObject[]): Usage | undefined {
  let usage: Usage | undefined;
  for (const [index, report] of reports.entries()) {
    const event =
      index === 0
        ? { type: 'message_start', message: { usage: report } }
        : { type: 'message_delta', delta: {}, usage: report };
    usage = stream.usage(event, usage);
  }
  return usage;
}

t.test('input is what was read in all, cached or not; later reports complete earlier ones', async (t) => {
  const start = {
    input_tokens: 10,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 50,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
    output_tokens: 1,
  };
  const expected = {
    inputTokens: 160,
    cachedInputTokens: 100,
    cacheWriteTokens: 50,
    cacheWrite1hTokens: 30,
    outputTokens: 7,
    reasoningTokens: 3,
    source: 'reported',
  };
  const end = { output_tokens: 7, output_tokens_details: { thinking_tokens: 3 } };
  t.match(overStream(start, end), expected, 'only the output is reported at the end');
  const again = { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 50 };
  t.match(overStream(start, { ...again, ...end }), expected, 'all is repeated at the end');
  t.match(overStream({ input_tokens: 43, output_tokens: 1 }, { input_tokens: 61, output_tokens: 2 }), {
    inputTokens: 61,
    outputTokens: 2,
  });
  t.match(overStream(start, { input_tokens: 0, output_tokens: 0 }), { inputTokens: 150 });
  t.equal(overStream({ input_tokens: 'x' }), undefined);
  t.match(anthropicMessages.answerUsage({ usage: { ...start, ...end } }), expected);
});

t.test('a compaction is paid for as well, a fallback only once', async (t) => {
  const message = { type: 'message', input_tokens: 612, output_tokens: 2819 };
  const compaction = { type: 'compaction', input_tokens: 60385, output_tokens: 522 };
  const start = { input_tokens: 60385, output_tokens: 5 };
  const end = { input_tokens: 612, output_tokens: 2819, iterations: [compaction, message] };
  t.match(overStream(start, end), { inputTokens: 60997, outputTokens: 3341 });
  const fallback = { type: 'fallback_message', input_tokens: 412, output_tokens: 264 };
  const fell = {
    input_tokens: 412,
    output_tokens: 264,
    iterations: [{ ...message, output_tokens: 0 }, fallback],
  };
  t.match(overStream({ input_tokens: 408, output_tokens: 1 }, fell), { inputTokens: 412, outputTokens: 264 });
});

t.test('counting tokens costs none', async (t) => {
  t.match(anthropicCountTokens.answerUsage({ input_tokens: 900 }), { inputTokens: 0, source: 'reported' });
  t.match(anthropicCountTokens.describe({ model: 'm', messages: [] }), { stream: false, outputCapTokens: 0 });
});

t.test('each block has a channel of its own, and closes with it', async (t) => {
  const delta = (index: number, more: JsonObject): JsonObject => ({
    type: 'content_block_delta',
    index,
    delta: more,
  });
  const channels = (event: JsonObject): unknown[] =>
    stream.pieces(event).map(({ channel, text, json, aggregate }) => [channel, text, json, aggregate]);
  t.same(channels(delta(0, { type: 'text_delta', text: 'a' })), [['0/text', 'a', false, false]]);
  t.same(channels(delta(1, { type: 'thinking_delta', thinking: 'b' })), [['1/thinking', 'b', false, false]]);
  t.same(channels(delta(2, { type: 'input_json_delta', partial_json: '{' })), [
    ['2/partial_json', '{', true, false],
  ]);
  t.same(channels(delta(1, { type: 'signature_delta', signature: 'AAAA' })), []);
  t.same(channels(delta(0, { type: 'citations_delta', citation: { type: 'x', cited_text: 'c' } })), [
    ['delta.citation.cited_text', 'c', false, true],
  ]);
  const start = { type: 'content_block_start', index: 3, content_block: { type: 'text', text: 'begin' } };
  t.same(channels(start), [['3/text', 'begin', false, false]]);
  t.same(stream.closes({ type: 'content_block_stop', index: 3 }), ['3/']);
  t.equal(stream.closes({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }), 'all');
  t.same(channels(stream.carrier('2/partial_json', '}', {})), [['2/partial_json', '}', true, false]]);
});

t.test('an event or a delta of an unknown type is blocked where text is policed (aisix#204)', async (t) => {
  t.throws(() => stream.pieces({ type: 'telepathy' }), { code: 'answer_blocked' });
  t.throws(
    () => stream.pieces({ type: 'content_block_delta', delta: { type: 'telepathy_delta', text: 'Ada' } }),
    {
      code: 'answer_blocked',
    },
  );
  t.same(stream.pieces({ type: 'ping' }), []);
});

t.test('only usage, ends and errors are interesting', async (t) => {
  const table: [string, boolean][] = [
    ['{"type":"content_block_delta","delta":{"type":"text_delta","text":"\\"message_stop\\""}}', false],
    ['{"type":"ping"}', false],
    ['{"type":"message_stop"}', true],
    ['{"type":"message_start","message":{"stop_reason":null,"usage":{"input_tokens":1}}}', true],
    ['{"type":"message_delta","delta":{"stop_reason":"end_turn"}}', true],
    ['{"type":"error","error":{"message":"m"}}', true],
  ];
  for (const [data, expected] of table) t.equal(stream.interesting(data), expected, data);
});
