import { isJsonObject, type Json } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { objectsIn } from '../fields.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

/** Usage as Converse reports it: input leaves out what was read from and written to the cache. */
export function converseUsage(value: Json | undefined): Usage | undefined {
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
    audioInputTokens: 0,
    outputTokens: output ?? 0,
    reasoningTokens: 0,
    audioOutputTokens: 0,
  });
}
