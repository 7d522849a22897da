import type { Json, JsonObject } from '../../core/json.ts';
import type { CanonicalRequest, Reasoning } from '../canonical/request.ts';
import { type Trail, words } from '../canonical/trail.ts';
import { readObject, readText, wrongField } from '../fields.ts';
import type { Effort } from '../models.ts';
import { member, spelled } from './members.ts';
import { jsonSchema } from './schema.ts';

const BODY = spelled(
  words('model contents systemInstruction tools toolConfig generationConfig cachedContent'),
);
const CONFIG = spelled(
  words(`temperature topP topK candidateCount maxOutputTokens stopSequences presencePenalty
  frequencyPenalty seed responseMimeType responseSchema responseJsonSchema responseLogprobs logprobs
  thinkingConfig responseModalities`),
);

/** Everything of a generateContent request but the conversation and the tools. */
export function readConfig(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  trail.unknown(body, BODY, '');
  if (member(body, 'cachedContent') !== undefined) throw trail.refusal('stored_state', 'cachedContent');
  readToolConfig(readObject(member(body, 'toolConfig')), request, trail);
  const config = readObject(member(body, 'generationConfig'));
  if (config === undefined) return;
  trail.unknown(config, CONFIG, 'generationConfig');
  readNumbers(config, request, trail);
  readFormat(config, request, trail);
  readThinking(readObject(member(config, 'thinkingConfig')), request, trail);
  const modalities = member(config, 'responseModalities');
  if (Array.isArray(modalities) && modalities.some((kind) => kind !== 'TEXT')) {
    throw trail.refusal('audio_out', 'generationConfig.responseModalities');
  }
}

const NUMBERS = [
  ['temperature', 'temperature', 'temperature'],
  ['topP', 'topP', 'top_p'],
  ['topK', 'topK', 'top_k'],
  ['presencePenalty', 'presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequencyPenalty', 'frequency_penalty'],
  ['seed', 'seed', 'seed'],
  ['maxOutputTokens', 'maxTokens', 'max_tokens'],
] as const;

function readNumbers(config: JsonObject, request: CanonicalRequest, trail: Trail): void {
  for (const [name, field, feature] of NUMBERS) {
    const value = number(config, name);
    if (value === undefined || (value === 0 && name.endsWith('Penalty'))) continue;
    request[field] = value;
    trail.uses(feature, `generationConfig.${name}`);
  }
  const choices = number(config, 'candidateCount');
  if (choices !== undefined && choices > 1) {
    request.choices = choices;
    trail.uses('choices', 'generationConfig.candidateCount');
  }
  const stop = member(config, 'stopSequences');
  if (Array.isArray(stop) && stop.length > 0) {
    request.stop = stop.filter((item) => typeof item === 'string');
    trail.uses('stop', 'generationConfig.stopSequences');
  }
  if (member(config, 'responseLogprobs') === true) {
    request.logprobs = true;
    trail.uses('logprobs', 'generationConfig.responseLogprobs');
    const top = number(config, 'logprobs');
    if (top !== undefined) request.topLogprobs = top;
  }
}

function number(config: JsonObject, name: string): number | undefined {
  const value: Json | undefined = member(config, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw wrongField(`generationConfig.${name}`, 'a number', value);
  return value;
}

function readFormat(config: JsonObject, request: CanonicalRequest, trail: Trail): void {
  if (readText(member(config, 'responseMimeType')) !== 'application/json') return;
  const own = readObject(member(config, 'responseSchema'));
  const schema =
    readObject(member(config, 'responseJsonSchema')) ?? (own === undefined ? undefined : jsonSchema(own));
  if (schema === undefined) {
    request.format = { kind: 'json' };
    trail.uses('json_object', 'generationConfig.responseMimeType');
  } else {
    request.format = { kind: 'schema', schema };
    trail.uses(
      'json_schema',
      `generationConfig.${own === undefined ? 'responseJsonSchema' : 'responseSchema'}`,
    );
  }
}

function readThinking(config: JsonObject | undefined, request: CanonicalRequest, trail: Trail): void {
  if (config === undefined) return;
  const reasoning: Reasoning = { shown: member(config, 'includeThoughts') === true };
  const level = readText(member(config, 'thinkingLevel'))?.toLowerCase();
  const budget = member(config, 'thinkingBudget');
  if (level === 'minimal' || level === 'low' || level === 'medium' || level === 'high') {
    reasoning.effort = level satisfies Effort;
  }
  if (budget === 0) reasoning.off = true;
  else if (typeof budget === 'number' && budget > 0) reasoning.budgetTokens = budget;
  // -1: as much as the model likes.
  else if (budget === -1) reasoning.effort = 'medium';
  request.reasoning = reasoning;
  trail.uses('reasoning', 'generationConfig.thinkingConfig');
}

function readToolConfig(config: JsonObject | undefined, request: CanonicalRequest, trail: Trail): void {
  const calling = readObject(member(config, 'functionCallingConfig'));
  if (calling === undefined || request.tools.length === 0) return;
  const path = 'toolConfig.functionCallingConfig';
  const mode = readText(calling.mode)?.toUpperCase() ?? 'AUTO';
  if (mode === 'NONE') {
    request.toolChoice = { mode: 'none' };
    trail.uses('tool_choice_none', path);
    return;
  }
  const names = member(calling, 'allowedFunctionNames');
  const allowed = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  const [only, second] = allowed;
  if (mode === 'ANY' && only !== undefined && second === undefined) {
    request.toolChoice = { mode: 'tool', name: only };
    trail.uses('tool_choice', path);
    return;
  }
  request.toolChoice = { mode: mode === 'ANY' ? 'required' : 'auto' };
  if (allowed.length > 0) {
    request.toolChoice.allowed = allowed;
    trail.uses('tool_choice_allowed', path);
  } else trail.uses('tool_choice', path);
}
