import t from 'tap';
import { translation } from '../translations.ts';

const TARGET = { model: 'embed', kind: 'x', inputTokens: 9, nowMs: 0, id: 'x' };

function open(to: 'gemini_embeddings' | 'titan_embeddings' | 'cohere_embeddings', body: object) {
  const found = translation('embeddings', to);
  if (found === undefined) throw new Error(`no translation to ${to}`);
  return found.open({ model: 'm', ...body }, TARGET);
}

t.test('Gemini embeds several texts at once', async (t) => {
  const { body, dropped, answer } = open('gemini_embeddings', {
    input: ['a', 'b'],
    dimensions: 2,
    user: 'u',
  });
  t.strictSame(body, {
    requests: ['a', 'b'].map((text) => ({
      model: 'models/embed',
      content: { parts: [{ text }] },
      outputDimensionality: 2,
    })),
  });
  t.strictSame(dropped, ['user']);
  const told = answer({
    embeddings: [{ values: [0.5, 1] }, { values: [2, 3] }],
    usageMetadata: { promptTokenCount: 4 },
  });
  t.match(told.body, {
    object: 'list',
    data: [
      { index: 0, embedding: [0.5, 1] },
      { index: 1, embedding: [2, 3] },
    ],
    usage: { prompt_tokens: 4 },
  });
  t.match(told.usage, { inputTokens: 4, source: 'reported' });
});

t.test('base64 is made here: SDKs ask for it unless told otherwise', async (t) => {
  const { answer } = open('titan_embeddings', { input: 'a', encoding_format: 'base64' });
  const { body } = answer({ embedding: [0.5, -1], inputTextTokenCount: 3 });
  const [{ embedding }] = body.data as [{ embedding: string }];
  const floats = Buffer.from(embedding, 'base64');
  t.strictSame([floats.readFloatLE(0), floats.readFloatLE(4)], [0.5, -1]);
});

t.test(
  'Cohere’s vectors are read in both of its forms; usage that is not reported is estimated',
  async (t) => {
    const { body, answer } = open('cohere_embeddings', { input: 'a' });
    t.match(body, { texts: ['a'], input_type: 'search_document' });
    const plain = answer({ embeddings: [[1, 2]] });
    t.match(plain.body, { data: [{ embedding: [1, 2] }], usage: { prompt_tokens: 9 } });
    t.equal(plain.usage, undefined);
    const typed = answer({ embeddings: { float: [[1, 2]] }, meta: { billed_units: { input_tokens: 5 } } });
    t.match(typed, { body: { data: [{ embedding: [1, 2] }] }, usage: { inputTokens: 5 } });
  },
);

t.test('what a model cannot embed is refused', async (t) => {
  t.throws(() => open('titan_embeddings', { input: ['a', 'b'] }), { code: 'invalid_request' });
  t.throws(() => open('gemini_embeddings', { input: [1, 2] }), { code: 'invalid_request' });
});
