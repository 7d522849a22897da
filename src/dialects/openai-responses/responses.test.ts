import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import { openAiResponses } from './index.ts';

const { stream } = openAiResponses;

t.test('every kind of input is read (LiteLLM forgot `instructions` and `input`)', async (t) => {
  const pieces = openAiResponses.texts({
    model: 'gpt-5',
    instructions: 'be kind',
    input: [
      { role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"q":"x"}' },
      { type: 'function_call_output', call_id: 'c', output: 'found' },
      {
        type: 'reasoning',
        id: 'rs_1',
        encrypted_content: 'gAAAA',
        summary: [{ type: 'summary_text', text: 'so' }],
      },
      { type: 'item_reference', id: 'msg_1' },
    ],
    prompt: { id: 'p', variables: { name: 'Ada' } },
    text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object', description: 'who' } } },
  });
  t.same(
    pieces.map(({ path, origin, json }) => `${path} ${origin}${json ? ' json' : ''}`),
    [
      'instructions system',
      'input[0].content[0].text user',
      'input[1].arguments assistant json',
      'input[2].output tool',
      'input[3].summary[0].text user',
      'prompt.variables.name user',
      'text.format.schema.description system',
    ],
  );
  t.same(
    openAiResponses.texts({ input: 'hello' }).map((piece) => piece.path),
    ['input'],
  );
});

t.test('what the gateway needs to know of a body', async (t) => {
  const tools = [
    { type: 'function', name: 'f' },
    { type: 'web_search' },
    { type: 'mcp', server_label: 'wiki', server_url: 'https://x.test' },
  ];
  t.match(openAiResponses.describe({ model: 'm', input: 'x', tools, max_output_tokens: 9, stream: true }), {
    tools: ['f', 'web_search', 'mcp:wiki'],
    outputCapTokens: 9,
    stream: true,
  });
  t.equal(openAiResponses.describe({ prompt: { id: 'pmpt_1' } }).model, '');
  t.throws(() => openAiResponses.describe({ model: 'm', input: 7 }), {
    code: 'invalid_request',
    details: { param: 'input' },
  });
  t.throws(() => openAiResponses.describe({ model: 'm', input: ['x'] }), {
    code: 'invalid_request',
    details: { param: 'input[0]' },
  });
});

t.test('an event of an unknown type is blocked where text is policed (aisix#204)', async (t) => {
  t.throws(() => stream.pieces({ type: 'response.telepathy.delta', delta: 'Ada' }), {
    code: 'answer_blocked',
  });
  t.same(stream.pieces({ type: 'response.web_search_call.searching', item_id: 'ws' }), []);
});

t.test('only the event that brings the id, ends, usage and errors are interesting', async (t) => {
  const table: [JsonObject, boolean][] = [
    [{ type: 'response.created', response: { usage: null, error: null } }, true],
    [{ type: 'response.output_text.delta', delta: '"response.completed" "usage":{}' }, false],
    [{ type: 'response.completed', response: { usage: null } }, true],
    [{ type: 'response.failed', response: {} }, true],
    [{ type: 'error', message: 'm' }, true],
    [{ type: 'response.in_progress', response: { usage: { input_tokens: 1 } } }, true],
  ];
  for (const [event, expected] of table) {
    t.equal(stream.interesting(JSON.stringify(event)), expected, String(event.type));
    t.equal(stream.interesting(JSON.stringify(event, null, 1)), expected, String(event.type));
  }
});

t.test('how a response ended, and why', async (t) => {
  const end = (type: string, response: JsonObject): unknown =>
    stream.finish({ type: `response.${type}`, response });
  t.equal(end('completed', { status: 'completed' }), 'completed');
  t.equal(
    end('incomplete', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
    'max_output_tokens',
  );
  t.equal(stream.error({ type: 'response.failed', response: { error: { message: 'no' } } }), 'no');
  t.equal(stream.error({ type: 'error', message: 'flat' }), 'flat');
  t.equal(stream.error({ type: 'error', error: { message: 'nested' } }), 'nested');
  t.same(stream.completes({ type: 'response.output_text.done' }), []);
});

t.test('held-back text goes out as a delta of its item, in order', async (t) => {
  const like = {
    type: 'response.output_item.done',
    output_index: 1,
    sequence_number: 9,
    item: { id: 'msg_7' },
  };
  t.same(stream.closes(like), ['1/']);
  t.same(stream.carrier('1/text/0', 'held', like), {
    type: 'response.output_text.delta',
    sequence_number: 9,
    item_id: 'msg_7',
    output_index: 1,
    content_index: 0,
    delta: 'held',
    logprobs: [],
  });
  t.same(stream.closes({ type: 'response.output_text.done', output_index: 1, content_index: 2 }), [
    '1/text/2',
  ]);
  t.equal(stream.closes({ type: 'response.completed' }), 'all');
  t.same(stream.carrier('0/stdout/1', 'x', {}).delta, { stdout: 'x' });
});

t.test('the completed response is read again as a whole (litellm PR#31503)', async (t) => {
  const output = [
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Ada', logprobs: [{}] }] },
  ];
  const event: JsonObject = {
    type: 'response.completed',
    response: { id: 'r', output, usage: { input_tokens: 1 } },
  };
  t.same(
    stream.pieces(event).map(({ path, text, aggregate }) => [path, text, aggregate]),
    [['response.output[0].content[0].text', 'Ada', true]],
  );
  openAiResponses.dropTokenEchoes(event);
  t.match(JSON.stringify(event), '"logprobs":[]');
  stream.setCost(event, '0.000125');
  t.match(event, { response: { usage: { input_tokens: 1, cost_usd: '0.000125' } } });
});
