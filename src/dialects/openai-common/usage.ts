import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type PicoUsd, shiftDecimal } from '../../core/money.ts';
import type { Usage } from '../../core/usage.ts';
import { objectsIn, readObject } from '../fields.ts';
import { readServiceTier } from '../service-tier.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

/**
 * Usage as OpenAI and those who follow it report it, chat (`prompt_tokens`) and responses (`input_tokens`)
 * alike. Input includes cached tokens, output includes reasoning. Where the total is more than both together
 * (xAI, Gemini's compatible endpoint), the difference is reasoning that was left out of the output.
 *
 * @param holder the answer, chunk or response that it stands in: it names the service, and lists the tools run
 */
export function openAiUsage(value: Json | undefined, holder: JsonObject = {}): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const input = firstCount(value, 'prompt_tokens', 'input_tokens');
  const output = firstCount(value, 'completion_tokens', 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  // a count that cannot be one: what was written is estimated, and not free
  if (output === undefined && (value.completion_tokens ?? value.output_tokens ?? null) !== null)
    return undefined;
  const inputTokens = input ?? 0;
  const beyondInput = (firstCount(value, 'total_tokens') ?? 0) - inputTokens;
  const read = readObject(value.prompt_tokens_details) ?? readObject(value.input_tokens_details);
  const written = readObject(value.completion_tokens_details) ?? readObject(value.output_tokens_details);
  return reportedUsage({
    inputTokens,
    cachedInputTokens: cachedCount(value, read),
    cacheWriteTokens: firstCount(read, 'cache_write_tokens') ?? 0,
    audioInputTokens: firstCount(read, 'audio_tokens') ?? 0,
    imageInputTokens: firstCount(read, 'image_tokens') ?? 0,
    // Embeddings report no output: their total is their input.
    outputTokens: output === undefined ? 0 : Math.max(output, beyondInput),
    reasoningTokens: firstCount(written, 'reasoning_tokens') ?? 0,
    audioOutputTokens: firstCount(written, 'audio_tokens') ?? 0,
    imageOutputTokens: firstCount(written, 'image_tokens') ?? 0,
    webSearches: webSearches(holder, value),
    fileSearches: calls(holder, 'file_search_call').length,
    serviceTier: readServiceTier(holder.service_tier),
    providerCost: providerCost(value),
  });
}

/** DeepSeek, Mistral and Together report it beside the details instead of in them. */
function cachedCount(usage: JsonObject, details: JsonObject | undefined): number {
  const detailed = firstCount(details, 'cached_tokens');
  const beside = firstCount(usage, 'prompt_cache_hit_tokens', 'num_cached_tokens', 'cached_tokens');
  return Math.max(detailed ?? 0, beside ?? 0);
}

/** OpenRouter counts them; OpenAI's Responses lists them, of which opening a page that was found costs nothing. */
function webSearches(holder: JsonObject, usage: JsonObject): number {
  const counted = firstCount(readObject(usage.server_tool_use_details), 'web_search_requests');
  if (counted !== undefined) return counted;
  return calls(holder, 'web_search_call').filter(
    ({ action }) => (readObject(action)?.type ?? 'search') === 'search',
  ).length;
}

function calls(holder: JsonObject, type: string): readonly JsonObject[] {
  return Array.isArray(holder.output) ? objectsIn(holder.output).filter((item) => item.type === type) : [];
}

/** xAI's tick is 10⁻¹⁰ dollars (docs.x.ai/developers/cost-tracking). */
const TICK_DIGITS = 2;
const USD_DIGITS = 12;
/** No answer costs so much: whoever says so is mistaken, and the price table is asked. */
const MOST_USD = 1_000_000;

/**
 * xAI reports what it charges in ticks, Perplexity in a table with its total, OpenRouter in dollars: its own fee
 * alone where the caller brought a key for the vendor, who then charges apart.
 */
function providerCost(usage: JsonObject): PicoUsd | undefined {
  const ticks = charge(usage.cost_in_usd_ticks, TICK_DIGITS);
  if (ticks !== undefined) return ticks;
  const charged = charge(readObject(usage.cost)?.total_cost ?? usage.cost, USD_DIGITS);
  if (charged === undefined || usage.is_byok !== true) return charged;
  return charged + (charge(readObject(usage.cost_details)?.upstream_inference_cost, USD_DIGITS) ?? 0n);
}

/**
 * A double prints as the shortest decimal that names it, which is the one that was sent.
 * @param digits by which its unit is larger than a pico-dollar
 */
function charge(value: Json | undefined, digits: number): PicoUsd | undefined {
  const most = MOST_USD * 10 ** (USD_DIGITS - digits);
  if (typeof value !== 'number' || !(value >= 0 && value <= most)) return undefined;
  return shiftDecimal(String(value), digits);
}
