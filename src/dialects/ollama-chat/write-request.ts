import type { JsonObject } from '../../core/json.ts';
import { documentText } from '../canonical/media.ts';
import { askedEffort, nearestEffort } from '../canonical/reasoning.ts';
import {
  argsObject,
  type CanonicalRequest,
  type MediaPart,
  type Part,
  type TextPart,
  type Turn,
} from '../canonical/request.ts';
import type { Writing } from '../canonical/writing.ts';

/** A canonical request as Ollama's own `/api/chat` wants it (https://docs.ollama.com/api/chat). */
export function writeOllamaRequest(request: CanonicalRequest, writing: Writing): JsonObject {
  const body: JsonObject = { model: writing.target.model };
  const called = new Map<string, string>();
  body.messages = request.turns.flatMap((turn) => messagesOf(turn, called, writing));
  const options = optionsOf(request);
  if (Object.keys(options).length > 0) body.options = options;
  // There is no word for none: the tools stay away.
  if (request.tools.length > 0 && request.toolChoice?.mode !== 'none') {
    body.tools = request.tools.map(({ name, description, schema }) => {
      const declared: JsonObject = { name: writing.tools.out(name) };
      if (description !== undefined) declared.description = description;
      declared.parameters = schema ?? { type: 'object', properties: {} };
      return { type: 'function', function: declared };
    });
  }
  if (request.format !== undefined) {
    body.format = request.format.kind === 'schema' ? request.format.schema : 'json';
  }
  writeThinking(body, request, writing);
  // It streams unless it is told not to.
  body.stream = request.stream;
  return body;
}

function optionsOf(request: CanonicalRequest): JsonObject {
  const options: JsonObject = {};
  for (const [option, value] of [
    ['num_predict', request.maxTokens],
    ['temperature', request.temperature],
    ['top_p', request.topP],
    ['top_k', request.topK],
    ['seed', request.seed],
    ['stop', request.stop],
    ['frequency_penalty', request.frequencyPenalty],
    ['presence_penalty', request.presencePenalty],
  ] as const) {
    if (value !== undefined) options[option] = value;
  }
  return options;
}

/** On or off; gpt-oss takes levels and cannot be turned off. */
function writeThinking(
  body: JsonObject,
  { reasoning }: CanonicalRequest,
  { traits, target, trail }: Writing,
) {
  const asked = reasoning === undefined ? undefined : askedEffort(reasoning);
  if (asked === undefined) return;
  if (target.model.includes('gpt-oss')) {
    const effort = nearestEffort(asked, traits) ?? 'low';
    body.think = effort;
    if (asked === 'none') trail.drop('reasoning');
  } else if (traits.thinking !== 'none') body.think = asked !== 'none';
  else if (asked !== 'none') trail.drop('reasoning');
}

/** @param called names of the tools by the ids of their calls: a result names its tool */
function messagesOf({ role, parts }: Turn, called: Map<string, string>, writing: Writing): JsonObject[] {
  const messages: JsonObject[] = [];
  const said: (TextPart | MediaPart)[] = [];
  const calls: JsonObject[] = [];
  let thinking = '';
  for (const part of parts) {
    if (part.kind === 'result') {
      messages.push(resultOf(part, called, writing));
      said.push(...part.parts.filter(({ kind }) => kind !== 'text'));
    } else if (part.kind === 'call') {
      const name = writing.tools.out(part.name);
      called.set(part.id, name);
      const id = writing.ids.out(part.id);
      calls.push({ id, function: { index: calls.length, name, arguments: argsObject(part.args) } });
    } else if (part.kind === 'thought') thinking += part.text;
    else said.push(part);
  }
  const message = messageOf(role, said);
  if (thinking !== '') message.thinking = thinking;
  if (calls.length > 0) message.tool_calls = calls;
  const empty = message.content === '' && message.images === undefined && calls.length === 0;
  return empty ? messages : [...messages, message];
}

function resultOf(part: Part & { kind: 'result' }, called: ReadonlyMap<string, string>, writing: Writing) {
  const text = part.parts.flatMap((inner) => (inner.kind === 'text' ? [inner.text] : []));
  const message: JsonObject = { role: 'tool', content: text.join('\n') };
  const name = called.get(part.id);
  if (name !== undefined) message.tool_name = name;
  message.tool_call_id = writing.ids.out(part.id);
  return message;
}

/** One text, and the images beside it. */
function messageOf(role: Turn['role'], said: readonly (TextPart | MediaPart)[]): JsonObject {
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of said) {
    if (part.kind === 'text') texts.push(part.text);
    else if (part.source.from === 'text') texts.push(documentText(part.name, part.source.text));
    else if (part.source.from === 'inline') images.push(part.source.data);
  }
  const message: JsonObject = { role, content: texts.filter((text) => text !== '').join('\n\n') };
  if (images.length > 0) message.images = images;
  return message;
}
