import type { Json, JsonObject } from '../../core/json.ts';
import { mimeOfUrl } from '../canonical/media.ts';
import { askedEffort, budgetOf, nearestEffort } from '../canonical/reasoning.ts';
import {
  argsObject,
  type CanonicalRequest,
  type MediaPart,
  type Part,
  type ResultPart,
} from '../canonical/request.ts';
import { mergedTurns, ownSeal, systemParts, type Writing } from '../canonical/writing.ts';

const MOST_STOPS = 5;

/** What Gemini 3 takes in place of a signature that is lost, as its documentation says for foreign histories. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** A canonical request as generateContent wants it; the model stands in the path. */
export function writeGeminiRequest(request: CanonicalRequest, writing: Writing): JsonObject {
  const body: JsonObject = {};
  const system = systemParts(request);
  if (system.length > 0) body.systemInstruction = { parts: system.map(({ text }) => ({ text })) };
  const names = new Map<string, string>();
  body.contents = mergedTurns(request)
    .map(({ role, parts }) => ({
      role: role === 'assistant' ? 'model' : 'user',
      parts: partsOf(parts, names, writing),
    }))
    .filter(({ parts }) => parts.length > 0);
  writeTools(body, request, writing);
  const config = configOf(request, writing);
  if (Object.keys(config).length > 0) body.generationConfig = config;
  return body;
}

function partsOf(parts: readonly Part[], names: Map<string, string>, writing: Writing): JsonObject[] {
  const signs = writing.traits.thinking === 'level';
  let firstCall = true;
  const written: JsonObject[] = [];
  for (const part of parts) {
    if (part.kind === 'result') {
      written.push(...resultParts(part, names, writing));
      continue;
    }
    const found = partOf(part, names, writing);
    if (found === undefined) continue;
    if (part.kind === 'call') {
      if (signs && firstCall && found.thoughtSignature === undefined) found.thoughtSignature = NO_SIGNATURE;
      firstCall = false;
    }
    written.push(found);
  }
  return written;
}

function partOf(
  part: Exclude<Part, ResultPart>,
  names: Map<string, string>,
  writing: Writing,
): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      if (part.text === '') return undefined;
      return part.seal?.format === 'gemini'
        ? { text: part.text, thoughtSignature: part.seal.data }
        : { text: part.text };
    case 'thought': {
      const seal = ownSeal(part, 'gemini', writing.trail);
      return seal === undefined ? undefined : { text: part.text, thought: true, thoughtSignature: seal.data };
    }
    case 'call': {
      const name = writing.tools.out(part.name);
      names.set(part.id, name);
      const call: JsonObject = { functionCall: { name, args: argsObject(part.args) } };
      if (part.seal?.format === 'gemini') call.thoughtSignature = part.seal.data;
      return call;
    }
    default:
      return mediaPart(part);
  }
}

/** Results are told by the function's name, in the order of the calls; media follow as parts of their own. */
function resultParts(part: ResultPart, names: Map<string, string>, writing: Writing): JsonObject[] {
  const text = part.parts.map((inner) => (inner.kind === 'text' ? inner.text : '')).join('');
  const response = part.failed ? { error: text } : responseOf(text);
  const name = names.get(part.id) ?? writing.tools.out(part.id);
  const media = part.parts.filter((inner): inner is MediaPart => inner.kind !== 'text').map(mediaPart);
  return [{ functionResponse: { name, response } }, ...media];
}

function responseOf(text: string): JsonObject {
  if (text.trimStart().startsWith('{')) {
    const object = argsObject(text);
    if (object.raw_arguments === undefined) return object;
  }
  return { output: text };
}

function mediaPart({ source, kind }: MediaPart): JsonObject {
  if (source.from === 'text') {
    return { inlineData: { mimeType: 'text/plain', data: Buffer.from(source.text).toString('base64') } };
  }
  if (source.from === 'inline') return { inlineData: { mimeType: source.mime, data: source.data } };
  const mimeType = source.mime ?? mimeOfUrl(source.url, kind === 'image' ? 'image/jpeg' : 'application/pdf');
  return { fileData: { mimeType, fileUri: source.url } };
}

function writeTools(body: JsonObject, request: CanonicalRequest, writing: Writing): void {
  if (request.tools.length === 0) return;
  const functionDeclarations = request.tools.map(({ name, description, schema }) => {
    const declared: JsonObject = { name: writing.tools.out(name) };
    if (description !== undefined) declared.description = description;
    if (schema !== undefined) declared.parametersJsonSchema = schema;
    return declared;
  });
  body.tools = [{ functionDeclarations }];
  const { toolChoice } = request;
  if (toolChoice === undefined) return;
  const allowed = toolChoice.mode === 'tool' ? [toolChoice.name ?? ''] : toolChoice.allowed;
  const forced = toolChoice.mode === 'tool' || toolChoice.mode === 'required';
  const config: JsonObject = { mode: forced ? 'ANY' : toolChoice.mode.toUpperCase() };
  if (allowed !== undefined) {
    config.allowedFunctionNames = allowed.map((name) => writing.tools.out(name));
    if (!forced) config.mode = 'VALIDATED';
  }
  body.toolConfig = { functionCallingConfig: config };
}

function configOf(request: CanonicalRequest, writing: Writing): JsonObject {
  const config: JsonObject = {};
  for (const [member, value] of [
    ['topP', request.topP],
    ['topK', request.topK],
    ['presencePenalty', request.presencePenalty],
    ['frequencyPenalty', request.frequencyPenalty],
    ['seed', request.seed],
    ['maxOutputTokens', request.maxTokens],
    ['candidateCount', request.choices],
    ['responseLogprobs', request.logprobs],
    ['logprobs', request.topLogprobs],
  ] as const) {
    if (value !== undefined) config[member] = value;
  }
  if (request.temperature !== undefined) {
    config.temperature = Math.min(2, Math.max(0, request.temperature));
    if (request.temperature > 2) writing.trail.drop('temperature');
  }
  if (request.stop !== undefined) {
    config.stopSequences = request.stop.slice(0, MOST_STOPS);
    if (request.stop.length > MOST_STOPS) writing.trail.drop('stop');
  }
  if (request.format !== undefined) {
    config.responseMimeType = 'application/json';
    if (request.format.kind === 'schema') config.responseJsonSchema = request.format.schema;
  }
  const thinking = thinkingOf(request, writing);
  if (thinking !== undefined) config.thinkingConfig = thinking;
  return config;
}

/** Gemini 3 takes a level, 2.5 a budget; only some of 2.5 can be told not to think. */
function thinkingOf(request: CanonicalRequest, { traits, trail }: Writing): Json | undefined {
  const { reasoning } = request;
  const asked = reasoning === undefined ? undefined : askedEffort(reasoning);
  if (reasoning === undefined || asked === undefined) return undefined;
  if (traits.thinking === 'none') {
    if (asked !== 'none') trail.drop('reasoning');
    return undefined;
  }
  const effort = nearestEffort(asked, traits) ?? asked;
  const includeThoughts = reasoning.shown !== false && asked !== 'none';
  if (asked === 'none' && effort !== 'none') trail.drop('reasoning');
  if (traits.thinking === 'level') return { thinkingLevel: effort.toUpperCase(), includeThoughts };
  if (asked === 'none') return { thinkingBudget: effort === 'none' ? 0 : 128, includeThoughts };
  return { thinkingBudget: Math.min(reasoning.budgetTokens ?? budgetOf(effort), 24_576), includeThoughts };
}
