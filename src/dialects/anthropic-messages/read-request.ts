import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { cacheHint } from '../canonical/cache-hint.ts';
import { kindOfMime } from '../canonical/media.ts';
import type { CanonicalRequest, MediaPart, Part, TextPart, ToolDefinition } from '../canonical/request.ts';
import { attachGeminiSeals, readSeal } from '../canonical/seals.ts';
import { type Trail, words } from '../canonical/trail.ts';
import { objectsIn, readObject, readText, wrongField } from '../fields.ts';
import { readParameters } from './read-parameters.ts';

const MESSAGE = words('role content');
const BLOCK = words(`type text source cache_control citations title context thinking signature data id name
  input tool_use_id content is_error caller toolset_name`);
const TOOL = words(`type name description input_schema cache_control strict allowed_callers
  eager_input_streaming`);

/** A messages request without its wire format. @throws Fault `invalid_request` */
export function readMessagesRequest(body: JsonObject, trail: Trail): CanonicalRequest {
  const request: CanonicalRequest = { stream: body.stream === true, turns: [], tools: [], openAi: {} };
  const system = blocksOf(body.system, 'system', trail);
  if (system.length > 0) {
    trail.uses('system', 'system');
    request.turns.push({ role: 'system', parts: system });
  }
  objectsIn(body.messages).forEach((message, index) => {
    readMessage(message, `messages[${index}]`, request, trail);
  });
  objectsIn(body.tools).forEach((tool, index) => {
    request.tools.push(toolOf(tool, `tools[${index}]`, trail));
  });
  if (request.tools.length > 0) trail.uses('tools', 'tools');
  readParameters(body, request, trail);
  return request;
}

function readMessage(message: JsonObject, path: string, request: CanonicalRequest, trail: Trail): void {
  trail.unknown(message, MESSAGE, path);
  const parts = blocksOf(message.content, `${path}.content`, trail);
  switch (message.role) {
    case 'system':
      trail.uses('system_later', `${path}.role`);
      request.turns.push({ role: 'system', parts });
      return;
    case 'user':
      request.turns.push({ role: 'user', parts });
      return;
    case 'assistant':
      request.turns.push({ role: 'assistant', parts: attachGeminiSeals(parts) });
      return;
    default:
      throw wrongField(`${path}.role`, 'user or assistant', message.role);
  }
}

function blocksOf(content: Json | undefined, path: string, trail: Trail): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content, path }];
  if (content === null || content === undefined) return [];
  if (!Array.isArray(content)) throw wrongField(path, 'a string or an array of blocks', content);
  return content.map((block, index) => {
    const at = `${path}[${index}]`;
    if (!isJsonObject(block)) throw wrongField(at, 'an object', block);
    trail.unknown(block, BLOCK, at);
    const part = blockOf(block, at, trail);
    const cache = cacheHint(block, at, trail);
    if (cache !== undefined) part.cache = cache;
    return part;
  });
}

function blockOf(block: JsonObject, path: string, trail: Trail): Part {
  switch (block.type) {
    case 'text':
      return { kind: 'text', text: readText(block.text) ?? '', path };
    case 'image':
      return imageOf(block, path, trail);
    case 'document':
      return documentOf(block, path, trail);
    case 'search_result': {
      trail.uses('file_text', path);
      const text = objectsIn(block.content)
        .map((part) => readText(part.text) ?? '')
        .join('\n');
      return {
        kind: 'file',
        source: { from: 'text', text },
        name: readText(block.title) ?? 'search result',
        path,
      };
    }
    case 'thinking': {
      const text = readText(block.thinking) ?? '';
      const signature = readText(block.signature);
      const at = `${path}.thinking`;
      if (signature === undefined) return { kind: 'thought', text, path: at };
      return { kind: 'thought', text, seal: readSeal(signature, 'anthropic'), path: at };
    }
    case 'redacted_thinking':
      return {
        kind: 'thought',
        text: '',
        seal: readSeal(readText(block.data) ?? '', 'anthropic', true),
        path,
      };
    case 'tool_use':
      trail.uses('tool_result', path);
      return callOf(block, path);
    case 'tool_result':
      return resultOf(block, path, trail);
    case 'container_upload':
      throw trail.refusal('file_id', path);
    default:
      throw trail.refusal('provider_tool', path);
  }
}

