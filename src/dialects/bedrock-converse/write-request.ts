import type { JsonObject } from '../../core/json.ts';
import {
  argsObject,
  type CacheTtl,
  type CanonicalRequest,
  type MediaPart,
  type Part,
  type ResultPart,
} from '../canonical/request.ts';
import { closedSchema } from '../canonical/schema.ts';
import { ownSeal, strictTurns, systemParts, type Writing } from '../canonical/writing.ts';
import { isClaude } from '../models.ts';
import { writeModelFields } from './write-parameters.ts';

/** A canonical request as Converse wants it; model and streaming stand in the path. */
export function writeConverseRequest(request: CanonicalRequest, writing: Writing): JsonObject {
  const body: JsonObject = {};
  const system = systemParts(request);
  if (system.length > 0) {
    body.system = system.flatMap(({ text, cache }) => [{ text }, ...cachePoint(cache)]);
  }
  const documents = new DocumentNames();
  body.messages = strictTurns(request, writing.trail)
    .map(({ role, parts }) => ({ role, content: contentOf(parts, documents, writing) }))
    .filter(({ content }) => content.length > 0);
  writeModelFields(body, request, writing);
  writeTools(body, request, writing);
  writeFormat(body, request, writing);
  return body;
}

function cachePoint(cache: CacheTtl | undefined): JsonObject[] {
  if (cache === undefined) return [];
  return [{ cachePoint: cache === '1h' ? { type: 'default', ttl: '1h' } : { type: 'default' } }];
}

function contentOf(parts: readonly Part[], documents: DocumentNames, writing: Writing): JsonObject[] {
  return parts.flatMap((part) => {
    const block = blockOf(part, documents, writing);
    return block === undefined ? [] : [block, ...cachePoint(part.cache)];
  });
}

function blockOf(part: Part, documents: DocumentNames, writing: Writing): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return part.text.trim() === '' ? undefined : { text: part.text };
    case 'thought': {
      const seal = ownSeal(part, 'anthropic', writing.trail);
      if (seal === undefined) return undefined;
      if (seal.whole === true) return { reasoningContent: { redactedContent: seal.data } };
      return { reasoningContent: { reasoningText: { text: part.text, signature: seal.data } } };
    }
    case 'call': {
      ownSeal(part, 'anthropic', writing.trail);
      const toolUseId = writing.ids.out(part.id);
      return { toolUse: { toolUseId, name: writing.tools.out(part.name), input: argsObject(part.args) } };
    }
    case 'result':
      return resultOf(part, documents, writing);
    default:
      return mediaBlock(part, documents, writing);
  }
}

function resultOf(part: ResultPart, documents: DocumentNames, writing: Writing): JsonObject {
  const content = contentOf(part.parts, documents, writing);
  return {
    toolResult: {
      toolUseId: writing.ids.out(part.id),
      content: content.length > 0 ? content : [{ text: ' ' }],
      status: part.failed ? 'error' : 'success',
    },
  };
}

/** Converse allows few characters in the name of a document, and each name once. */
class DocumentNames {
  #count = 0;

  next(name: string | undefined): string {
    this.#count++;
    const allowed = (name ?? '')
      .replace(/[^a-zA-Z0-9 ()[\]-]/g, ' ')
      .replace(/ +/g, ' ')
      .trim();
    return allowed === '' ? `document ${this.#count}` : `${allowed.slice(0, 180)} ${this.#count}`;
  }
}

const DOCUMENTS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
};

function mediaBlock(part: MediaPart, documents: DocumentNames, writing: Writing): JsonObject {
  const { source, kind, name, path } = part;
  if (source.from === 'text') {
    const bytes = Buffer.from(source.text).toString('base64');
    return { document: { format: 'txt', name: documents.next(name), source: { bytes } } };
  }
  if (source.from === 'url') throw writing.trail.refusal(kind === 'file' ? 'file_url' : 'image_url', path);
  const bytes = { bytes: source.data };
  if (kind === 'file') {
    const format = DOCUMENTS[source.mime] ?? source.mime.split('/')[1] ?? 'txt';
    return { document: { format, name: documents.next(name), source: bytes } };
  }
  const format = (source.mime.split('/')[1] ?? '').replace('jpg', 'jpeg');
  return { [kind]: { format, source: bytes } };
}

function writeTools(body: JsonObject, request: CanonicalRequest, writing: Writing): void {
  const { toolChoice } = request;
  if (request.tools.length === 0) return;
  const none = toolChoice?.mode === 'none';
  if (none && !JSON.stringify(body.messages).includes('"toolUse":')) return;
  // The history cannot be told without them.
  if (none) writing.trail.drop('tool_choice_none');
  const tools = request.tools.flatMap((tool) => {
    const toolSpec: JsonObject = { name: writing.tools.out(tool.name) };
    if (tool.description !== undefined && tool.description !== '') toolSpec.description = tool.description;
    toolSpec.inputSchema = { json: { type: 'object', ...tool.schema } };
    return [{ toolSpec }, ...cachePoint(tool.cache)];
  });
  const config: JsonObject = { tools };
  const choice = choiceOf(request, writing);
  const forced = choice !== undefined && choice.auto === undefined;
  const thinks = JSON.stringify(body.additionalModelRequestFields ?? {}).includes('"thinking"');
  if (forced && thinks) writing.trail.drop('tool_choice');
  else if (choice !== undefined) config.toolChoice = choice;
  body.toolConfig = config;
}

function choiceOf({ toolChoice }: CanonicalRequest, writing: Writing): JsonObject | undefined {
  switch (toolChoice?.mode) {
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: writing.tools.out(toolChoice.name ?? '') } };
    default:
      return undefined;
  }
}

/** Claude's structured outputs; a schema is text here. */
function writeFormat(body: JsonObject, { format }: CanonicalRequest, { target }: Writing): void {
  if (format?.kind !== 'schema') return;
  const schema = isClaude(target.model) ? closedSchema(format.schema) : format.schema;
  const jsonSchema: JsonObject = { name: format.name ?? 'answer', schema: JSON.stringify(schema) };
  if (format.description !== undefined) jsonSchema.description = format.description;
  body.outputConfig = { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}
