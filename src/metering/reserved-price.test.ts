import t from 'tap';
import type { JsonObject } from '../core/json.ts';
import { formatUsd } from '../core/money.ts';
import { reservedPrice } from './reserved-price.ts';
import { testTable } from './test-table.ts';
import { worstCase } from './worst-case.ts';

const atMs = Date.parse('2026-11-20T12:00:00Z');

/** What is reserved for 1,000 tokens in and 100 out. */
function reserved(provider: string, model: string, body: JsonObject): string {
  const listed = testTable.priceOf(provider, model, atMs);
  const price = listed && reservedPrice(listed, body);
  const most = price && worstCase(price, 1000, 100);
  return most === undefined ? 'unpriced' : formatUsd(most);
}

t.test('a request is reserved at the rates of the service that it asks for', async (t) => {
  t.equal(reserved('openai', 'gpt-5', {}), '0.00225');
  t.equal(reserved('openai', 'gpt-5', { service_tier: 'auto' }), '0.00225');
  t.equal(reserved('openai', 'gpt-5', { service_tier: 'priority' }), '0.0045');
  t.equal(reserved('openai', 'gpt-5', { service_tier: 'flex' }), '0.001125');
  t.equal(reserved('openai', 'gpt-5-pro', { service_tier: 'priority' }), 'unpriced', 'not on the page');
  t.equal(reserved('openai', 'gpt-5', { service_tier: 'warp' }), 'unpriced');
  // the dearest input is a one-hour cache write
  t.equal(reserved('anthropic', 'claude-opus-5', {}), '0.0125');
  t.equal(reserved('anthropic', 'claude-opus-5', { inference_geo: 'us' }), '0.01375');
  t.equal(reserved('anthropic', 'claude-opus-5', { speed: 'fast' }), '0.025');
});

t.test('the searches that a request allows are reserved with it', async (t) => {
  const web = { type: 'web_search' };
  t.equal(reserved('openai', 'gpt-5', { tools: [web] }), '0.20225', 'twenty where nobody sets a limit');
  t.equal(reserved('openai', 'gpt-5', { tools: [web], max_tool_calls: 2 }), '0.02225');
  t.equal(reserved('openai', 'gpt-5', { tools: [{ type: 'file_search' }], max_tool_calls: 2 }), '0.00725');
  const limited = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 };
  t.equal(reserved('anthropic', 'claude-opus-5', { tools: [limited] }), '0.0425');
  t.equal(reserved('openai', 'gpt-5', { tools: [{ type: 'function', name: 'web_search' }] }), '0.00225');
  t.equal(
    reserved('groq', 'llama-3.3-70b-versatile', { tools: [web] }),
    'unpriced',
    'a search of unknown fee',
  );
});
