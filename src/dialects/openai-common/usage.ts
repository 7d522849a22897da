import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { readObject } from '../fields.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

/**
 * Usage as OpenAI and those who follow it report it, chat (`prompt_tokens`) and responses (`input_tokens`)
 * alike. Input includes cached tokens, output includes reasoning. Where the total is more than both together
 * (xAI, Gemini's compatible endpoint), the difference is reasoning that was left out of the output.
 */
export function openAiUsage(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const input = firstCount(value, 'prompt_tokens', 'input_tokens');
  const output = firstCount(value, 'completion_tokens', 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const inputTokens = input ?? 0;
  const beyondInput = (firstCount(value, 'total_tokens') ?? 0) - inputTokens;
  const read = readObject(value.prompt_tokens_details) ?? readObject(value.input_tokens_details);
  const written = readObject(value.completion_tokens_details) ?? readObject(value.output_tokens_details);
  return reportedUsage({
    inputTokens,
    cachedInputTokens: cachedCount(value, read),
    cacheWriteTokens: firstCount(read, 'cache_write_tokens') ?? 0,
    cacheWrite1hTokens: 0,
    audioInputTokens: firstCount(read, 'audio_tokens') ?? 0,
    // Embeddings report no output: their total is their input.
    outputTokens: output === undefined ? 0 : Math.max(output, beyondInput),
    reasoningTokens: firstCount(written, 'reasoning_tokens') ?? 0,
    audioOutputTokens: firstCount(written, 'audio_tokens') ?? 0,
  });
}

/** DeepSeek, Mistral and Together report it beside the details instead of in them. */
function cachedCount(usage: JsonObject, details: JsonObject | undefined): number {
  const detailed = firstCount(details, 'cached_tokens');
  const beside = firstCount(usage, 'prompt_cache_hit_tokens', 'num_cached_tokens', 'cached_tokens');
  return Math.max(detailed ?? 0, beside ?? 0);
}

/** Usage as chat completions report it, with the cost beside it where it is known. */
export function chatUsage(usage: Usage, costUsd: string | undefined): JsonObject {
  const { inputTokens, outputTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(costUsd !== undefined && { cost_usd: costUsd }),
  };
}

/** Usage as responses report it, with the cost beside it where it is known. */
export function responseUsage(usage: Usage, costUsd: string | undefined): JsonObject {
  const { inputTokens, outputTokens } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: inputTokens + outputTokens,
    ...(costUsd !== undefined && { cost_usd: costUsd }),
  };
}
