import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { objectsIn } from '../fields.ts';
import { readServiceTier } from '../service-tier.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

/**
 * Usage as Gemini reports it: the prompt includes what came from the cache, thoughts stand beside the
 * candidates. Cumulative on streams, where every chunk has it.
 */
export function geminiUsage(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const prompt = firstCount(value, 'promptTokenCount');
  const total = firstCount(value, 'totalTokenCount');
  if (prompt === undefined && total === undefined) return undefined;
  const inputTokens = (prompt ?? 0) + (firstCount(value, 'toolUsePromptTokenCount') ?? 0);
  const thoughts = firstCount(value, 'thoughtsTokenCount') ?? 0;
  const written = (firstCount(value, 'candidatesTokenCount', 'responseTokenCount') ?? 0) + thoughts;
  return reportedUsage({
    inputTokens,
    cachedInputTokens: firstCount(value, 'cachedContentTokenCount') ?? 0,
    audioInputTokens: ofModality('AUDIO', value.promptTokensDetails),
    imageInputTokens: ofModality('IMAGE', value.promptTokensDetails),
    outputTokens: Math.max(written, (total ?? 0) - inputTokens),
    reasoningTokens: thoughts,
    audioOutputTokens: ofModality('AUDIO', value.candidatesTokensDetails),
    imageOutputTokens: ofModality('IMAGE', value.candidatesTokensDetails),
    // Vertex says it in the kind of traffic.
    serviceTier: readServiceTier(value.serviceTier ?? trafficTier(value.trafficType)),
  });
}

function ofModality(modality: 'AUDIO' | 'IMAGE', details: Json | undefined): number {
  const found = objectsIn(details).find((detail) => detail.modality === modality);
  return firstCount(found, 'tokenCount') ?? 0;
}

/** `ON_DEMAND`, `ON_DEMAND_FLEX`, `ON_DEMAND_PRIORITY`, `PROVISIONED_THROUGHPUT`, `TRAFFIC_TYPE_UNSPECIFIED`. */
function trafficTier(type: Json | undefined): string | undefined {
  if (type === 'ON_DEMAND_FLEX') return 'flex';
  return type === 'ON_DEMAND_PRIORITY' ? 'priority' : undefined;
}

/** Usage in Gemini's words. */
export function writeGeminiUsage(usage: Usage): JsonObject {
  const written: JsonObject = {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
    totalTokenCount: usage.inputTokens + usage.outputTokens,
  };
  if (usage.reasoningTokens > 0) written.thoughtsTokenCount = usage.reasoningTokens;
  if (usage.cachedInputTokens > 0) written.cachedContentTokenCount = usage.cachedInputTokens;
  return written;
}
