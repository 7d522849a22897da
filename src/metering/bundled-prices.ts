import { calcPrice, findProvider, type ModelPrice } from '@pydantic/genai-prices';
import { type PicoUsd, shiftDecimal } from '../core/money.ts';
import type { Price, Rates, Tier } from './price.ts';
import { SEARCH_FEES, VENDOR_TERMS_REVISION, vendorServices } from './vendor-terms.ts';

/** The pinned version of the bundled data; a test holds it equal to package.json. */
const DATA_VERSION = 'genai-prices/0.1.8';
export const BUNDLED_VERSION = `${DATA_VERSION}+${VENDOR_TERMS_REVISION}`;

/** Bundled prices have at most 6 decimals where the vendor publishes them; resellers' thirds are rounded. */
const MTOK_DIGITS = 6;
const PER_THOUSAND_DIGITS = 9;

/** The finest grain in which the bundled data changes prices (DeepSeek's hours of the day begin at :30). */
export const BUNDLED_SLOT_MS = 15 * 60_000;

/**
 * The bundled price of a model at a time, or undefined where the data knows none per token.
 * @param vendor provider id of genai-prices: `openai`, `anthropic`, `groq`, …
 */
export function bundledPrice(vendor: string, model: string, atMs: number): Price | undefined {
  const found = calcPrice({}, model, { providerId: vendor, timestamp: new Date(atMs) });
  return found === null ? undefined : importPrice(vendor, model, found.model_price);
}

/** Addresses that the data does not know yet, and the vendor's that it knows. */
const NEW_ADDRESSES = [['https://api.together.ai', 'https://api.together.xyz']] as const;

/** Provider id of genai-prices for an address that models are asked at. */
export function vendorAt(baseUrl: string): string | undefined {
  const renamed = NEW_ADDRESSES.find(([address]) => baseUrl.startsWith(address));
  return findProvider({ providerApiUrl: renamed?.[1] ?? baseUrl })?.id;
}

/** Provider id of genai-prices for a model that is called so; the one that made it, where several sell it. */
export function vendorOfModel(model: string): string | undefined {
  return findProvider({ modelId: model })?.id;
}

export function isVendor(name: string): boolean {
  return findProvider({ providerId: name })?.id === name;
}

/** Members are exact: a double prints as the shortest decimal that names it, which is the published one. */
function importPrice(vendor: string, model: string, data: ModelPrice): Price | undefined {
  if (data.input_mtok === undefined) return undefined;
  const tier = (aboveInputTokens: number): Tier => {
    const member = (name: string): PicoUsd | undefined => memberAt(data[name], aboveInputTokens);
    return { aboveInputTokens, rates: completeRates(member) };
  };
  const starts = new Set<number>();
  for (const value of Object.values(data)) {
    if (typeof value === 'object') for (const { start } of value.tiers) starts.add(start);
  }
  const usual = SEARCH_FEES[vendor];
  return {
    version: BUNDLED_VERSION,
    fees: {
      request: perThousand(data.requests_kcount) ?? 0n,
      webSearch: perThousand(data.web_searches_kcount) ?? usual?.webSearch,
      fileSearch: perThousand(data.storage_searches_kcount) ?? usual?.fileSearch,
    },
    tiers: [tier(-1), ...[...starts].sort((a, b) => a - b).map(tier)],
    ...vendorServices(vendor, model),
  };
}

function perThousand(value: ModelPrice[string]): PicoUsd | undefined {
  return typeof value === 'number' ? shiftDecimal(String(value), PER_THOUSAND_DIGITS) : undefined;
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
    imageInput: member('input_image_mtok') ?? input,
    output,
    reasoning: member('output_reasoning_mtok') ?? output,
    audioOutput: member('output_audio_mtok') ?? output,
    imageOutput: member('output_image_mtok') ?? output,
  };
}
