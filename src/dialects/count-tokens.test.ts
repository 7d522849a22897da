import t from 'tap';
import type { JsonObject } from '../core/json.ts';
import type { Operation } from './dialect.ts';
import { translation } from './translations.ts';

const MODELS: Partial<Record<Operation, string>> = {
  count_tokens: 'claude-sonnet-4-5',
  gemini_count_tokens: 'gemini-3-flash',
  converse_count_tokens: 'anthropic.claude-sonnet-4-5-v1:0',
  responses_count_tokens: 'gpt-5.4',
};

function opened(from: Operation, to: Operation, body: JsonObject, kind = 'x') {
  const target = { model: MODELS[to] ?? '', kind, inputTokens: 1, nowMs: 0, id: 'x' };
  const found = translation(from, to)?.open(body, target);
  if (found === undefined) throw new Error('no translation');
  return found;
}

const CLAUDE: JsonObject = {
  model: 'm',
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'Hi' }],
  tools: [{ name: 'look', input_schema: { type: 'object' } }],
};
const CONTENTS = [{ role: 'user', parts: [{ text: 'Hi' }] }];

t.test('Anthropic’s clients are told what the provider of the model counts', async (t) => {
  const gemini = opened('count_tokens', 'gemini_count_tokens', CLAUDE);
  t.match(gemini.body, {
    generateContentRequest: {
      model: 'models/gemini-3-flash',
      contents: CONTENTS,
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [{ functionDeclarations: [{ name: 'look' }] }],
    },
  });
  t.same(gemini.answer({ totalTokens: 7 }).body, { input_tokens: 7 });
  const vertex = opened('count_tokens', 'gemini_count_tokens', CLAUDE, 'vertex');
  t.match(vertex.body, { contents: CONTENTS });
  const converse = opened('count_tokens', 'converse_count_tokens', CLAUDE);
  t.match(converse.body, {
    input: { converse: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] } },
  });
  t.same(converse.answer({ inputTokens: 7 }).body, { input_tokens: 7 });
  const responses = opened('count_tokens', 'responses_count_tokens', CLAUDE);
  t.strictSame(
    Object.keys(responses.body).sort(),
    ['input', 'model', 'tools'],
    'nothing that OpenAI would refuse there',
  );
  t.same(responses.answer({ object: 'response.input_tokens', input_tokens: 7 }).body, { input_tokens: 7 });
});

t.test('and so are Google’s, however they write it', async (t) => {
  for (const body of [
    { contents: CONTENTS },
    { generateContentRequest: { model: 'models/m', contents: CONTENTS } },
  ]) {
    const claude = opened('gemini_count_tokens', 'count_tokens', body);
    t.same(claude.body, {
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    t.same(claude.answer({ input_tokens: 7 }).body, { totalTokens: 7 });
  }
});

t.test('an answer without a count is none', async (t) => {
  t.throws(() => opened('count_tokens', 'gemini_count_tokens', CLAUDE).answer({}), {
    code: 'provider_error',
  });
});