function callOf(block: JsonObject, path: string): Part {
  const { id, name, input } = block;
  return {
    kind: 'call',
    id: readText(id) ?? '',
    name: readText(name) ?? '',
    args: isJsonObject(input) ? input : {},
    path,
  };
}

function resultOf(block: JsonObject, path: string, trail: Trail): Part {
  trail.uses('tool_result', path);
  const failed = block.is_error === true;
  if (failed) trail.uses('tool_error', `${path}.is_error`);
  const parts = blocksOf(block.content, `${path}.content`, trail).filter(
    (part): part is TextPart | MediaPart =>
      part.kind !== 'thought' && part.kind !== 'call' && part.kind !== 'result',
  );
  if (parts.some((part) => part.kind !== 'text')) trail.uses('tool_media', `${path}.content`);
  return { kind: 'result', id: readText(block.tool_use_id) ?? '', parts, failed, path };
}

function imageOf(block: JsonObject, path: string, trail: Trail): MediaPart {
  const source = readObject(block.source) ?? {};
  if (source.type === 'file') throw trail.refusal('file_id', `${path}.source`);
  const url = readText(source.url);
  if (url !== undefined) {
    trail.uses('image_url', path);
    return { kind: 'image', source: { from: 'url', url }, path };
  }
  trail.uses('image_inline', path);
  const mime = readText(source.media_type) ?? 'image/png';
  return { kind: 'image', source: { from: 'inline', mime, data: readText(source.data) ?? '' }, path };
}

function documentOf(block: JsonObject, path: string, trail: Trail): MediaPart {
  if (readObject(block.citations)?.enabled === true) trail.dropPath(`${path}.citations`);
  if (readText(block.context) !== undefined) trail.dropPath(`${path}.context`);
  const part = documentSource(readObject(block.source) ?? {}, path, trail);
  const name = readText(block.title);
  if (name !== undefined) part.name = name;
  return part;
}

function documentSource(source: JsonObject, path: string, trail: Trail): MediaPart {
  const data = readText(source.data) ?? '';
  switch (source.type) {
    case 'url':
      trail.uses('file_url', path);
      return {
        kind: 'file',
        source: { from: 'url', url: readText(source.url) ?? '', mime: 'application/pdf' },
        path,
      };
    case 'text':
      trail.uses('file_text', path);
      return { kind: 'file', source: { from: 'text', text: data }, path };
    case 'content': {
      trail.uses('file_text', path);
      const { content } = source;
      const text =
        typeof content === 'string'
          ? content
          : objectsIn(content)
              .map((part) => readText(part.text) ?? '')
              .join('\n');
      return { kind: 'file', source: { from: 'text', text }, path };
    }
    case 'base64': {
      trail.uses('file_inline', path);
      const mime = readText(source.media_type) ?? 'application/pdf';
      const kind = kindOfMime(mime) === 'image' ? 'image' : 'file';
      return { kind, source: { from: 'inline', mime, data }, path };
    }
    default:
      throw trail.refusal('file_id', `${path}.source`);
  }
}

function toolOf(tool: JsonObject, path: string, trail: Trail): ToolDefinition {
  if (tool.type !== undefined && tool.type !== null && tool.type !== 'custom') {
    throw trail.refusal('provider_tool', path);
  }
  trail.unknown(tool, TOOL, path);
  const name = readText(tool.name);
  if (name === undefined) throw wrongField(`${path}.name`, 'a non-empty string', tool.name);
  const found: ToolDefinition = { name, path };
  const description = readText(tool.description);
  if (description !== undefined) found.description = description;
  if (isJsonObject(tool.input_schema)) found.schema = tool.input_schema;
  if (tool.strict === true) {
    found.strict = true;
    trail.uses('tool_strict', `${path}.strict`);
  }
  const cache = cacheHint(tool, path, trail);
  if (cache !== undefined) found.cache = cache;
  return found;
}
