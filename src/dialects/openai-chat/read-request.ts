import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { cacheHint } from '../canonical/cache-hint.ts';
import { sourceOfUrl } from '../canonical/media.ts';
import type { CallPart, CanonicalRequest, MediaPart, Part, TextPart, Turn } from '../canonical/request.ts';
import { type Trail, words } from '../canonical/trail.ts';
import { objectsIn, readObject, readText, wrongField } from '../fields.ts';
import { readCommon } from '../openai-common/read-request.ts';
import { inContent, thoughtsOf } from './thoughts.ts';

const MESSAGE = words(`role content name tool_calls tool_call_id refusal reasoning_details reasoning_content
  reasoning thinking_blocks audio annotations function_call cache_control`);
const PART = words('type text image_url input_audio file refusal cache_control thinking');

/** A chat completion request without its wire format. @throws Fault `invalid_request` */
export function readChatRequest(body: JsonObject, trail: Trail): CanonicalRequest {
  const request: CanonicalRequest = { stream: body.stream === true, turns: [], tools: [], openAi: {} };
  readMessages(body, request, trail);
  readCommon(body, request, trail);
  return request;
}

function readMessages(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  let begun = false;
  objectsIn(body.messages).forEach((message, index) => {
    const path = `messages[${index}]`;
    trail.unknown(message, MESSAGE, path);
    if (readText(message.name) !== undefined && message.role !== 'function') {
      trail.uses('speaker', `${path}.name`);
    }
    const turn = turnOf(message, path, trail);
    if (turn.role === 'system') trail.uses(begun ? 'system_later' : 'system', `${path}.role`);
    else begun = true;
    request.turns.push(turn);
  });
}

function turnOf(message: JsonObject, path: string, trail: Trail): Turn {
  switch (message.role) {
    case 'system':
      return { role: 'system', parts: contentParts(message, path, trail) };
    case 'developer':
      return { role: 'system', developer: true, parts: contentParts(message, path, trail) };
    case 'user':
      return { role: 'user', parts: contentParts(message, path, trail) };
    case 'assistant':
      return { role: 'assistant', parts: assistantParts(message, path, trail) };
    case 'tool':
    case 'function':
      return { role: 'user', parts: [resultOf(message, path, trail)] };
    default:
      throw wrongField(`${path}.role`, 'system, developer, user, assistant or tool', message.role);
  }
}

function assistantParts(message: JsonObject, path: string, trail: Trail): Part[] {
  const { thoughts, sealOf } = thoughtsOf(message, path);
  const content = Array.isArray(message.content) ? message.content : [];
  thoughts.push(...inContent(content, `${path}.content`));
  const kept = content.filter((part) => readObject(part)?.type !== 'thinking');
  const said = content.length > 0 ? { ...message, content: kept } : message;
  const calls = objectsIn(message.tool_calls).map((call, index) =>
    callOf(call, `${path}.tool_calls[${index}]`),
  );
  const legacy = readObject(message.function_call);
  if (legacy !== undefined) {
    const name = readText(legacy.name) ?? '';
    calls.push({ kind: 'call', id: name, name, args: readText(legacy.arguments) ?? '', path });
  }
  for (const call of calls) {
    const seal = sealOf(call.id);
    if (seal !== undefined) call.seal = seal;
  }
  if (calls.length > 0) trail.uses('tool_result', `${path}.tool_calls`);
  return [...thoughts, ...contentParts(said, path, trail), ...refusalParts(message, path), ...calls];
}

function refusalParts(message: JsonObject, path: string): TextPart[] {
  const text = readText(message.refusal);
  return text === undefined ? [] : [{ kind: 'text', text, path: `${path}.refusal` }];
}

function callOf(call: JsonObject, path: string): CallPart {
  const custom = readObject(call.custom);
  const inner = custom ?? readObject(call.function) ?? {};
  const name = readText(inner.name) ?? '';
  const id = readText(call.id) ?? name;
  if (custom !== undefined) {
    return { kind: 'call', id, name, args: readText(custom.input) ?? '', custom: true, path };
  }
  return { kind: 'call', id, name, args: readText(inner.arguments) ?? '', path };
}

function resultOf(message: JsonObject, path: string, trail: Trail): Part {
  trail.uses('tool_result', path);
  const id = readText(message.tool_call_id) ?? readText(message.name);
  if (id === undefined) throw wrongField(`${path}.tool_call_id`, 'a string', message.tool_call_id);
  const parts = contentParts(message, path, trail);
  if (parts.some((part) => part.kind !== 'text')) trail.uses('tool_media', `${path}.content`);
  return { kind: 'result', id, parts, failed: false, path };
}

function contentParts(message: JsonObject, path: string, trail: Trail): (TextPart | MediaPart)[] {
  const { content } = message;
  const parts = partsOf(content, `${path}.content`, trail);
  const cache = cacheHint(message, path, trail);
  const last = parts.at(-1);
  if (cache !== undefined && last !== undefined) last.cache = cache;
  return parts;
}

function partsOf(content: Json | undefined, path: string, trail: Trail): (TextPart | MediaPart)[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content, path }];
  if (content === null || content === undefined) return [];
  if (!Array.isArray(content)) throw wrongField(path, 'a string or an array of parts', content);
  return content.map((part, index) => {
    const at = `${path}[${index}]`;
    if (!isJsonObject(part)) throw wrongField(at, 'an object', part);
    trail.unknown(part, PART, at);
    const read = partOf(part, at, trail);
    const cache = cacheHint(part, at, trail);
    if (cache !== undefined) read.cache = cache;
    return read;
  });
}

function partOf(part: JsonObject, path: string, trail: Trail): TextPart | MediaPart {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { kind: 'text', text: readText(part.text) ?? readText(part.refusal) ?? '', path };
    case 'image_url':
      return imageOf(part, path, trail);
    case 'input_audio': {
      trail.uses('audio', path);
      const audio = readObject(part.input_audio) ?? {};
      const format = readText(audio.format) ?? 'wav';
      const mime = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`;
      return { kind: 'audio', source: { from: 'inline', mime, data: readText(audio.data) ?? '' }, path };
    }
    case 'file':
      return fileOf(part, path, trail);
    default:
      throw wrongField(`${path}.type`, 'text, image_url, input_audio or file', part.type);
  }
}

function imageOf(part: JsonObject, path: string, trail: Trail): MediaPart {
  const image = readObject(part.image_url);
  const url = readText(image?.url) ?? readText(part.image_url);
  if (url === undefined) throw wrongField(`${path}.image_url.url`, 'a string', image?.url);
  const source = sourceOfUrl(url);
  trail.uses(source.from === 'url' ? 'image_url' : 'image_inline', path);
  const found: MediaPart = { kind: 'image', source, path };
  const detail = readText(image?.detail);
  if (detail !== undefined) {
    found.detail = detail;
    if (detail !== 'auto') trail.uses('image_detail', `${path}.image_url.detail`);
  }
  return found;
}

function fileOf(part: JsonObject, path: string, trail: Trail): MediaPart {
  const file = readObject(part.file) ?? {};
  const data = readText(file.file_data);
  if (data === undefined) throw trail.refusal('file_id', `${path}.file`);
  trail.uses('file_inline', path);
  const source = data.startsWith('data:')
    ? sourceOfUrl(data)
    : ({ from: 'inline', mime: 'application/pdf', data } as const);
  const found: MediaPart = { kind: 'file', source, path };
  const name = readText(file.filename);
  if (name !== undefined) found.name = name;
  return found;
}
