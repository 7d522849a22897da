import type { Json, JsonObject } from '../../core/json.ts';
import {
  argsObject,
  type CacheTtl,
  type CanonicalRequest,
  type MediaPart,
  type Part,
  type TextPart,
  type ToolDefinition,
} from '../canonical/request.ts';
import { closedSchema } from '../canonical/schema.ts';
import { sealText } from '../canonical/seals.ts';
import { ownSeal, strictTurns, systemParts, type Writing } from '../canonical/writing.ts';
import { writeSampling, writeThinking } from './write-parameters.ts';

/** The name of the tool that stands for a JSON schema where the model takes none. */
const SCHEMA_TOOL = 'answer_in_json';

/** A canonical request as Anthropic wants it. */
export function writeMessagesRequest(request: CanonicalRequest, writing: Writing): JsonObject {
  const body: JsonObject = {
    model: writing.target.model,
    max_tokens: request.maxTokens ?? writing.traits.maxOutputTokens,
  };
  const system = systemParts(request);
  if (system.length > 0) body.system = systemBlocks(system);
  body.messages = strictTurns(request, writing.trail).flatMap(({ role, parts }, index, turns) => {
    const content = blocksOf(parts, writing);
    if (content.length === 0) return [];
    if (role === 'assistant' && index === turns.length - 1) trimEnd(content);
    return [{ role, content: onlyText(content) }];
  });
  const thinks = writeThinking(body, request, writing);
  writeTools(body, request, writing, thinks);
  writeSampling(body, request, writing, thinks);
  if (request.user !== undefined) body.metadata = { user_id: request.user };
  if (request.stream) body.stream = true;
  return body;
}

function systemBlocks(parts: readonly TextPart[]): Json {
  if (parts.length === 1 && parts[0]?.cache === undefined) return parts[0]?.text ?? '';
  return parts.map((part) => cached({ type: 'text', text: part.text }, part.cache));
}

function onlyText(content: JsonObject[]): Json {
  const [first] = content;
  const plain = content.length === 1 && first?.type === 'text' && first.cache_control === undefined;
  return plain && first?.text !== undefined ? first.text : content;
}

/** Anthropic refuses white space at the end of what the model is to go on with. */
function trimEnd(content: JsonObject[]): void {
  const last = content.at(-1);
  if (last?.type !== 'text' || typeof last.text !== 'string') return;
  last.text = last.text.trimEnd();
  if (last.text === '') content.pop();
}

function cached(block: JsonObject, cache: CacheTtl | undefined): JsonObject {
  if (cache !== undefined)
    block.cache_control = cache === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
  return block;
}

function blocksOf(parts: readonly Part[], writing: Writing): JsonObject[] {
  return parts.map((part) => blockOf(part, writing)).filter((block) => block !== undefined);
}

function blockOf(part: Part, writing: Writing): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      // Empty texts are refused.
      return part.text.trim() === '' ? undefined : cached({ type: 'text', text: part.text }, part.cache);
    case 'thought': {
      const seal = ownSeal(part, 'anthropic', writing.trail);
      if (seal === undefined) return undefined;
      const signature = sealText(seal, 'anthropic');
      if (seal.whole === true) return { type: 'redacted_thinking', data: signature };
      return { type: 'thinking', thinking: part.text, signature };
    }
    case 'call':
      ownSeal(part, 'anthropic', writing.trail);
      return cached(
        {
          type: 'tool_use',
          id: writing.ids.out(part.id),
          name: writing.tools.out(part.name),
          input: argsObject(part.args),
        },
        part.cache,
      );
    case 'result': {
      const content = blocksOf(part.parts, writing);
      const block: JsonObject = { type: 'tool_result', tool_use_id: writing.ids.out(part.id) };
      if (content.length > 0) block.content = onlyText(content);
      if (part.failed) block.is_error = true;
      return cached(block, part.cache);
    }
    default:
      return cached(mediaBlock(part), part.cache);
  }
}

function mediaBlock(part: MediaPart): JsonObject {
  const { source } = part;
  const type = part.kind === 'image' ? 'image' : 'document';
  const block: JsonObject = { type };
  if (source.from === 'url') block.source = { type: 'url', url: source.url };
  else if (source.from === 'text')
    block.source = { type: 'text', media_type: 'text/plain', data: source.text };
  else if (type === 'document' && source.mime.startsWith('text/')) {
    const data = Buffer.from(source.data, 'base64').toString('utf8');
    block.source = { type: 'text', media_type: 'text/plain', data };
  } else block.source = { type: 'base64', media_type: source.mime, data: source.data };
  if (type === 'document' && part.name !== undefined) block.title = part.name;
  return block;
}

function writeTools(body: JsonObject, request: CanonicalRequest, writing: Writing, thinks: boolean): void {
  const tools = request.tools.map((tool) => toolOf(tool, writing));
  const { format, toolChoice } = request;
  let choice: JsonObject | undefined;
  if (toolChoice?.mode === 'tool') choice = { type: 'tool', name: writing.tools.out(toolChoice.name ?? '') };
  else if (toolChoice !== undefined)
    choice = { type: toolChoice.mode === 'required' ? 'any' : toolChoice.mode };
  if (format?.kind === 'schema') {
    if (writing.traits.schemas) {
      const config = body.output_config as JsonObject | undefined;
      body.output_config = {
        ...config,
        format: { type: 'json_schema', schema: closedSchema(format.schema) },
      };
    } else {
      writing.schemaTool = SCHEMA_TOOL;
      const description = format.description ?? 'Gives the answer. It must be called.';
      tools.push({ name: SCHEMA_TOOL, description, input_schema: format.schema });
      choice = tools.length > 1 ? { type: 'any' } : { type: 'tool', name: SCHEMA_TOOL };
    }
  }
  if (tools.length === 0) return;
  body.tools = tools;
  if (thinks && (choice?.type === 'tool' || choice?.type === 'any')) {
    writing.trail.drop('tool_choice');
    choice = undefined;
  }
  if (request.parallelTools === false && choice?.type !== 'none') {
    choice = { type: 'auto', ...choice, disable_parallel_tool_use: true };
  }
  if (choice !== undefined) body.tool_choice = choice;
}

function toolOf(tool: ToolDefinition, writing: Writing): JsonObject {
  const found: JsonObject = { name: writing.tools.out(tool.name) };
  if (tool.description !== undefined) found.description = tool.description;
  found.input_schema = { type: 'object', ...tool.schema };
  if (tool.strict === true && writing.traits.schemas) {
    found.strict = true;
    found.input_schema = closedSchema({ type: 'object', ...tool.schema });
  } else if (tool.strict === true) writing.trail.drop('tool_strict');
  return cached(found, tool.cache);
}
