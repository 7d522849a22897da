import type { JsonObject } from '../../core/json.ts';
import { writeSampling, writeThinking } from '../anthropic-messages/write-parameters.ts';
import { askedEffort, nearestEffort } from '../canonical/reasoning.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Writing } from '../canonical/writing.ts';
import { isClaude } from '../models.ts';

/** Sampling and reasoning: in Converse's words what all models know, in the model's own what only it knows. */
export function writeModelFields(body: JsonObject, request: CanonicalRequest, writing: Writing): void {
  const config: JsonObject = {};
  if (request.maxTokens !== undefined) config.maxTokens = request.maxTokens;
  const fields = isClaude(writing.target.model)
    ? writeClaude(config, request, writing)
    : writeOthers(config, request, writing);
  if (Object.keys(config).length > 0) body.inferenceConfig = config;
  if (Object.keys(fields).length > 0) body.additionalModelRequestFields = fields;
}

/** As Anthropic wants it, with the common members under Converse's names. */
function writeClaude(config: JsonObject, request: CanonicalRequest, writing: Writing): JsonObject {
  const own: JsonObject = { max_tokens: request.maxTokens ?? writing.traits.maxOutputTokens };
  const thinks = writeThinking(own, request, writing);
  writeSampling(own, request, writing, thinks);
  if (own.temperature !== undefined) config.temperature = own.temperature;
  if (own.top_p !== undefined) config.topP = own.top_p;
  if (own.stop_sequences !== undefined) config.stopSequences = own.stop_sequences;
  // The budget must be below a cap that is said.
  if (thinks && own.max_tokens !== undefined) config.maxTokens = own.max_tokens;
  const fields: JsonObject = {};
  for (const member of ['thinking', 'output_config', 'top_k']) {
    const value = own[member];
    if (value !== undefined) fields[member] = value;
  }
  return fields;
}

function writeOthers(
  config: JsonObject,
  request: CanonicalRequest,
  { traits, trail, target }: Writing,
): JsonObject {
  if (request.temperature !== undefined) {
    config.temperature = Math.min(1, Math.max(0, request.temperature));
    if (request.temperature > 1) trail.drop('temperature');
  }
  if (request.topP !== undefined) config.topP = request.topP;
  if (request.topK !== undefined) trail.drop('top_k');
  if (request.stop !== undefined) config.stopSequences = request.stop;
  const asked = request.reasoning === undefined ? undefined : askedEffort(request.reasoning);
  if (asked === undefined || asked === 'none') return {};
  if (!target.model.includes('nova-2')) {
    trail.drop('reasoning');
    return {};
  }
  return {
    reasoningConfig: { type: 'enabled', maxReasoningEffort: nearestEffort(asked, traits) ?? 'medium' },
  };
}
