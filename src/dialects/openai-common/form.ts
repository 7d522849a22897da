/** What the answers of OpenAI's endpoints have in common. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { MendFacts } from '../forms/mender.ts';
import { nullable, object, oneOf, whole } from '../forms/shape.ts';

const TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast'];
export const SERVICE_TIER = nullable(oneOf(TIERS));
export const RESPONSE_TIER = nullable(oneOf([...TIERS, 'ultrafast']));

const COUNT = whole();
const CHAT_DETAILS = object(
  {},
  {
    accepted_prediction_tokens: COUNT,
    audio_tokens: COUNT,
    cached_tokens: COUNT,
    cache_write_tokens: COUNT,
    image_tokens: COUNT,
    reasoning_tokens: COUNT,
    rejected_prediction_tokens: COUNT,
    text_tokens: COUNT,
  },
);

export const CHAT_USAGE = object(
  { prompt_tokens: COUNT, completion_tokens: COUNT, total_tokens: COUNT },
  { prompt_tokens_details: CHAT_DETAILS, completion_tokens_details: CHAT_DETAILS },
);
export const EMBEDDING_USAGE = object({ prompt_tokens: COUNT, total_tokens: COUNT });
export const RESPONSE_USAGE = object({
  input_tokens: COUNT,
  input_tokens_details: object({ cached_tokens: COUNT }, { cache_write_tokens: COUNT }),
  output_tokens: COUNT,
  output_tokens_details: object({ reasoning_tokens: COUNT }),
  total_tokens: COUNT,
});

/**
 * Usage that counts nothing is none: a zero in its place would say that nothing was used.
 * @param counts the members that it must have one of
 */
export function dropEmptyUsage(body: JsonObject, counts: readonly string[]): void {
  const { usage } = body;
  if (usage === undefined) return;
  if (!isJsonObject(usage) || counts.every((name) => typeof usage[name] !== 'number')) delete body.usage;
  else if (usage.total_tokens === undefined) {
    usage.total_tokens = counts.reduce((sum, name) => sum + Number(usage[name] ?? 0), 0);
  }
}

/** The service in the dialect's words, where the vendor has its own. */
export function nameTier(body: JsonObject, { words }: MendFacts): void {
  const tier = words.tier?.[String(body.service_tier)];
  if (tier !== undefined) body.service_tier = tier;
}
