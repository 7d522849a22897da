import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import type { Attempt } from '../core/attempt.ts';
import { canonicalJson } from '../core/json.ts';
import { formatUsd } from '../core/money.ts';
import { NO_USAGE, SERVICE_TIERS, type Usage } from '../core/usage.ts';
import { attemptCost } from './attempt-cost.ts';
import { BUNDLED_VERSION } from './bundled-prices.ts';
import { cost, costLines } from './cost.ts';
import { inService, type Price } from './price.ts';
import { type PriceTable, priceTable } from './price-table.ts';
import { priceSettings } from './settings.ts';
import { TEST_PROVIDERS, testTable } from './test-table.ts';
import { SEARCH_FEES, SERVICE_TERMS, VENDOR_TERMS_REVISION } from './vendor-terms.ts';
import { affordableOutput, worstCase } from './worst-case.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');

function usage(part: Partial<Usage>): Usage {
  return { ...NO_USAGE, source: 'reported', ...part };
}

function tableOf(...overrides: object[]): PriceTable {
  return priceTable(priceSettings.parse({ overrides }), (name) => TEST_PROVIDERS[name]);
}

function usd(price: Price | undefined, part: Partial<Usage>): string {
  const sum = price && cost(price, usage(part));
  return sum === undefined ? 'unpriced' : formatUsd(sum);
}

t.test('what is not known is unpriced, never zero', async (t) => {
  t.equal(testTable.priceOf('openai', 'gpt-of-tomorrow', AT), undefined);
  t.equal(testTable.priceOf('local', 'gpt-4o', AT), undefined, 'a local server has not the prices of OpenAI');
  t.equal(testTable.priceOf('nobody', 'gpt-4o', AT), undefined);
  t.equal(testTable.priceOf('openai', 'whisper-1', AT), undefined, 'priced by the hour, not by the token');
  const embedding = testTable.priceOf('openai', 'text-embedding-3-small', AT);
  t.equal(usd(embedding, { inputTokens: 1, outputTokens: 1 }), 'unpriced');
  const pro = testTable.priceOf('gemini', 'gemini-2.5-pro', AT);
  t.equal(
    usd(pro, { inputTokens: 1, serviceTier: 'priority' }),
    'unpriced',
    'its page does not say how much',
  );
  t.equal(usd(pro, { inputTokens: 1, serviceTier: 'other' }), 'unpriced', 'a service nobody here knows');
  t.equal(usd(pro, { inputTokens: 1, webSearches: 1 }), 'unpriced', 'a search of unknown price');
  t.equal(pro && inService(pro, { serviceTier: 'priority', regional: false }), undefined);
});

t.test('own prices come first, exact, with a version that changes when they do', async (t) => {
  const entry = {
    provider: 'local',
    model: 'llama*',
    input: '0.000001',
    output: '0.02',
    per_request: '0.000000000001',
  };
  const own = tableOf(entry);
  const price = own.priceOf('local', 'llama-4', AT);
  t.equal(price && cost(price, usage({ inputTokens: 5, outputTokens: 2 })), 5n + 40_000n + 1n);
  t.match(price?.version, /^config\/[0-9a-f]{12}$/);
  t.not(tableOf({ ...entry, input: '0.000002' }).priceOf('local', 'llama-4', AT)?.version, price?.version);
  t.equal(own.priceOf('local', 'mistral', AT), undefined);
});

t.test('own prices may have tiers, services and fees', async (t) => {
  const price = tableOf({
    model: 'm',
    input: '1',
    output: '4',
    above: [{ input_tokens: 1000, input: '2', output: '6', cached_input: '0.5' }],
    service_tiers: { batch: '50', priority: '175' },
    web_search: '0.01',
  }).priceOf('local', 'm', AT);
  t.equal(usd(price, { inputTokens: 1000, outputTokens: 10 }), '0.00104');
  t.equal(usd(price, { inputTokens: 1001, cachedInputTokens: 1, outputTokens: 10 }), '0.0020605');
  t.equal(usd(price, { inputTokens: 1000, serviceTier: 'batch' }), '0.0005');
  t.equal(usd(price, { inputTokens: 1000, serviceTier: 'priority', webSearches: 2 }), '0.02175');
  t.equal(usd(price, { inputTokens: 1000, serviceTier: 'flex' }), 'unpriced');
});

