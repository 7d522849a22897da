import t from 'tap';
import { openAiChat } from '../dialects/index.ts';
import { knownCapabilities, suffices } from './capabilities.ts';
import { needsOf } from './needs.ts';

const NOTHING = { contextTokens: undefined, vision: undefined, tools: undefined };
const needs = { inputTokens: 1_000, outputTokens: 100, images: false, tools: false };

t.test('what is known of models of every vendor, and nothing of strangers', async (t) => {
  t.strictSame(knownCapabilities('openai', 'gpt-4o-mini'), {
    contextTokens: 128_000,
    vision: true,
    tools: true,
  });
  t.match(knownCapabilities('anthropic', 'claude-sonnet-4-5'), { contextTokens: 200_000, vision: true });
  t.match(knownCapabilities('openai-compatible', 'meta-llama/llama-3.3-70b'), { vision: false, tools: true });
  t.strictSame(knownCapabilities('openai-compatible', 'house-model'), NOTHING);
});

t.test('what is not known to be missing is there', async (t) => {
  t.ok(suffices(NOTHING, { inputTokens: 1e9, outputTokens: 1e9, images: true, tools: true }));
  t.ok(suffices({ ...NOTHING, contextTokens: 1_100 }, needs));
  t.notOk(suffices({ ...NOTHING, contextTokens: 1_099 }, needs));
  t.notOk(suffices({ ...NOTHING, vision: false }, { ...needs, images: true }));
  t.notOk(suffices({ ...NOTHING, tools: false }, { ...needs, tools: true }));
});

t.test('an image is seen, and its data is no text', async (t) => {
  const data = `data:image/png;base64,${'A'.repeat(40_000)}`;
  const content = [
    { type: 'image_url', image_url: { url: data } },
    { type: 'text', text: 'x' },
  ];
  const body = {
    model: 'm',
    max_tokens: 7,
    tools: [{ type: 'function', function: { name: 'f' } }],
    messages: [{ role: 'user', content }],
  };
  const needed = needsOf(body, openAiChat.describe(body), JSON.stringify(body).length);
  t.match(needed, { images: true, tools: true, outputTokens: 7 });
  t.ok(needed.inputTokens < 100, `${needed.inputTokens} tokens`);
  const gemini = { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }] };
  t.equal(needsOf(gemini, openAiChat.describe(body), 100).images, true);
});
