import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { formatUsd } from '../core/money.ts';
import { NO_USAGE, type Usage } from '../core/usage.ts';
import { BUNDLED_VERSION, shiftDecimal } from './price-data.ts';
import { priceTable } from './price-table.ts';
import { affordableOutput, cost, type Price, worstCase } from './prices.ts';

const OPENAI = 'https://developers.openai.com/api/docs/pricing';
const ANTHROPIC = 'https://platform.claude.com/docs/en/about-claude/pricing';
const AT = Date.parse('2026-11-20T12:00:00Z');

const PROVIDERS: Record<string, { kind: string; baseUrl: string | undefined }> = {
  openai: { kind: 'openai', baseUrl: undefined },
  anthropic: { kind: 'anthropic', baseUrl: undefined },
  groq: { kind: 'openai-compatible', baseUrl: 'https://api.groq.com/openai/v1' },
  deepseek: { kind: 'openai-compatible', baseUrl: 'https://api.deepseek.com' },
  perplexity: { kind: 'openai-compatible', baseUrl: 'https://api.perplexity.ai' },
  local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' },
  simulated: { kind: 'simulated', baseUrl: undefined },
};
const table = priceTable({ overrides: [] }, (name) => PROVIDERS[name]);

function usage(part: Partial<Usage>): Usage {
  return { ...NO_USAGE, source: 'reported', ...part };
}

interface Vector {
  readonly provider: string;
  readonly model: string;
  readonly at?: string;
  readonly usage: Partial<Usage>;
  readonly usd: string;
  readonly source: string;
}

/** The sums were worked out by hand from the prices of the source, in dollars per million tokens. */
const VECTORS: readonly Vector[] = [
  // 1000 × 0.15 + 500 × 0.60
  {
    provider: 'openai',
    model: 'gpt-4o-mini',
    usage: { inputTokens: 1000, outputTokens: 500 },
    usd: '0.00045',
    source: OPENAI,
  },
  // litellm#14849: 400 fresh × 2.50 + 600 cached × 1.25 + 100 × 10
  {
    provider: 'openai',
    model: 'gpt-4o',
    usage: { inputTokens: 1000, cachedInputTokens: 600, outputTokens: 100 },
    usd: '0.00275',
    source: OPENAI,
  },
  // all of the input cached: 2048 × 1.25
  {
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    usage: { inputTokens: 2048, cachedInputTokens: 2048 },
    usd: '0.00256',
    source: OPENAI,
  },
  // reasoning is part of the output: 100 × 1.25 + 1000 × 10
  {
    provider: 'openai',
    model: 'gpt-5',
    usage: { inputTokens: 100, outputTokens: 1000, reasoningTokens: 900 },
    usd: '0.010125',
    source: OPENAI,
  },
  {
    provider: 'openai',
    model: 'gpt-4.1',
    usage: { inputTokens: 3, outputTokens: 7 },
    usd: '0.000062',
    source: OPENAI,
  },
  // one token
  {
    provider: 'openai',
    model: 'text-embedding-3-small',
    usage: { inputTokens: 1 },
    usd: '0.00000002',
    source: OPENAI,
  },
  // below the tier, exactly 271,999: 271999 × 2.50 + 10 × 15
  {
    provider: 'openai',
    model: 'gpt-5.4',
    usage: { inputTokens: 271_999, outputTokens: 10 },
    usd: '0.6801475',
    source: OPENAI,
  },
  // in the tier, exactly 272,000: 272000 × 5 + 10 × 22.50
  {
    provider: 'openai',
    model: 'gpt-5.4',
    usage: { inputTokens: 272_000, outputTokens: 10 },
    usd: '1.360225',
    source: OPENAI,
  },
  // litellm PR#30207: cached tokens count for the tier: 2000 × 5 + 270000 × 0.50
  {
    provider: 'openai',
    model: 'gpt-5.4',
    usage: { inputTokens: 272_000, cachedInputTokens: 270_000 },
    usd: '0.145',
    source: OPENAI,
  },
  // before and after the price cut of 10 June 2025: 1000 × 10 + 100 × 40, then 1000 × 2 + 100 × 8
  {
    provider: 'openai',
    model: 'o3',
    at: '2025-06-09T23:59:59Z',
    usage: { inputTokens: 1000, outputTokens: 100 },
    usd: '0.014',
    source: OPENAI,
  },
  {
    provider: 'openai',
    model: 'o3',
    at: '2025-06-10T00:00:00Z',
    usage: { inputTokens: 1000, outputTokens: 100 },
    usd: '0.0028',
    source: OPENAI,
  },
  {
    provider: 'openai',
    model: 'omni-moderation-latest',
    usage: { inputTokens: 500 },
    usd: '0',
    source: OPENAI,
  },
  // 1000 × 1 + 200 × 5
  {
    provider: 'anthropic',
    model: 'claude-haiku-4-5-20251001',
    usage: { inputTokens: 1000, outputTokens: 200 },
    usd: '0.002',
    source: ANTHROPIC,
  },
  // litellm PR#33983: 100 fresh × 3 + 700 read × 0.30 + 200 written × 3.75 + 50 × 15
  {
    provider: 'anthropic',
    model: 'claude-sonnet-4-0',
    usage: { inputTokens: 1000, cachedInputTokens: 700, cacheWriteTokens: 200, outputTokens: 50 },
    usd: '0.00201',
    source: ANTHROPIC,
  },
  // writes of both lives: 100 five-minute × 1.25 + 300 one-hour × 2
  {
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    usage: { inputTokens: 400, cacheWriteTokens: 400, cacheWrite1hTokens: 300 },
    usd: '0.000725',
    source: ANTHROPIC,
  },
  // 200,001 input tokens are above the tier, cached ones included: 1 × 6 + 200000 × 0.60 + 1 × 22.50
  {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    usage: { inputTokens: 200_001, cachedInputTokens: 200_000, outputTokens: 1 },
    usd: '0.1200285',
    source: ANTHROPIC,
  },
  // exactly 200,000 are not: 200000 × 3
  {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    usage: { inputTokens: 200_000 },
    usd: '0.6',
    source: ANTHROPIC,
  },
  // 1000 × 15 + 1000 × 75
  {
    provider: 'anthropic',
    model: 'claude-opus-4-1-20250805',
    usage: { inputTokens: 1000, outputTokens: 1000 },
    usd: '0.09',
    source: ANTHROPIC,
  },
  // $12 per 1,000 requests + 10 × 1 + 20 × 1
  {
    provider: 'perplexity',
    model: 'sonar',
    usage: { inputTokens: 10, outputTokens: 20 },
    usd: '0.01203',
    source: 'https://docs.perplexity.ai/getting-started/pricing',
  },
  // the documented demo price: 100 × 0.15 + 10 × 0.60
  {
    provider: 'simulated',
    model: 'sim-echo',
    usage: { inputTokens: 100, outputTokens: 10 },
    usd: '0.000021',
    source: 'docs/prices.md',
  },
];