t.test('discounts and markups are shares of what holds otherwise, for one organisation or all', async (t) => {
  const table = tableOf(
    { org: 'acme', provider: 'openai', model: '*', percent: '110' },
    { provider: 'openai', model: 'gpt-4o*', percent: '85' },
  );
  const part = { inputTokens: 1000, webSearches: 1 };
  const at = (model: string, org?: string) => table.priceOf('openai', model, AT, org);
  t.equal(usd(at('gpt-4o'), part), '0.010625', '85 % of 0.0025 + 0.01');
  t.equal(usd(at('gpt-4o', 'acme'), part), '0.0116875', '110 % of that');
  t.equal(usd(at('gpt-4.1', 'acme'), part), '0.0132');
  t.equal(usd(at('gpt-4.1', 'umbrella'), part), '0.012');
  t.match(at('gpt-4o', 'acme')?.version, /^genai-prices\/[\d.]+\+\d+\*config\/\w{12}\*config\/\w{12}$/);
  t.equal(at('gpt-of-tomorrow', 'acme'), undefined, 'a share of the unknown is unknown');
});

t.test('an entry holds from its first instant until its last', async (t) => {
  const change = Date.parse('2026-11-20T12:07:00Z');
  const table = tableOf(
    { model: 'm', until: '2026-11-20T12:07:00Z', input: '1' },
    { model: 'm', from: '2026-11-20T13:07:00+01:00', input: '2' },
  );
  const at = (ms: number) => usd(table.priceOf('local', 'm', ms), { inputTokens: 1 });
  for (const ms of [change - 1, change, change - 60_000, change + 60_000, change - 1])
    t.equal(at(ms), ms < change ? '0.000001' : '0.000002', new Date(ms).toISOString());
});

