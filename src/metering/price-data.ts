import { createHash } from 'node:crypto';
import { calcPrice, type ModelPrice } from '@pydantic/genai-prices';
import { canonicalJson } from '../core/json.ts';
import type { PicoUsd } from '../core/money.ts';
import type { Price, Rates, Tier } from './prices.ts';
import type { PriceOverride } from './settings.ts';

/** The pinned version of the bundled data; a test holds it equal to package.json. */
export const BUNDLED_VERSION = 'genai-prices/0.1.8';

/** Bundled prices have at most 6 decimals where the vendor publishes them; resellers' thirds are rounded. */
const MTOK_DIGITS = 6;
const PER_THOUSAND_DIGITS = 9;

/**
 * `text` × 10^digits as a whole number, by moving the decimal point: no float is ever multiplied. Digits beyond
 * are rounded half up. @throws RangeError when it is not a plain non-negative decimal.
 */
export function shiftDecimal(text: string, digits: number): bigint {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a non-negative decimal: ${JSON.stringify(text)}`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const places = digits + Number(exponent) - fraction.length;
  const significant = BigInt(whole + fraction);
  if (places >= 0) return significant * 10n ** BigInt(places);
  const divisor = 10n ** BigInt(-places);
  return (significant + divisor / 2n) / divisor;
}

/**
 * The bundled price of a model at a time, or undefined where the data knows none per token.
 * @param catalogue provider id of genai-prices: `openai`, `anthropic`, `groq`, …
 */
export function bundledPrice(catalogue: string, model: string, atMs: number): Price | undefined {
  const found = calcPrice({}, model, { providerId: catalogue, timestamp: new Date(atMs) });
  return found === null ? undefined : importPrice(found.model_price);
}

/** Members are exact: a double prints as the shortest decimal that names it, which is the published one. */
function importPrice(data: ModelPrice): Price | undefined {
  if (data.input_mtok === undefined) return undefined;
  const tier = (aboveInputTokens: number): Tier => {
    const member = (name: string): PicoUsd | undefined => memberAt(data[name], aboveInputTokens);
    return { aboveInputTokens, rates: completeRates(member) };
  };
  const starts = new Set<number>();
  for (const value of Object.values(data)) {
    if (typeof value === 'object') for (const { start } of value.tiers) starts.add(start);
  }
  const perRequest = data.requests_kcount;
  return {
    version: BUNDLED_VERSION,
    perRequest: typeof perRequest === 'number' ? shiftDecimal(String(perRequest), PER_THOUSAND_DIGITS) : 0n,
    tiers: [tier(-1), ...[...starts].sort((a, b) => a - b).map(tier)],
  };
}

function memberAt(value: ModelPrice[string], aboveInputTokens: number): PicoUsd | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return shiftDecimal(String(value), MTOK_DIGITS);
  let price = value.base;
  for (const tier of value.tiers) if (aboveInputTokens >= tier.start) price = tier.price;
  return shiftDecimal(String(price), MTOK_DIGITS);
}

/**
 * Classes without a price of their own cost what their parent class costs. A one-hour cache write costs twice
 * the input where the data leaves it out (Anthropic's rule for every model: prompt caching, "Pricing").
 */
function completeRates(member: (name: string) => PicoUsd | undefined): Rates {
  const input = member('input_mtok') ?? 0n;
  const cacheWrite = member('cache_write_mtok');
  const output = member('output_mtok');
  return {
    input,
    cachedInput: member('cache_read_mtok') ?? input,
    cacheWrite: cacheWrite ?? input,
    cacheWrite1h: member('cache_write_1h_mtok') ?? (cacheWrite === undefined ? input : 2n * input),
    audioInput: member('input_audio_mtok') ?? input,
    output,
    reasoning: member('output_reasoning_mtok') ?? output,
    audioOutput: member('output_audio_mtok') ?? output,
  };
}

/** The price that an entry of the configuration states; its version changes exactly when the entry does. */
export function configuredPrice(entry: PriceOverride): Price {
  const rate = (text: string | undefined): PicoUsd | undefined =>
    text === undefined ? undefined : shiftDecimal(text, MTOK_DIGITS);
  const input = shiftDecimal(entry.input, MTOK_DIGITS);
  const output = rate(entry.output);
  const cacheWrite = rate(entry.cache_write) ?? input;
  const digest = createHash('sha256').update(canonicalJson(entry)).digest('hex').slice(0, 12);
  return {
    version: `config/${digest}`,
    perRequest: shiftDecimal(entry.per_request, 12),
    tiers: [
      {
        aboveInputTokens: -1,
        rates: {
          input,
          cachedInput: rate(entry.cached_input) ?? input,
          cacheWrite,
          cacheWrite1h: rate(entry.cache_write_1h) ?? cacheWrite,
          audioInput: rate(entry.audio_input) ?? input,
          output,
          reasoning: rate(entry.reasoning) ?? output,
          audioOutput: rate(entry.audio_output) ?? output,
        },
      },
    ],
  };
}
