import type { Json, JsonObject } from '../core/json.ts';
import { NO_USAGE, type Usage } from '../core/usage.ts';

/** What a usage line can hold, and far beyond any context window: more is no count, but a mistake that would cost millions. */
const MOST_TOKENS = 2_147_483_647;

/** A count as a provider reports it; undefined for anything that is not a whole number of zero or more. */
function readCount(value: Json | undefined): number | undefined {
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;
  return isCount ? value : undefined;
}

/** The first of these members that holds a count. */
export function firstCount(holder: JsonObject | undefined, ...keys: readonly string[]): number | undefined {
  if (holder === undefined) return undefined;
  for (const key of keys) {
    const count = readCount(holder[key]);
    if (count !== undefined) return count;
  }
  return undefined;
}

/**
 * Reported usage in which no part is larger than its whole, whatever was reported: parts are priced apart.
 * What is left out was not used.
 */
export function reportedUsage(reported: Partial<Omit<Usage, 'source'>>): Usage {
  const counts = { ...NO_USAGE, ...reported };
  const { inputTokens, outputTokens } = counts;
  const cachedInputTokens = Math.min(counts.cachedInputTokens, inputTokens);
  const cacheWriteTokens = Math.min(counts.cacheWriteTokens, inputTokens - cachedInputTokens);
  return {
    inputTokens,
    cachedInputTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: Math.min(counts.cacheWrite1hTokens, cacheWriteTokens),
    audioInputTokens: Math.min(counts.audioInputTokens, inputTokens),
    imageInputTokens: Math.min(counts.imageInputTokens, inputTokens),
    outputTokens,
    reasoningTokens: Math.min(counts.reasoningTokens, outputTokens),
    audioOutputTokens: Math.min(counts.audioOutputTokens, outputTokens),
    imageOutputTokens: Math.min(counts.imageOutputTokens, outputTokens),
    webSearches: counts.webSearches,
    fileSearches: counts.fileSearches,
    serviceTier: counts.serviceTier,
    regional: counts.regional,
    providerCost: counts.providerCost,
    source: 'reported',
  };
}