t.test('an entry says either prices or a percentage, and ends after it begins', async (t) => {
  for (const wrong of [
    { model: 'm' },
    { model: 'm', percent: '85', input: '1' },
    { model: 'm', percent: '85', per_request: '1' },
    { model: 'm', percent: '-5' },
    { model: 'm', input: '0.0000001' },
    { model: 'm', input: '1', from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' },
    { model: 'm', input: '1', service_tiers: { standard: '50' } },
    { model: 'm', input: '1', discount: '5' },
  ])
    t.notOk(priceSettings.safeParse({ overrides: [wrong] }).success, JSON.stringify(wrong));
});

t.test('what a vendor says it charged wins over the list, from vendors whose word is exact', async (t) => {
  const attempt = (provider: string, part: Partial<Usage>) =>
    ({
      provider,
      model: 'anyone/model',
      startedAtMs: AT,
      outcome: 'answered',
      usage: usage(part),
    }) as Attempt;
  const said = { inputTokens: 10, outputTokens: 5, providerCost: 12_345n };
  t.same(attemptCost(testTable, attempt('openrouter', said)), {
    picoUsd: 12_345n,
    priceVersion: 'reported/openrouter',
  });
  t.same(attemptCost(testTable, attempt('xai', said))?.picoUsd, 12_345n);
  t.equal(
    attemptCost(testTable, attempt('local', said)),
    undefined,
    'a server of one’s own may say anything',
  );
  const marked = tableOf({ provider: 'openrouter', model: '*', percent: '110' });
  t.equal(attemptCost(marked, attempt('openrouter', said))?.picoUsd, 13_580n, 'rounded up');
  const own = tableOf({ provider: 'openrouter', model: '*', input: '1', output: '1' });
  t.equal(attemptCost(own, attempt('openrouter', said))?.picoUsd, 15_000_000n);
});

t.test('a version names the installed data and our own rows', async (t) => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  t.equal(
    BUNDLED_VERSION,
    `genai-prices/${manifest.dependencies['@pydantic/genai-prices']}+${VENDOR_TERMS_REVISION}`,
  );
  const rows = canonicalJson([SERVICE_TERMS, Object.entries(SEARCH_FEES).flat().map(String)]);
  const digest = createHash('sha256').update(rows).digest('hex').slice(0, 12);
  t.equal(
    `${VENDOR_TERMS_REVISION} ${digest}`,
    '1 3864ed311c0e',
    'who changes the rows raises the revision, and states both here',
  );
  for (const { source } of SERVICE_TERMS) t.match(source, /^https:\/\//);
});

const count = fc.nat({ max: 400_000 });
const anyUsage = fc
  .tuple(count, count, count, count, count, count, count, count, count, count)
  .map(
    ([
      inputTokens,
      cached,
      write,
      write1h,
      audioIn,
      imageIn,
      outputTokens,
      reasoning,
      audioOut,
      imageOut,
    ]) => {
      const cachedInputTokens = Math.min(cached, inputTokens);
      const cacheWriteTokens = Math.min(write, inputTokens - cachedInputTokens);
      return usage({
        inputTokens,
        cachedInputTokens,
        cacheWriteTokens,
        cacheWrite1hTokens: Math.min(write1h, cacheWriteTokens),
        audioInputTokens: audioIn,
        imageInputTokens: imageIn,
        outputTokens,
        reasoningTokens: Math.min(reasoning, outputTokens),
        audioOutputTokens: audioOut,
        imageOutputTokens: imageOut,
      });
    },
  );
const served = fc.record({ serviceTier: fc.constantFrom(...SERVICE_TIERS), regional: fc.boolean() });
const anyPrice = fc
  .constantFrom(
    'openai/gpt-4o',
    'openai/gpt-5.4',
    'openai/gpt-audio',
    'openai/gpt-image-1',
    'anthropic/claude-opus-4-6',
    'gemini/gemini-3.8-flash',
  )
  .map((name) => name.split('/'))
  .map(([provider = '', model = '']) => testTable.priceOf(provider, model, AT))
  .filter((price): price is Price => price !== undefined);

t.test('no usage within the bounds costs more than the worst case of its service', async () => {
  fc.assert(
    fc.property(anyPrice, anyUsage, served, count, count, (price, tokens, service, slackIn, slackOut) => {
      const asked = inService(price, service);
      const actual = cost(price, { ...tokens, ...service });
      if (asked === undefined) return actual === undefined;
      const bound = worstCase(asked, tokens.inputTokens + slackIn, tokens.outputTokens + slackOut);
      return bound !== undefined && actual !== undefined && actual <= bound;
    }),
  );
});

t.test('every token is on exactly one line', async () => {
  fc.assert(
    fc.property(anyPrice, anyUsage, (price, tokens) => {
      const lines = costLines(price, tokens) ?? [];
      const counted = lines.reduce((sum, { what, count }) => (what === 'request' ? sum : sum + count), 0);
      return counted === tokens.inputTokens + tokens.outputTokens;
    }),
  );
});

t.test('an affordable output is paid by the amount, and one token more is not', async () => {
  fc.assert(
    fc.property(anyPrice, count, fc.bigInt({ min: 0n, max: 10n ** 13n }), (price, input, amount) => {
      const output = affordableOutput(price, input, amount);
      if (output < 0) return (worstCase(price, input, 0) ?? 0n) > amount;
      const paid = worstCase(price, input, output) ?? amount + 1n;
      const more = worstCase(price, input, output + 1) ?? 0n;
      return paid <= amount && more > amount;
    }),
  );
});
