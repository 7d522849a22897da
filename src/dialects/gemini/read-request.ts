import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { kindOfMime, sourceOfUrl } from '../canonical/media.ts';
import type {
  CallPart,
  CanonicalRequest,
  MediaPart,
  MediaSource,
  Part,
  TextPart,
  ToolDefinition,
} from '../canonical/request.ts';
import { readSeal } from '../canonical/seals.ts';
import { type Trail, words } from '../canonical/trail.ts';
import { objectsIn, readObject, readText, wrongField } from '../fields.ts';
import { member, spelled } from './members.ts';
import { readConfig } from './read-config.ts';
import { jsonSchema } from './schema.ts';

const CONTENT = words('role parts');
const PART = spelled(
  words(`text thought thoughtSignature inlineData fileData functionCall functionResponse
  executableCode codeExecutionResult`),
);
const DECLARATION = spelled(words('name description parameters parametersJsonSchema'));

/** A generateContent request without its wire format. @throws Fault `invalid_request` */
export function readGeminiRequest(body: JsonObject, trail: Trail): CanonicalRequest {
  const request: CanonicalRequest = { stream: false, turns: [], tools: [], openAi: {} };
  const system = readObject(member(body, 'systemInstruction'));
  if (system !== undefined) {
    trail.uses('system', 'systemInstruction');
    request.turns.push({ role: 'system', parts: textsOf(system) });
  }
  const ids = new CallIds();
  objectsIn(body.contents).forEach((content, index) => {
    const path = `contents[${index}]`;
    trail.unknown(content, CONTENT, path);
    const role = content.role === 'model' ? 'assistant' : 'user';
    if (content.role === 'system') throw wrongField(`${path}.role`, 'user or model', content.role);
    request.turns.push({ role, parts: partsOf(content, path, ids, trail) });
  });
  objectsIn(body.tools).forEach((tool, index) => {
    readTool(tool, `tools[${index}]`, request, trail);
  });
  if (request.tools.length > 0) trail.uses('tools', 'tools');
  readConfig(body, request, trail);
  return request;
}

/** Calls need no ids here, and results name the function: the first call of a name that has none is meant. */
class CallIds {
  readonly #waiting: { name: string; id: string }[] = [];
  #minted = 0;

  called(name: string, given: string | undefined): string {
    const id = given ?? `call_${this.#minted++}`;
    this.#waiting.push({ name, id });
    return id;
  }

  answered(name: string, given: string | undefined): string {
    const at = this.#waiting.findIndex((call) =>
      given === undefined ? call.name === name : call.id === given,
    );
    if (at < 0) return given ?? `call_${this.#minted++}`;
    return this.#waiting.splice(at, 1)[0]?.id ?? name;
  }
}

function textsOf(content: JsonObject): TextPart[] {
  return objectsIn(content.parts).map((part, index) => ({
    kind: 'text',
    text: readText(part.text) ?? '',
    path: `systemInstruction.parts[${index}]`,
  }));
}

function partsOf(content: JsonObject, path: string, ids: CallIds, trail: Trail): Part[] {
  return objectsIn(content.parts).flatMap((part, index) => {
    const at = `${path}.parts[${index}]`;
    trail.unknown(part, PART, at);
    return partOf(part, at, ids, trail);
  });
}

function partOf(part: JsonObject, path: string, ids: CallIds, trail: Trail): Part[] {
  const signature = readText(member(part, 'thoughtSignature'));
  const called = readObject(member(part, 'functionCall'));
  if (called !== undefined) return [callOf(called, signature, path, ids, trail)];
  const answered = readObject(member(part, 'functionResponse'));
  if (answered !== undefined) return [resultOf(answered, path, ids, trail)];
  const text = readText(part.text);
  if (part.thought === true) {
    const seal = signature === undefined ? undefined : readSeal(signature, 'gemini');
    return [{ kind: 'thought', text: text ?? '', path, ...(seal === undefined ? {} : { seal }) }];
  }
  if (text !== undefined || typeof part.text === 'string') return textParts(text ?? '', signature, path);
  const inline = readObject(member(part, 'inlineData'));
  if (inline !== undefined) {
    const mime = readText(member(inline, 'mimeType')) ?? 'application/octet-stream';
    return [mediaOf({ from: 'inline', mime, data: readText(inline.data) ?? '' }, mime, path, trail)];
  }
  const file = readObject(member(part, 'fileData'));
  if (file !== undefined) return [fileOf(file, path, trail)];
  throw trail.refusal('provider_tool', path);
}

