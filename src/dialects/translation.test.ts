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