t.test(
  'hand-checked vectors, by token class, tier and date (litellm#14849, PR#33983, PR#30207)',
  async (t) => {
    for (const { provider, model, at, usage: part, usd, source } of VECTORS) {
      const price = table.priceOf(provider, model, at === undefined ? AT : Date.parse(at));
      if (!price) {
        t.fail(`${provider}/${model} is unpriced`, { source });
        continue;
      }
      const sum = cost(price, usage(part));
      t.equal(sum === undefined ? 'unpriced' : formatUsd(sum), usd, `${provider}/${model} (${source})`);
    }
  },
);

t.test('what is not known is unpriced, never zero', async (t) => {
  t.equal(table.priceOf('openai', 'gpt-of-tomorrow', AT), undefined);
  t.equal(table.priceOf('local', 'gpt-4o', AT), undefined, 'a local server has not the prices of OpenAI');
  t.equal(table.priceOf('nobody', 'gpt-4o', AT), undefined);
  t.equal(table.priceOf('openai', 'whisper-1', AT), undefined, 'priced by the hour, not by the token');
  const embedding = table.priceOf('openai', 'text-embedding-3-small', AT);
  t.equal(embedding && cost(embedding, usage({ inputTokens: 1, outputTokens: 1 })), undefined);
});

t.test('own prices come first, exact, with a version that changes when they do', async (t) => {
  const entry = {
    provider: 'local',
    model: 'llama*',
    input: '0.000001',
    output: '0.02',
    per_request: '0.000000000001',
  };
  const own = priceTable({ overrides: [entry] }, (name) => PROVIDERS[name]);
  const price = own.priceOf('local', 'llama-4', AT);
  t.equal(price && cost(price, usage({ inputTokens: 5, outputTokens: 2 })), 5n + 40_000n + 1n);
  t.match(price?.version, /^config\/[0-9a-f]{12}$/);
  const dearer = priceTable({ overrides: [{ ...entry, input: '0.000002' }] }, (name) => PROVIDERS[name]);
  t.not(dearer.priceOf('local', 'llama-4', AT)?.version, price?.version);
  t.equal(own.priceOf('local', 'mistral', AT), undefined);
});

t.test('the bundled version is the installed one', async (t) => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  t.equal(BUNDLED_VERSION, `genai-prices/${manifest.dependencies['@pydantic/genai-prices']}`);
});

t.test('decimals are shifted, never multiplied as floats', async (t) => {
  t.equal(shiftDecimal('2.5', 6), 2_500_000n);
  t.equal(shiftDecimal('0.1', 6), 100_000n);
  t.equal(shiftDecimal('5e-7', 6), 1n, 'rounded half up');
  t.equal(shiftDecimal('0.08333333333333334', 6), 83_333n);
  t.equal(shiftDecimal('1e+21', 0), 10n ** 21n);
  t.throws(() => shiftDecimal('-1', 6), RangeError);
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      (pico) => shiftDecimal(formatUsd(pico), 12) === pico,
    ),
  );
});

const count = fc.nat({ max: 400_000 });
const anyUsage = fc
  .tuple(count, count, count, count, count, count, count, count)
  .map(([inputTokens, cached, write, write1h, audioIn, outputTokens, reasoning, audioOut]): Usage => {
    const cachedInputTokens = Math.min(cached, inputTokens);
    const cacheWriteTokens = Math.min(write, inputTokens - cachedInputTokens);
    return {
      inputTokens,
      cachedInputTokens,
      cacheWriteTokens,
      cacheWrite1hTokens: Math.min(write1h, cacheWriteTokens),
      audioInputTokens: audioIn,
      outputTokens,
      reasoningTokens: Math.min(reasoning, outputTokens),
      audioOutputTokens: audioOut,
      source: 'reported',
    };
  });
const anyPrice = fc
  .constantFrom('gpt-4o', 'gpt-5.4', 'gpt-4o-audio-preview', 'o3', 'gpt-5.6-sol')
  .map((model) => table.priceOf('openai', model, AT))
  .filter((price): price is Price => price !== undefined);

t.test('no usage within the bounds costs more than the worst case', async () => {
  fc.assert(
    fc.property(anyPrice, anyUsage, count, count, (price, spent, slackIn, slackOut) => {
      const bound = worstCase(price, spent.inputTokens + slackIn, spent.outputTokens + slackOut);
      const actual = cost(price, spent);
      return bound !== undefined && actual !== undefined && actual <= bound;
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
