import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { sourceOfUrl } from '../canonical/media.ts';
import type { CanonicalRequest, MediaPart, Part, TextPart, Turn } from '../canonical/request.ts';
import { attachGeminiSeals, readSeal } from '../canonical/seals.ts';
import { type Trail, words } from '../canonical/trail.ts';
import { objectsIn, readText, wrongField } from '../fields.ts';
import { readCommon } from '../openai-common/read-request.ts';

const ITEM = words(`type role content id status call_id name arguments input output summary encrypted_content
  phase caller namespace`);
const PART = words(
  'type text image_url detail file_data file_url filename file_id annotations logprobs refusal',
);
const INCLUDES = new Set<Json>(['message.output_text.logprobs', 'reasoning.encrypted_content']);

/** A responses request without its wire format. @throws Fault `invalid_request` */
export function readResponsesRequest(body: JsonObject, trail: Trail): CanonicalRequest {
  for (const member of ['previous_response_id', 'conversation', 'prompt'] as const) {
    if (body[member] !== undefined && body[member] !== null) throw trail.refusal('stored_state', member);
  }
  if (body.background === true) throw trail.refusal('stored_state', 'background');
  const request: CanonicalRequest = { stream: body.stream === true, turns: [], tools: [], openAi: {} };
  const instructions = readText(body.instructions);
  if (instructions !== undefined) {
    trail.uses('system', 'instructions');
    request.turns.push({
      role: 'system',
      parts: [{ kind: 'text', text: instructions, path: 'instructions' }],
    });
  }
  readInput(body.input, request, trail);
  readCommon(body, request, trail);
  if (body.truncation === 'auto') trail.dropPath('truncation');
  if (body.context_management !== undefined && body.context_management !== null)
    trail.dropPath('context_management');
  if (Array.isArray(body.include) && body.include.some((item) => !INCLUDES.has(item)))
    trail.dropPath('include');
  return request;
}

function readInput(input: Json | undefined, request: CanonicalRequest, trail: Trail): void {
  if (typeof input === 'string') {
    request.turns.push({ role: 'user', parts: [{ kind: 'text', text: input, path: 'input' }] });
    return;
  }
  let begun = false;
  objectsIn(input).forEach((item, index) => {
    const path = `input[${index}]`;
    trail.unknown(item, ITEM, path);
    const turn = turnOf(item, path, trail);
    if (turn.role === 'system') trail.uses(begun ? 'system_later' : 'system', `${path}.role`);
    else begun = true;
    const before = request.turns.at(-1);
    // An assistant's turn comes as several items: thoughts, text, calls.
    if (turn.role === 'assistant' && before?.role === 'assistant') before.parts.push(...turn.parts);
    else request.turns.push(turn);
  });
  for (const turn of request.turns) {
    if (turn.role === 'assistant') turn.parts = attachGeminiSeals(turn.parts);
  }
}

function turnOf(item: JsonObject, path: string, trail: Trail): Turn {
  switch (item.type) {
    case undefined:
    case 'message':
      return messageOf(item, path, trail);
    case 'function_call':
    case 'custom_tool_call':
      trail.uses('tool_result', path);
      return { role: 'assistant', parts: [callOf(item, path)] };
    case 'function_call_output':
    case 'custom_tool_call_output':
      trail.uses('tool_result', path);
      return { role: 'user', parts: [resultOf(item, path, trail)] };
    case 'reasoning':
      return { role: 'assistant', parts: [thoughtOf(item, path)] };
    case 'item_reference':
      throw trail.refusal('stored_state', path);
    default:
      throw trail.refusal('provider_tool', path);
  }
}

function messageOf(item: JsonObject, path: string, trail: Trail): Turn {
  const parts = partsOf(item.content, `${path}.content`, trail);
  switch (item.role) {
    case 'user':
    case 'assistant':
    case 'system':
      return { role: item.role, parts };
    case 'developer':
      return { role: 'system', developer: true, parts };
    default:
      throw wrongField(`${path}.role`, 'user, assistant, system or developer', item.role);
  }
}

