import t from 'tap';
import { explain, listedPrice, parseUsage } from './explain.ts';
import { testTable } from './test-table.ts';

const atMs = Date.parse('2026-11-20T12:00:00Z');
const ask = (provider: string, model: string, usage: string) =>
  explain(testTable, {
    provider,
    model,
    orgSlug: '',
    atMs,
    service: 'standard',
    regional: false,
    usage: parseUsage(usage),
  });

t.test('a sum is shown line by line, each class once', async (t) => {
  t.same(ask('anthropic', 'claude-haiku-4-5', 'in=1000,cached=500,write=300,write_1h=100,out=20,web=2'), {
    version: 'genai-prices/0.1.8+1',
    lines: [
      { what: 'input', count: 200, priceUsd: '1', unit: 'per million tokens', costUsd: '0.0002' },
      { what: 'cachedInput', count: 500, priceUsd: '0.1', unit: 'per million tokens', costUsd: '0.00005' },
      { what: 'cacheWrite', count: 200, priceUsd: '1.25', unit: 'per million tokens', costUsd: '0.00025' },
      { what: 'cacheWrite1h', count: 100, priceUsd: '2', unit: 'per million tokens', costUsd: '0.0002' },
      { what: 'output', count: 20, priceUsd: '5', unit: 'per million tokens', costUsd: '0.0001' },
      { what: 'webSearch', count: 2, priceUsd: '0.01', unit: 'each', costUsd: '0.02' },
    ],
    totalUsd: '0.0208',
  });
  t.same(ask('openrouter', 'any/model', 'in=1,reported=0.0000113').totalUsd, '0.0000113');
  t.same(ask('local', 'llama', 'in=1'), { version: undefined, lines: [], totalUsd: undefined });
});

t.test('usage that cannot be is refused, with what to write', async (t) => {
  for (const [text, said] of [
    ['ot=1', /did you mean out\?/],
    ['toString=1', /there is no "toString"/],
    ['in=1.5', /in must be a whole number/],
    ['in=-1', /in must be a whole number/],
    ['in=10,cached=6,write=5', /cached and write are parts of it/],
    ['in=10,write=1,write_1h=2', /write_1h is part of it/],
    ['out=1,reasoning=2', /reasoning is part of it/],
    ['reported=cheap', /not a dollar amount/],
  ] as const)
    t.throws(() => parseUsage(text), { name: 'RangeError', message: said }, text);
});

t.test('a price is listed with its tiers, services and fees', async (t) => {
  const price = testTable.priceOf('openai', 'gpt-5.4', atMs);
  t.match(price && listedPrice(price), {
    tiers: [
      {
        above_input_tokens: null,
        usd_per_million: { input: '2.5', cached_input: '0.25', cache_write_1h: '2.5' },
      },
      { above_input_tokens: 271_999, usd_per_million: { input: '5', output: '22.5' } },
    ],
    services: { batch: '1/2', flex: '1/2', priority: '2' },
    usd_per_piece: { request: '0', web_search: '0.01', file_search: '0.0025' },
  });
});
