import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { objectsIn, readObject } from '../fields.ts';
import { readServiceTier } from '../service-tier.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

/**
 * Usage as Converse reports it: input leaves out what was read from and written to the cache.
 * @param holder the answer or metadata that it stands in, which names the service
 */
export function converseUsage(holder: JsonObject): Usage | undefined {
  const value: Json | undefined = holder.usage;
  if (!isJsonObject(value)) return undefined;
  const fresh = firstCount(value, 'inputTokens');
  const output = firstCount(value, 'outputTokens');
  if (fresh === undefined && output === undefined) return undefined;
  const read = firstCount(value, 'cacheReadInputTokens', 'cacheReadInputTokenCount') ?? 0;
  const written = firstCount(value, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount') ?? 0;
  const oneHour = objectsIn(value.cacheDetails).find((detail) => detail.ttl === '1h');
  return reportedUsage({
    inputTokens: (fresh ?? 0) + read + written,
    cachedInputTokens: read,
    cacheWriteTokens: written,
    cacheWrite1hTokens: firstCount(oneHour, 'inputTokens') ?? 0,
    outputTokens: output ?? 0,
    serviceTier: readServiceTier(readObject(holder.serviceTier)?.type),
  });
}
