import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { estimateUsage, inputUpperBound } from './estimate.ts';

const bound = (body: JsonObject): number => inputUpperBound(body, Buffer.byteLength(JSON.stringify(body)));
const user = (content: JsonObject['x']): JsonObject => ({
  messages: [{ role: 'user', content: content ?? null }],
});

t.test('text is bounded by its bytes', async (t) => {
  const text = '漢字'.repeat(1000);
  t.ok(bound(user(text)) >= Buffer.byteLength(text));
});

t.test('an image costs what it shows, not its bytes', async (t) => {
  const part = (url: string): JsonObject => ({ type: 'image_url', image_url: { url } });
  const small = bound(user([part(`data:image/png;base64,${'A'.repeat(100)}`)]));
  const large = bound(user([part(`data:image/png;base64,${'A'.repeat(1_000_000)}`)]));
  t.equal(small, large);
  t.ok(bound(user([part('https://example.com/a.png')])) >= 48_169, 'an address is not a cheap image');
  const anthropic = {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(900_000) },
  };
  t.ok(bound(user([anthropic])) < 60_000);
});

t.test('what the body does not show is bounded by the context window', async (t) => {
  t.ok(bound({ input: 'go on', previous_response_id: 'resp_1' }) > 1_000_000);
  t.ok(bound({ input: 'news?', tools: [{ type: 'web_search' }] }) > 1_000_000);
  t.ok(bound({ input: 'hi', tools: [{ type: 'function', name: 'f' }] }) < 10_000);
  t.ok(bound(user([{ type: 'file', file: { file_id: 'file_1' } }])) > 1_000_000);
});

t.test('an estimate is marked, counts the text that came, and an image as an image', async (t) => {
  const estimate = (body: JsonObject, output: number) =>
    estimateUsage(body, Buffer.byteLength(JSON.stringify(body)), output);
  t.match(estimate(user('x'.repeat(4000)), 400), {
    inputTokens: 1011,
    outputTokens: 100,
    source: 'estimated',
  });
  const image = (bytes: number) =>
    user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(bytes)}` } }]);
  const { inputTokens } = estimate(image(4_000_000), 0);
  t.ok(inputTokens > 1000 && inputTokens < 1100, `${inputTokens}, not a million`);
  t.equal(estimate(image(100), 0).inputTokens, inputTokens);
});

/** Its recorder replaced the long system prompt by the words "very very long system prompt". */
const EDITED = 'bedrock-invoke-caching-01.json';
const EXCHANGES = new URL('../../../shared/data/exchanges/', import.meta.url);

t.test(
  'no recorded exchange reports more input than its bound',
  { skip: existsSync(EXCHANGES) ? false : 'needs ../shared/data' },
  async (t) => {
    let checked = 0;
    for (const name of readdirSync(EXCHANGES)) {
      if (!name.endsWith('.json') || name === EDITED) continue;
      const exchange = JSON.parse(readFileSync(new URL(name, EXCHANGES), 'utf8'));
      const body = exchange.request?.body;
      const reported = exchange.response?.body?.usage;
      const tokens =
        reported?.prompt_tokens ??
        (reported?.input_tokens ?? 0) +
          (reported?.cache_read_input_tokens ?? 0) +
          (reported?.cache_creation_input_tokens ?? 0);
      if (!isJsonObject(body) || typeof tokens !== 'number' || tokens === 0) continue;
      checked += 1;
      if (tokens > bound(body)) t.fail(`${name}: ${tokens} tokens, bound ${bound(body)}`);
    }
    t.ok(checked > 50, `${checked} exchanges`);
  },
);
