import type { JsonObject } from '../../core/json.ts';
import { documentText, urlOf } from '../canonical/media.ts';
import {
  argsText,
  type CanonicalRequest,
  type MediaPart,
  type Part,
  type ResultPart,
  type TextPart,
  type ThoughtPart,
  type Turn,
} from '../canonical/request.ts';
import { ownSeal, type Writing } from '../canonical/writing.ts';
import { isKnownModel } from '../models.ts';
import {
  writeFormat,
  writeReasoning,
  writeSampling,
  writeToolChoice,
} from '../openai-common/write-request.ts';

/** The API takes no smaller cap. */
const LEAST_CAP = 16;

/** Chat's alone. */
const NOT_HERE: ReadonlySet<string> = new Set([
  'logit_bias',
  'prediction',
  'verbosity',
  'modalities',
  'audio',
]);

/** A canonical request as responses want it. Nothing is stored unless the client asks for it. */
export function writeResponsesRequest(request: CanonicalRequest, writing: Writing): JsonObject {
  const body: JsonObject = { model: writing.target.model };
  body.input = request.turns.flatMap((turn) => itemsOf(turn, writing));
  if (request.maxTokens !== undefined) {
    body.max_output_tokens = Math.max(LEAST_CAP, request.maxTokens);
    if (request.maxTokens < LEAST_CAP) writing.trail.drop('max_tokens');
  }
  writeSampling(body, request, writing);
  writeTools(body, request, writing);
  const text: JsonObject = {};
  const format = writeFormat(request.format);
  if (format !== undefined) text.format = format;
  if (request.openAi.verbosity !== undefined) text.verbosity = request.openAi.verbosity;
  if (Object.keys(text).length > 0) body.text = text;
  if (request.user !== undefined) body.user = request.user;
  for (const [member, value] of Object.entries(request.openAi)) {
    if (!NOT_HERE.has(member)) body[member] = value;
  }
  body.store ??= false;
  writeIncludes(body, request, writing);
  if (request.stream) body.stream = true;
  return body;
}

/** Effort and summaries; and the sealed thoughts, without which the next turn would begin anew. */
function writeIncludes(body: JsonObject, request: CanonicalRequest, writing: Writing): void {
  const include: string[] = [];
  const effort = writeReasoning(request, writing);
  if (effort !== undefined) {
    const shown = request.reasoning?.shown !== false && effort !== 'none';
    body.reasoning = shown ? { effort, summary: 'auto' } : { effort };
  }
  const { target, traits } = writing;
  if (traits.thinking === 'effort' && isKnownModel(target.model)) include.push('reasoning.encrypted_content');
  if (request.logprobs === true) {
    include.push('message.output_text.logprobs');
    if (request.topLogprobs !== undefined) body.top_logprobs = request.topLogprobs;
  }
  if (include.length > 0) body.include = include;
}

function itemsOf({ role, developer, parts }: Turn, writing: Writing): JsonObject[] {
  const items: JsonObject[] = [];
  const said: JsonObject[] = [];
  const speaker = developer === true ? 'developer' : role;
  const flush = (): void => {
    if (said.length > 0) items.push({ role: speaker, content: contentOf(said.splice(0)) });
  };
  for (const part of parts) {
    if (isContent(part)) {
      if (part.kind !== 'text' || part.text !== '') said.push(partOf(part, role === 'assistant'));
      continue;
    }
    flush();
    const item = itemOf(part, writing);
    if (item !== undefined) items.push(item);
  }
  flush();
  return items;
}

function isContent(part: Part): part is TextPart | MediaPart {
  return part.kind !== 'thought' && part.kind !== 'call' && part.kind !== 'result';
}

function contentOf(parts: JsonObject[]): string | JsonObject[] {
  const [only] = parts;
  return parts.length === 1 && typeof only?.text === 'string' ? only.text : parts;
}

function itemOf(part: Exclude<Part, TextPart | MediaPart>, writing: Writing): JsonObject | undefined {
  if (part.kind === 'thought') return reasoningItem(part, writing);
  if (part.kind === 'result') return resultItem(part, writing);
  ownSeal(part, 'openai', writing.trail);
  const name = writing.tools.out(part.name);
  const call = { call_id: writing.ids.out(part.id), name };
  return part.custom === true
    ? { type: 'custom_tool_call', ...call, input: argsText(part.args) }
    : { type: 'function_call', ...call, arguments: argsText(part.args) };
}

function reasoningItem(part: ThoughtPart, writing: Writing): JsonObject | undefined {
  const seal = ownSeal(part, 'openai', writing.trail);
  if (seal === undefined) return undefined;
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }];
  const item: JsonObject = { type: 'reasoning', summary, encrypted_content: seal.data };
  if (seal.id !== undefined) item.id = seal.id;
  return item;
}

function resultItem(part: ResultPart, writing: Writing): JsonObject {
  const parts = part.parts.map((inner) => partOf(inner, false));
  return {
    type: part.custom === true ? 'custom_tool_call_output' : 'function_call_output',
    call_id: writing.ids.out(part.id),
    output: parts.length === 0 ? '' : contentOf(parts),
  };
}

function partOf(part: TextPart | MediaPart, fromModel: boolean): JsonObject {
  const textType = fromModel ? 'output_text' : 'input_text';
  if (part.kind === 'text') return { type: textType, text: part.text };
  const { source } = part;
  if (source.from === 'text') return { type: textType, text: documentText(part.name, source.text) };
  if (part.kind === 'image') {
    return { type: 'input_image', image_url: urlOf(source), detail: part.detail ?? 'auto' };
  }
  if (source.from === 'url') return { type: 'input_file', file_url: source.url };
  return { type: 'input_file', filename: part.name ?? 'document.pdf', file_data: urlOf(source) };
}

function writeTools(body: JsonObject, request: CanonicalRequest, writing: Writing): void {
  if (request.tools.length === 0) return;
  body.tools = request.tools.map((tool) => {
    const name = writing.tools.out(tool.name);
    if (tool.custom !== undefined) return { ...tool.custom, type: 'custom', name };
    const declared: JsonObject = { type: 'function', name };
    if (tool.description !== undefined) declared.description = tool.description;
    declared.parameters = tool.schema ?? { type: 'object', properties: {} };
    // Unlike chat, responses are strict where nothing is said.
    declared.strict = tool.strict === true;
    return declared;
  });
  if (request.parallelTools === false) body.parallel_tool_calls = false;
  const named = (name: string): JsonObject => ({ type: 'function', name });
  const choice = writeToolChoice(request.toolChoice, writing.tools, named);
  if (choice !== undefined) body.tool_choice = choice;
}
