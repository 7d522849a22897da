import t from 'tap';
import type { JsonObject } from '../core/json.ts';
import type { Operation } from './dialect.ts';
import type { TranslatedCall, TranslationTarget } from './translation.ts';
import { translation } from './translations.ts';

const TARGET: TranslationTarget = {
  model: 'claude-haiku-4-5',
  kind: 'anthropic',
  inputTokens: 7,
  nowMs: 1_700_000_000_000,
  id: 'x1',
};

function call(
  from: Operation,
  to: Operation,
  body: JsonObject,
  target: Partial<TranslationTarget> = {},
): TranslatedCall {
  const found = translation(from, to);
  if (found === undefined) throw new Error(`no translation from ${from} to ${to}`);
  return found.open(body, { ...TARGET, ...target });
}

function streamed(translated: TranslatedCall, events: readonly JsonObject[]): JsonObject[] {
  const stream = translated.stream();
  return [...events.flatMap((event) => stream.event(event)), ...stream.end()];
}

t.test('a chat reaches Anthropic, what it cannot carry is named', async (t) => {
  const { body, dropped } = call('chat', 'messages', {
    model: 'x',
    seed: 3,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
  });
  t.strictSame(body, {
    model: 'claude-haiku-4-5',
    max_tokens: 64_000,
    system: 'Be brief.',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  t.strictSame(dropped, ['seed']);
});

t.test('interleaved calls reach an Anthropic client one after the other (praxis-proxy#266)', async (t) => {
  const tool = (index: number, more: JsonObject): JsonObject => ({
    choices: [{ index: 0, delta: { tool_calls: [{ index, ...more }] } }],
  });
  const translated = call(
    'messages',
    'chat',
    { model: 'x', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
    { model: 'gpt-5.2', kind: 'openai' },
  );
  const events = streamed(translated, [
    tool(0, { id: 'a', function: { name: 'f', arguments: '' } }),
    tool(1, { id: 'b', function: { name: 'g', arguments: '{"b"' } }),
    tool(0, { function: { arguments: '{"a":1}' } }),
    tool(1, { function: { arguments: ':2}' } }),
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } },
  ]);
  const blocks = events.filter(({ type }) => String(type).startsWith('content_block'));
  t.strictSame(
    blocks.map(({ type, index }) => `${type} ${index}`),
    [
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_delta 1',
      'content_block_stop 1',
    ],
  );
  t.match(events.at(-2), { type: 'message_delta', usage: { input_tokens: 3, output_tokens: 4 } });
});

t.test('what a follower of OpenAI refuses is left out and named', async (t) => {
  const request = {
    model: 'x',
    max_tokens: 9,
    metadata: { user_id: 'u' },
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_123', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_123', content: 'x' }] },
    ],
  };
  const { body, dropped } = call('messages', 'chat', request, { model: 'mistral-large', kind: 'mistral' });
  t.equal(body.user, undefined);
  t.strictSame(dropped, ['metadata.user_id']);
  const ids = JSON.stringify(body.messages).match(/"(?:tool_call_)?id":"[^"]*"/g) ?? [];
  t.match(ids[0], /^"id":"[a-zA-Z0-9]{9}"$/, 'Mistral takes nine letters and digits');
  t.equal(ids[1]?.split(':')[1], ids[0]?.split(':')[1], 'call and result agree');
});

t.test('names of tools that the provider does not allow come back as they were', async (t) => {
  const asked = {
    model: 'x',
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ type: 'function', function: { name: 'weather.of/city', parameters: { type: 'object' } } }],
  };
  const { body, answer } = call('chat', 'messages', asked);
  const [{ name }] = body.tools as [{ name: string }];
  t.match(name, /^[a-zA-Z0-9_-]{1,64}$/);
  const told = answer({
    type: 'message',
    content: [{ type: 'tool_use', id: 't', name, input: {} }],
    stop_reason: 'tool_use',
  });
  t.match(told.body, { choices: [{ message: { tool_calls: [{ function: { name: 'weather.of/city' } }] } }] });
});

t.test('a model without JSON schemas is made to call a tool, whose arguments are the text', async (t) => {
  const asked = {
    model: 'x',
    stream: true,
    messages: [{ role: 'user', content: 'Hi' }],
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
  };
  const translated = call('chat', 'messages', asked, { model: 'claude-3-5-sonnet' });
  const [{ name }] = translated.body.tools as [{ name: string }];
  t.strictSame(translated.body.tool_choice, { type: 'tool', name });
  const { body } = translated.answer({
    type: 'message',
    content: [{ type: 'tool_use', id: 't', name, input: { a: 1 } }],
    stop_reason: 'tool_use',
  });
  t.match(body, { choices: [{ message: { content: '{"a":1}' }, finish_reason: 'stop' }] });
});

t.test(
  'Claude that thinks: the budget stays below the cap, temperature and force are left out',
  async (t) => {
    const asked = {
      model: 'x',
      max_completion_tokens: 2000,
      temperature: 0.5,
      reasoning_effort: 'high',
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', function: { name: 'f' } }],
      tool_choice: 'required',
    };
    const { body, dropped } = call('chat', 'messages', asked);
    t.strictSame(body.thinking, { type: 'enabled', budget_tokens: 1999 });
    t.equal(body.tool_choice, undefined);
    t.strictSame(new Set(dropped), new Set(['temperature', 'tool_choice']));
    const adaptive = call('chat', 'messages', asked, { model: 'claude-opus-5' });
    t.match(adaptive.body, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } });
    const short = call('chat', 'messages', { ...asked, max_completion_tokens: 500 });
    t.equal(short.body.thinking, undefined);
    t.ok(short.dropped.includes('reasoning_effort'));
  },
);

t.test('a lost signature lets Claude go on without thinking (litellm#15601)', async (t) => {
  const asked = {
    model: 'x',
    reasoning_effort: 'low',
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 't', content: 'x' },
    ],
    tools: [{ type: 'function', function: { name: 'f' } }],
  };
  const lost = call('chat', 'messages', asked);
  t.equal(lost.body.thinking, undefined);
  t.strictSame(lost.dropped, ['reasoning_effort']);
  const [, assistant] = asked.messages as JsonObject[];
  const signed = structuredClone(asked);
  Object.assign(signed.messages[1] ?? {}, {
    ...assistant,
    reasoning_details: [
      { type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', format: 'anthropic-claude-v1' },
    ],
  });
  const kept = call('chat', 'messages', signed);
  t.match(kept.body.thinking, { type: 'enabled' });
  t.match(kept.body.messages, [{}, { content: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }] }]);
});
