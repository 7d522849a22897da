import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import { ResponseMender } from './form.ts';

function mender(): ResponseMender {
  return new ResponseMender({ id: 'x1', model: 'asked-for', nowMs: 1_790_000_000_000, words: {} });
}

t.test('a response gets what it lacks; what the vendor adds stays', async (t) => {
  const body: JsonObject = {
    output: [{ content: [{ type: 'text', text: 'Hi' }] }, { name: 'f', arguments: { a: 1 } }],
    citations: ['x'],
  };
  t.same(mender().whole(body), []);
  t.match(body, {
    id: 'resp_x1',
    object: 'response',
    created_at: 1_790_000_000,
    model: 'asked-for',
    error: null,
    tools: [],
    tool_choice: 'auto',
    citations: ['x'],
    output: [
      {
        type: 'message',
        id: 'msg_x1_0',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
      },
      { type: 'function_call', call_id: 'item_x1_1', name: 'f', arguments: '{"a":1}' },
    ],
  });
  t.equal(mender().whole(body), undefined, 'mended once');
});

t.test('xAI’s searches are web searches, and its tools that OpenAI has not are named', async (t) => {
  const body: JsonObject = {
    output: [{ id: 'x', type: 'x_search_call', name: 'x_semantic_search', arguments: '{"query":"q"}' }],
    tools: [{ type: 'x_search' }, { type: 'code_interpreter' }],
  };
  t.same(mender().whole(body), ['tools[0]']);
  t.match(body.output, [
    { type: 'web_search_call', name: 'x_semantic_search', action: { type: 'search', query: 'q' } },
  ]);
  t.match(body.tools, [{ type: 'code_interpreter', container: { type: 'auto' } }]);
});

t.test('events of a stream are numbered, and belong to the item that is open there', async (t) => {
  const one = mender();
  const events: JsonObject[] = [
    { type: 'response.output_item.added', output_index: 0, item: { id: 'msg_9', type: 'message' } },
    { type: 'response.output_text.delta', delta: 'Hi' },
    { type: 'response.output_text.done', sequence_number: 7, text: 'Hi' },
    { type: 'response.content_part.done', part: { type: 'text', text: 'Hi' } },
  ];
  for (const event of events) t.ok(one.event(event), String(event.type));
  t.match(events, [
    { sequence_number: 0, item: { status: 'in_progress', role: 'assistant', content: [] } },
    { sequence_number: 1, item_id: 'msg_9', output_index: 0, content_index: 0 },
    { sequence_number: 7, item_id: 'msg_9' },
    { sequence_number: 8, part: { type: 'output_text', annotations: [] } },
  ]);
});

t.test('events and items of a vendor’s own pass as they are', async (t) => {
  const keepalive = { type: 'keepalive', at: 1 };
  t.notOk(mender().event(keepalive));
  t.same(keepalive, { type: 'keepalive', at: 1 });
});

t.test('what is no answer is not made one', async (t) => {
  t.throws(() => mender().whole({ detail: 'no' }), { code: 'provider_error' });
});
