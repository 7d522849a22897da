import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { NO_USAGE, type Usage } from '../../core/usage.ts';
import { objectsIn, readObject } from '../fields.ts';
import { isRegional, readServiceTier } from '../service-tier.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

/**
 * Usage as Anthropic reports it: `input_tokens` leaves cache reads and writes out, so the total is the sum of
 * the three; output includes thinking. On a stream `message_start` reports the input and `message_delta` the
 * rest, cumulative and often without what was said before: what is missing stays as it was.
 *
 * With context compaction the top level counts the last pass only, and `iterations` all of them: those are
 * summed, unless a fallback model answered, whose tokens the top level has. An advisor's iterations are another
 * model's and not counted here.
 */
export function anthropicUsage(value: Json | undefined, before: Usage | undefined): Usage | undefined {
  if (!isJsonObject(value)) return before;
  const passes = summedPasses(value);
  if (passes.length > 0) {
    const each = passes.map((pass) => passUsage(pass, undefined) ?? NO_USAGE);
    const totals: Record<string, number> = {};
    for (const usage of each) {
      for (const [key, count] of Object.entries(usage)) {
        if (typeof count === 'number') totals[key] = (totals[key] ?? 0) + count;
      }
    }
    return reportedUsage({ ...totals, ...served(value, before) });
  }
  return passUsage(value, before) ?? before;
}

function summedPasses(usage: JsonObject): readonly JsonObject[] {
  const passes = objectsIn(usage.iterations);
  if (passes.some((pass) => pass.type === 'fallback_message')) return [];
  return passes.filter((pass) => pass.type === 'message' || pass.type === 'compaction');
}

function passUsage(usage: JsonObject, before: Usage | undefined): Usage | undefined {
  const fresh = firstCount(usage, 'input_tokens');
  const output = firstCount(usage, 'output_tokens');
  if (fresh === undefined && output === undefined) return undefined;
  const known = before ?? NO_USAGE;
  const split = readObject(usage.cache_creation);
  const oneHour = firstCount(split, 'ephemeral_1h_input_tokens');
  const ofSplit = split && (oneHour ?? 0) + (firstCount(split, 'ephemeral_5m_input_tokens') ?? 0);
  const read = firstCount(usage, 'cache_read_input_tokens') ?? known.cachedInputTokens;
  const written = firstCount(usage, 'cache_creation_input_tokens') ?? ofSplit ?? known.cacheWriteTokens;
  const plain = fresh ?? known.inputTokens - known.cachedInputTokens - known.cacheWriteTokens;
  // A second message_start of zeros (seen in recorded streams) takes nothing back.
  const total = plain + read + written;
  const input = total > 0 ? { total, read, written } : undefined;
  return reportedUsage({
    inputTokens: input?.total ?? known.inputTokens,
    cachedInputTokens: input?.read ?? known.cachedInputTokens,
    cacheWriteTokens: input?.written ?? known.cacheWriteTokens,
    cacheWrite1hTokens: oneHour ?? known.cacheWrite1hTokens,
    outputTokens: Math.max(output ?? 0, known.outputTokens),
    reasoningTokens:
      firstCount(readObject(usage.output_tokens_details), 'thinking_tokens') ?? known.reasoningTokens,
    ...served(usage, before),
  });
}

/** What the price depends on beside the tokens; `message_start` says most of it, `message_delta` the searches. */
function served(usage: JsonObject, before: Usage | undefined): Partial<Usage> {
  const known = before ?? NO_USAGE;
  const tier = usage.speed === 'fast' ? 'fast' : readServiceTier(usage.service_tier);
  return {
    webSearches: firstCount(readObject(usage.server_tool_use), 'web_search_requests') ?? known.webSearches,
    serviceTier: usage.service_tier === undefined && usage.speed === undefined ? known.serviceTier : tier,
    regional: usage.inference_geo === undefined ? known.regional : isRegional(usage.inference_geo),
  };
}
