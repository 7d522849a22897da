import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import { MessageMender } from './form.ts';

function mender(): MessageMender {
  return new MessageMender({ id: 'x1', model: 'asked-for', nowMs: 0, words: {} });
}

const CLASSIC = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [
    { type: 'text', text: 'Hi' },
    { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
    { type: 'some_new_block', anything: 1 },
  ],
  stop_reason: 'a_new_reason',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

t.test('an answer of an older or newer API than the SDK’s is well-formed', async (t) => {
  const body: JsonObject = structuredClone(CLASSIC);
  t.equal(mender().whole(body), undefined);
  t.same(body, CLASSIC);
});

t.test('a compatible server’s message gets all that the SDK’s types have', async (t) => {
  const body: JsonObject = {
    content: [
      { text: 'Hi' },
      { type: 'tool_use', name: 'f', input: null },
      { type: 'thinking', thinking: 'hm' },
    ],
    stop_reason: 'tool_calls',
    usage: { input_tokens: 1 },
  };
  t.same(mender().whole(body), []);
  t.match(body, {
    id: 'msg_x1',
    type: 'message',
    role: 'assistant',
    model: 'asked-for',
    stop_reason: 'tool_use',
    stop_sequence: null,
    container: null,
    usage: { input_tokens: 1, output_tokens: 0, cache_read_input_tokens: null, service_tier: null },
    content: [
      { type: 'text', citations: null },
      { type: 'tool_use', id: 'toolu_x1_1', input: {}, caller: { type: 'direct' } },
      { type: 'thinking', signature: '' },
    ],
  });
});

t.test('events get the number of the block that is open', async (t) => {
  const one = mender();
  const events: JsonObject[] = [
    { type: 'content_block_start', index: 3, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'content_block_stop' },
    { type: 'message_delta', delta: { stop_reason: 'length' }, usage: { output_tokens: 2 } },
    { type: 'ping' },
  ];
  t.same(
    events.map((event) => one.event(event)),
    [false, true, true, true, false],
  );
  t.match(events, [
    {},
    { index: 3 },
    { index: 3 },
    { delta: { stop_reason: 'max_tokens', stop_sequence: null } },
    {},
  ]);
});