function callOf(item: JsonObject, path: string): Part {
  const id = readText(item.call_id) ?? readText(item.id) ?? '';
  const name = readText(item.name) ?? '';
  if (item.type === 'custom_tool_call') {
    return { kind: 'call', id, name, args: readText(item.input) ?? '', custom: true, path };
  }
  return { kind: 'call', id, name, args: readText(item.arguments) ?? '', path };
}

function resultOf(item: JsonObject, path: string, trail: Trail): Part {
  const parts = partsOf(item.output, `${path}.output`, trail);
  if (parts.some((part) => part.kind !== 'text')) trail.uses('tool_media', `${path}.output`);
  const result: Part = { kind: 'result', id: readText(item.call_id) ?? '', parts, failed: false, path };
  if (item.type === 'custom_tool_call_output') result.custom = true;
  return result;
}

function thoughtOf(item: JsonObject, path: string): Part {
  const said = objectsIn(item.summary).length > 0 ? item.summary : item.content;
  const text = objectsIn(said)
    .map((part) => readText(part.text) ?? '')
    .join('\n\n');
  const sealed = readText(item.encrypted_content);
  if (sealed === undefined) return { kind: 'thought', text, path: `${path}.summary` };
  return {
    kind: 'thought',
    text,
    seal: readSeal(sealed, 'openai', true, readText(item.id)),
    path: `${path}.encrypted_content`,
  };
}

function partsOf(content: Json | undefined, path: string, trail: Trail): (TextPart | MediaPart)[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content, path }];
  if (content === null || content === undefined) return [];
  if (!Array.isArray(content)) throw wrongField(path, 'a string or an array of parts', content);
  return content.map((part, index) => {
    const at = `${path}[${index}]`;
    if (!isJsonObject(part)) throw wrongField(at, 'an object', part);
    trail.unknown(part, PART, at);
    return partOf(part, at, trail);
  });
}

function partOf(part: JsonObject, path: string, trail: Trail): TextPart | MediaPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { kind: 'text', text: readText(part.text) ?? '', path };
    case 'refusal':
      return { kind: 'text', text: readText(part.refusal) ?? '', path };
    case 'input_image':
      return imageOf(part, path, trail);
    case 'input_file':
      return fileOf(part, path, trail);
    default:
      throw wrongField(
        `${path}.type`,
        'input_text, input_image, input_file, output_text or refusal',
        part.type,
      );
  }
}

function imageOf(part: JsonObject, path: string, trail: Trail): MediaPart {
  const url = readText(part.image_url);
  if (url === undefined) throw trail.refusal('file_id', `${path}.file_id`);
  const source = sourceOfUrl(url);
  trail.uses(source.from === 'url' ? 'image_url' : 'image_inline', path);
  const detail = readText(part.detail);
  if (detail === undefined) return { kind: 'image', source, path };
  if (detail !== 'auto') trail.uses('image_detail', `${path}.detail`);
  return { kind: 'image', source, detail, path };
}

function fileOf(part: JsonObject, path: string, trail: Trail): MediaPart {
  const found = fileSource(part, path, trail);
  const name = readText(part.filename);
  if (name !== undefined) found.name = name;
  return found;
}

function fileSource(part: JsonObject, path: string, trail: Trail): MediaPart {
  const url = readText(part.file_url);
  if (url !== undefined) {
    trail.uses('file_url', path);
    return { kind: 'file', source: { from: 'url', url }, path };
  }
  const data = readText(part.file_data);
  if (data === undefined) throw trail.refusal('file_id', `${path}.file_id`);
  trail.uses('file_inline', path);
  const source = data.startsWith('data:')
    ? sourceOfUrl(data)
    : { from: 'inline', mime: 'application/pdf', data };
  return { kind: 'file', source: source as MediaPart['source'], path };
}
