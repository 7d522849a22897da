import type { JsonObject } from '../../core/json.ts';
import { documentText, urlOf } from '../canonical/media.ts';
import { askedEffort, budgetOf } from '../canonical/reasoning.ts';
import {
  argsText,
  type CallPart,
  type CanonicalRequest,
  type MediaPart,
  type Part,
  type TextPart,
  type Turn,
} from '../canonical/request.ts';
import type { Writing } from '../canonical/writing.ts';

const MOST_STOPS = 5;
/** `p` is between these; one is a way to say that it does not matter. */
const LEAST_P = 0.01;
const MOST_P = 0.99;

/** A canonical request as Cohere's v2 chat wants it (https://docs.cohere.com/reference/chat). */
export function writeCohereRequest(request: CanonicalRequest, writing: Writing): JsonObject {
  const body: JsonObject = { model: writing.target.model };
  body.messages = request.turns.flatMap((turn) => messagesOf(turn, writing));
  writeSampling(body, request, writing);
  writeTools(body, request, writing);
  if (request.format !== undefined) {
    const schema = request.format.kind === 'schema' ? { json_schema: request.format.schema } : {};
    body.response_format = { type: 'json_object', ...schema };
  }
  writeThinking(body, request, writing);
  if (request.stream) body.stream = true;
  return body;
}

function writeSampling(body: JsonObject, request: CanonicalRequest, { trail }: Writing): void {
  for (const [member, value, most, feature] of [
    ['temperature', request.temperature, 1, 'temperature'],
    ['frequency_penalty', request.frequencyPenalty, 1, 'frequency_penalty'],
    ['presence_penalty', request.presencePenalty, 1, 'presence_penalty'],
  ] as const) {
    if (value === undefined) continue;
    body[member] = Math.min(most, Math.max(0, value));
    if (body[member] !== value) trail.drop(feature);
  }
  if (request.topP !== undefined) body.p = Math.min(MOST_P, Math.max(LEAST_P, request.topP));
  if (request.topK !== undefined) body.k = request.topK;
  if (request.seed !== undefined) body.seed = request.seed;
  if (request.maxTokens !== undefined) body.max_tokens = request.maxTokens;
  if (request.stop === undefined) return;
  body.stop_sequences = request.stop.slice(0, MOST_STOPS);
  if (request.stop.length > MOST_STOPS) trail.drop('stop');
}

/** A tool that must be called is the only one that is offered. */
function writeTools(body: JsonObject, request: CanonicalRequest, writing: Writing): void {
  const { toolChoice } = request;
  const one = toolChoice?.mode === 'tool' ? toolChoice.name : undefined;
  const offered = request.tools.filter(({ name }) => one === undefined || name === one);
  if (offered.length === 0) return;
  body.tools = offered.map((tool) => {
    const declared: JsonObject = { name: writing.tools.out(tool.name) };
    if (tool.description !== undefined) declared.description = tool.description;
    declared.parameters = tool.schema ?? { type: 'object', properties: {} };
    return { type: 'function', function: declared };
  });
  if (offered.some(({ strict }) => strict === true)) body.strict_tools = true;
  if (toolChoice?.mode === 'none') body.tool_choice = 'NONE';
  else if (one !== undefined || toolChoice?.mode === 'required') body.tool_choice = 'REQUIRED';
}

function writeThinking(body: JsonObject, { reasoning }: CanonicalRequest, { traits, trail }: Writing): void {
  const asked = reasoning === undefined ? undefined : askedEffort(reasoning);
  if (asked === undefined) return;
  if (traits.thinking === 'none') {
    if (asked !== 'none') trail.drop('reasoning');
  } else if (asked === 'none') body.thinking = { type: 'disabled' };
  else {
    body.thinking = { type: 'enabled', token_budget: reasoning?.budgetTokens ?? budgetOf(asked) };
  }
}

function messagesOf({ role, parts }: Turn, writing: Writing): JsonObject[] {
  if (role === 'assistant') return assistantMessage(parts, writing);
  const messages: JsonObject[] = [];
  const said: (TextPart | MediaPart)[] = [];
  for (const part of parts) {
    if (part.kind === 'result') {
      const text = part.parts.flatMap((inner) => (inner.kind === 'text' ? [inner.text] : []));
      said.push(...part.parts.filter((inner) => inner.kind !== 'text'));
      messages.push({ role: 'tool', tool_call_id: writing.ids.out(part.id), content: text.join('\n') });
    } else if (isContent(part)) said.push(part);
  }
  const content = contentOf(said);
  if (content !== '') messages.push({ role, content });
  return messages;
}

function isContent(part: Part): part is TextPart | MediaPart {
  return part.kind !== 'thought' && part.kind !== 'call' && part.kind !== 'result';
}

/** What was thought before a call is its plan; else it stands before the text. */
function assistantMessage(parts: readonly Part[], writing: Writing): JsonObject[] {
  const calls = parts.filter((part): part is CallPart => part.kind === 'call');
  const thoughts = parts.flatMap((part) => (part.kind === 'thought' && part.text !== '' ? [part.text] : []));
  const said = parts.filter(isContent);
  const message: JsonObject = { role: 'assistant' };
  const content = contentOf(said);
  if (calls.length > 0) {
    message.tool_calls = calls.map(({ id, name, args }) => ({
      id: writing.ids.out(id),
      type: 'function',
      function: { name: writing.tools.out(name), arguments: argsText(args) },
    }));
    if (thoughts.length > 0) message.tool_plan = thoughts.join('\n');
    if (content !== '') message.content = content;
  } else if (thoughts.length > 0) {
    const before = thoughts.map((thinking) => ({ type: 'thinking', thinking }));
    message.content = [...before, ...said.map(partOf)];
  } else if (content !== '') message.content = content;
  return message.content === undefined && calls.length === 0 ? [] : [message];
}

function contentOf(parts: readonly (TextPart | MediaPart)[]): string | JsonObject[] {
  const kept = parts.filter((part) => part.kind !== 'text' || part.text !== '');
  const [only] = kept;
  if (only === undefined) return '';
  return kept.length === 1 && only.kind === 'text' ? only.text : kept.map(partOf);
}

function partOf(part: TextPart | MediaPart): JsonObject {
  if (part.kind === 'text') return { type: 'text', text: part.text };
  const { source, name, detail } = part;
  if (source.from === 'text') return { type: 'text', text: documentText(name, source.text) };
  const image: JsonObject = { url: urlOf(source) };
  if (detail !== undefined) image.detail = detail;
  return { type: 'image_url', image_url: image };
}
