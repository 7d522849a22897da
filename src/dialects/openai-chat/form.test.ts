import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import type { VendorWords } from '../forms/mender.ts';
import { ChatMender } from './form.ts';

function mender(words: VendorWords = {}): ChatMender {
  return new ChatMender({ id: 'x1', model: 'asked-for', nowMs: 1_790_000_000_000, words });
}

function mended(choice: JsonObject, more: JsonObject = {}, words?: VendorWords): JsonObject {
  const body: JsonObject = { object: 'chat.completion', choices: [choice], ...more };
  mender(words).whole(body);
  return body;
}

function chunks(...deltas: readonly JsonObject[]): JsonObject[] {
  const one = mender();
  return deltas.map((delta) => {
    const event: JsonObject = { choices: [{ delta }] };
    one.event(event);
    return event;
  });
}

t.test('an envelope without id, date and model gets them, the same through a stream', async (t) => {
  t.match(mended({ message: { role: 'assistant', content: 'Hi' } }), {
    id: 'chatcmpl-x1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'asked-for',
    choices: [{ index: 0, finish_reason: 'stop' }],
  });
  const one = mender();
  const first: JsonObject = {
    id: 'theirs',
    object: '',
    created: 7,
    model: '',
    choices: [],
    prompt_filter_results: [{}],
  };
  const second: JsonObject = { choices: [{ index: 0, delta: { content: 'Hi' } }] };
  t.ok(one.event(first) && one.event(second));
  t.match(first, { object: 'chat.completion.chunk', prompt_filter_results: [{}] }, 'Azure’s members stay');
  t.match(second, { id: 'theirs', created: 7, choices: [{ finish_reason: null }] });
});

t.test('Mistral’s content in parts is text, its thoughts are where others have them', async (t) => {
  const parts = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
    { type: 'text', text: 'Hi' },
    { type: 'reference', reference_ids: [1] },
  ];
  const body: JsonObject = {
    choices: [{ message: { role: 'assistant', content: parts, tool_calls: null } }],
  };
  t.same(mender().whole(body), ['choices[0].message.content[2]'], 'what cannot be text is named');
  t.match(body.choices, [{ message: { content: 'Hi', reasoning_content: 'hm', tool_calls: undefined } }]);
  const [thought] = chunks({ content: parts });
  t.match(thought, {
    choices: [{ delta: { content: 'Hi', reasoning_content: 'hm' } }],
    sluice: { dropped: ['choices[0].delta.content[2]'] },
  });
});

t.test('calls get what they lack: type, id, number, arguments as text', async (t) => {
  t.match(
    mended({
      message: {
        tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }, { custom: { name: 'g', input: 'x' } }],
      },
    }),
    {
      choices: [
        {
          message: {
            content: null,
            tool_calls: [
              { id: 'call_x1_0_0', type: 'function', function: { arguments: '{"a":1}' } },
              { id: 'call_x1_0_1', type: 'custom' },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    },
  );
  const numbers = chunks(
    { tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{' } }] },
    { tool_calls: [{ function: { arguments: '}' } }] },
    { tool_calls: [{ id: 'b', function: { name: 'f', arguments: '{}' } }] },
    { tool_calls: [{ id: 'a', function: { arguments: ' ' } }] },
  ).map(({ choices }) => (choices as JsonObject[])[0]?.delta);
  t.match(
    numbers,
    [0, 0, 1, 0].map((index) => ({ tool_calls: [{ index }] })),
  );
});

t.test('words for the end are the dialect’s; one that is no end is an error', async (t) => {
  const said = { role: 'assistant', content: 'Hi' };
  const table = {
    eos: 'stop',
    model_length: 'length',
    sensitive: 'content_filter',
    tool_use: 'tool_calls',
    whatever: 'stop',
  };
  for (const [word, meant] of Object.entries(table)) {
    t.match(
      mended({ index: 0, message: said, finish_reason: word }),
      { choices: [{ finish_reason: meant }] },
      word,
    );
  }
  t.match(mended({ message: said, finish_reason: 'full' }, {}, { finish: { full: 'length' } }), {
    choices: [{ finish_reason: 'length' }],
  });
  for (const word of ['error', 'network_error', 'insufficient_system_resource']) {
    t.throws(() => mended({ message: said, finish_reason: word }), { code: 'provider_error' }, word);
  }
});

t.test('a tier has the vendor’s own words, or none', async (t) => {
  const choice = { message: { content: 'Hi' } };
  const words = { tier: { on_demand: 'default' } };
  t.match(mended(choice, { service_tier: 'on_demand' }, words), { service_tier: 'default' });
  t.match(mended(choice, { service_tier: 'on_demand' }), { service_tier: null });
});

t.test('usage that counts nothing is none, never zero', async (t) => {
  t.notOk('usage' in mended({ message: {} }, { usage: {} }));
  t.match(
    mended(
      { message: {} },
      { usage: { prompt_tokens: 3, completion_tokens: '4', prompt_tokens_details: null } },
    ),
    {
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, prompt_tokens_details: undefined },
    },
  );
});

t.test('what is no answer is not made one', async (t) => {
  for (const body of [{}, { detail: 'no' }, { choices: null }, { status: 'ok' }]) {
    t.throws(() => mender().whole(body), { code: 'provider_error' });
  }
});
