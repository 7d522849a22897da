import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import { translation } from '../translations.ts';

const TARGET = { model: 'command-a-reasoning-08-2025', kind: 'cohere', inputTokens: 9, nowMs: 0, id: 'x' };
const TOOL = { name: 'look', input_schema: { type: 'object' } };

function opened(body: JsonObject) {
  const found = translation('messages', 'cohere_chat')?.open({ model: 'm', max_tokens: 50, ...body }, TARGET);
  if (found === undefined) throw new Error('no translation');
  return found;
}

const asked = { messages: [{ role: 'user', content: 'hi' }] };

t.test('the plan before calls comes as a thought and goes back as a plan', async (t) => {
  const { answer } = opened({ ...asked, tools: [TOOL] });
  const { body, usage } = answer({
    id: 'c1',
    message: {
      role: 'assistant',
      tool_plan: 'I will look.',
      tool_calls: [{ id: 'look_1', type: 'function', function: { name: 'look', arguments: '' } }],
    },
    finish_reason: 'TOOL_CALL',
    usage: {
      billed_units: { input_tokens: 5, output_tokens: 3 },
      tokens: { input_tokens: 900, output_tokens: 9 },
    },
  });
  t.match(body, {
    content: [
      { type: 'thinking', thinking: 'I will look.' },
      { type: 'tool_use', id: 'look_1', name: 'look', input: {} },
    ],
    stop_reason: 'tool_use',
  });
  t.match(usage, { inputTokens: 5, outputTokens: 3, cachedInputTokens: 0 }, 'what is billed');
  const result = {
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: 'look_1', content: 'a cat' }],
  };
  const next = opened({
    messages: [...asked.messages, { role: 'assistant', content: body.content ?? [] }, result],
  });
  t.match(next.body.messages, [
    { role: 'user', content: 'hi' },
    { role: 'assistant', tool_plan: 'I will look.', tool_calls: [{ id: 'look_1' }] },
    { role: 'tool', tool_call_id: 'look_1', content: 'a cat' },
  ]);
});

t.test('tools, samplings and thinking in its own words', async (t) => {
  const { body, dropped } = opened({
    ...asked,
    system: 'Be brief.',
    tools: [TOOL, { ...TOOL, name: 'other' }],
    tool_choice: { type: 'tool', name: 'look' },
    top_p: 1,
    top_k: 4,
    stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'],
    thinking: { type: 'enabled', budget_tokens: 2000 },
  });
  t.match(body, {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
    ],
    tool_choice: 'REQUIRED',
    p: 0.99,
    k: 4,
    max_tokens: 50,
    thinking: { type: 'enabled', token_budget: 2000 },
  });
  t.equal((body.tools as unknown[]).length, 1, 'the one that must be called is the only one');
  t.equal((body.stop_sequences as unknown[]).length, 5);
  t.strictSame(dropped, ['stop_sequences']);
});

t.test('a stream of thoughts, text and citations', async (t) => {
  const call = translation('chat', 'cohere_chat')?.open({ model: 'm', stream: true, ...asked }, TARGET);
  const stream = call?.stream();
  const content = (message: JsonObject) => ({ type: 'content-delta', index: 0, delta: { message } });
  const source = { type: 'document', document: { url: 'https://x.test/a', title: 'A' } };
  const events = [
    { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant' } } },
    content({ content: { thinking: 'hm' } }),
    content({ content: { text: 'it is' } }),
    {
      type: 'citation-start',
      delta: {
        message: { citations: { start: 0, end: 5, text: 'it is', sources: [source, { type: 'tool' }] } },
      },
    },
    {
      type: 'message-end',
      delta: { finish_reason: 'MAX_TOKENS', usage: { billed_units: { input_tokens: 2, output_tokens: 3 } } },
    },
  ];
  const told = JSON.stringify([
    ...events.flatMap((event) => stream?.event(event) ?? []),
    ...(stream?.end() ?? []),
  ]);
  for (const said of [
    '"reasoning_content":"hm"',
    '"content":"it is"',
    'https://x.test/a',
    '"finish_reason":"length"',
  ])
    t.ok(told.includes(said), said);
  t.equal(stream?.complete(), true);
});

t.test('an end that is none is an error', async (t) => {
  const { answer } = opened(asked);
  const given = { id: 'c', message: { role: 'assistant', content: [] }, finish_reason: 'TIMEOUT' };
  t.throws(() => answer(given), { code: 'provider_error', message: /TIMEOUT/ });
});