/** A signature that another vendor made stands for a thought of its own. */
function textParts(text: string, signature: string | undefined, path: string): Part[] {
  const part: TextPart = { kind: 'text', text, path };
  if (signature === undefined) return [part];
  const seal = readSeal(signature, 'gemini');
  if (seal.format !== 'gemini') {
    const thought: Part = { kind: 'thought', text: '', seal, path };
    return text === '' ? [thought] : [thought, part];
  }
  part.seal = seal;
  return [part];
}

function callOf(
  called: JsonObject,
  signature: string | undefined,
  path: string,
  ids: CallIds,
  trail: Trail,
): CallPart {
  trail.uses('tool_result', path);
  const name = readText(called.name) ?? '';
  const { args } = called;
  const id = ids.called(name, readText(called.id));
  const call: CallPart = { kind: 'call', id, name, args: isJsonObject(args) ? args : {}, path };
  if (signature !== undefined) call.seal = readSeal(signature, 'gemini');
  return call;
}

function resultOf(answered: JsonObject, path: string, ids: CallIds, trail: Trail): Part {
  trail.uses('tool_result', path);
  const id = ids.answered(readText(answered.name) ?? '', readText(answered.id));
  const response = readObject(answered.response) ?? {};
  const failed = response.error !== undefined && Object.keys(response).length === 1;
  if (failed) trail.uses('tool_error', `${path}.functionResponse.response.error`);
  const keys = Object.keys(response);
  const said = failed ? response.error : keys.length === 1 ? (response.output ?? response.result) : undefined;
  const text = typeof said === 'string' ? said : JSON.stringify(response);
  const parts: (TextPart | MediaPart)[] = [{ kind: 'text', text, path }];
  for (const inner of objectsIn(answered.parts)) {
    const data = readObject(member(inner, 'inlineData'));
    if (data === undefined) continue;
    trail.uses('tool_media', `${path}.functionResponse.parts`);
    const mime = readText(member(data, 'mimeType')) ?? 'image/png';
    parts.push(mediaOf({ from: 'inline', mime, data: readText(data.data) ?? '' }, mime, path, trail));
  }
  return { kind: 'result', id, parts, failed, path };
}

function mediaOf(source: MediaSource, mime: string, path: string, trail: Trail): MediaPart {
  const kind = kindOfMime(mime);
  const linked = source.from === 'url';
  if (kind === 'file') trail.uses(linked ? 'file_url' : 'file_inline', path);
  else if (kind === 'image') trail.uses(linked ? 'image_url' : 'image_inline', path);
  else trail.uses(kind, path);
  if (mime === 'text/plain' && source.from === 'inline') {
    const text = Buffer.from(source.data, 'base64').toString('utf8');
    return { kind, source: { from: 'text', text }, path };
  }
  return { kind, source, path };
}

/** Files of Google's own stores mean nothing to others. */
function fileOf(file: JsonObject, path: string, trail: Trail): MediaPart {
  const url = readText(member(file, 'fileUri')) ?? '';
  const mime = readText(member(file, 'mimeType')) ?? 'application/pdf';
  const foreign = !/^https?:/.test(url) || url.startsWith('https://generativelanguage.googleapis.com/');
  if (foreign) throw trail.refusal('file_id', path);
  return mediaOf(sourceOfUrl(url, mime), mime, path, trail);
}

function readTool(tool: JsonObject, path: string, request: CanonicalRequest, trail: Trail): void {
  const declarations = member(tool, 'functionDeclarations');
  for (const key of Object.keys(tool)) {
    if (key !== 'functionDeclarations' && key !== 'function_declarations') {
      throw trail.refusal('provider_tool', `${path}.${key}`);
    }
  }
  objectsIn(declarations).forEach((declared, index) => {
    const at = `${path}.functionDeclarations[${index}]`;
    trail.unknown(declared, DECLARATION, at);
    request.tools.push(toolOf(declared, at));
  });
}

function toolOf(declared: JsonObject, path: string): ToolDefinition {
  const name = readText(declared.name);
  if (name === undefined) throw wrongField(`${path}.name`, 'a non-empty string', declared.name);
  const tool: ToolDefinition = { name, path };
  const description = readText(declared.description);
  if (description !== undefined) tool.description = description;
  const schema = readObject(member(declared, 'parametersJsonSchema'));
  const openApi = readObject(declared.parameters);
  if (schema !== undefined) tool.schema = schema;
  else if (openApi !== undefined) tool.schema = jsonSchema(openApi);
  return tool;
}
