import { Fault } from '../../core/fault.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { cacheHint } from '../canonical/cache-hint.ts';
import type { CanonicalRequest, OutputFormat, Reasoning, ToolDefinition } from '../canonical/request.ts';
import { type Trail, words } from '../canonical/trail.ts';
import { objectsIn, readObject, readText, readWholeNumber, wrongField } from '../fields.ts';
import { EFFORTS, type Effort } from '../models.ts';

/** What chat completions and responses say beside the conversation, each in its own place. */

/** Members that both know and nobody else does. */
export const OPENAI_ONLY = words(
  'metadata service_tier store verbosity prompt_cache_key prompt_cache_retention prompt_cache_options moderation',
);

const KNOWN = words(`model messages stream stream_options tools tool_choice parallel_tool_calls functions
  function_call response_format reasoning_effort reasoning include_reasoning max_tokens max_completion_tokens
  temperature top_p top_k frequency_penalty presence_penalty seed n logprobs top_logprobs stop logit_bias
  prediction modalities audio web_search_options user safety_identifier input instructions text
  max_output_tokens include previous_response_id conversation background prompt truncation context_management`);
const EVERYTHING: ReadonlySet<string> = new Set([...KNOWN, ...OPENAI_ONLY]);

const TOOL = words('type function custom cache_control name description parameters strict format');

export function readCommon(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  trail.unknown(body, EVERYTHING, '');
  readSampling(body, request, trail);
  readTools(body, request, trail);
  readChoice(body, request, trail);
  readFormat(body, request, trail);
  readReasoning(body, request, trail);
  for (const member of OPENAI_ONLY) {
    const value = body[member];
    if (value === undefined || value === null) continue;
    request.openAi[member] = value;
    // What everybody does anyway is no loss.
    const idle = value === false || value === 'auto' || value === 'default';
    if (!idle) trail.uses('openai_only', member);
  }
  for (const member of ['user', 'safety_identifier']) {
    const user = readText(body[member]);
    if (user === undefined) continue;
    request.user = user;
    trail.uses('user', member);
  }
  for (const member of ['logit_bias', 'prediction'] as const) {
    const value = readObject(body[member]);
    if (value === undefined || Object.keys(value).length === 0) continue;
    request.openAi[member] = value;
    trail.uses(member, member);
  }
  if (Array.isArray(body.modalities) && body.modalities.some((kind) => kind !== 'text')) {
    trail.uses('audio_out', 'modalities');
    request.openAi.modalities = body.modalities;
    if (body.audio !== undefined) request.openAi.audio = body.audio;
  }
}

/** Numbers of a body: path → where they go. */
const NUMBERS = [
  ['temperature', 'temperature', 'temperature'],
  ['top_p', 'topP', 'top_p'],
  ['top_k', 'topK', 'top_k'],
  ['frequency_penalty', 'frequencyPenalty', 'frequency_penalty'],
  ['presence_penalty', 'presencePenalty', 'presence_penalty'],
  ['seed', 'seed', 'seed'],
] as const;

function readSampling(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  for (const [member, field, feature] of NUMBERS) {
    const value = readNumber(body, member);
    if (value === undefined || (value === 0 && member.endsWith('_penalty'))) continue;
    request[field] = value;
    trail.uses(feature, member);
  }
  for (const member of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) {
    const cap = readWholeNumber(body, member, 1);
    if (cap === undefined) continue;
    request.maxTokens = Math.max(cap, request.maxTokens ?? 0);
    trail.uses('max_tokens', member);
  }
  const choices = readWholeNumber(body, 'n', 1);
  if (choices !== undefined && choices > 1) {
    request.choices = choices;
    trail.uses('choices', 'n');
  }
  const stop = typeof body.stop === 'string' ? [body.stop] : body.stop;
  if (Array.isArray(stop) && stop.length > 0) {
    request.stop = stop.filter((item) => typeof item === 'string');
    trail.uses('stop', 'stop');
  }
  readLogprobs(body, request, trail);
}

function readLogprobs(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  const top = readWholeNumber(body, 'top_logprobs', 0);
  const included = Array.isArray(body.include) && body.include.includes('message.output_text.logprobs');
  if (body.logprobs !== true && !included) return;
  request.logprobs = true;
  if (top !== undefined) request.topLogprobs = top;
  trail.uses('logprobs', included ? 'include' : 'logprobs');
}

function readTools(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  objectsIn(body.tools).forEach((tool, index) => {
    request.tools.push(toolOf(tool, `tools[${index}]`, trail));
  });
  objectsIn(body.functions).forEach((declared, index) => {
    request.tools.push(toolOf({ type: 'function', function: declared }, `functions[${index}]`, trail));
  });
  if (readObject(body.web_search_options) !== undefined) trail.uses('provider_tool', 'web_search_options');
  if (request.tools.length > 0) trail.uses('tools', 'tools');
  if (body.parallel_tool_calls === false && request.tools.length > 0) {
    request.parallelTools = false;
    trail.uses('serial_tools', 'parallel_tool_calls');
  }
}

/** Chat nests a function, responses has it flat. */
function toolOf(tool: JsonObject, path: string, trail: Trail): ToolDefinition {
  if (tool.type === 'custom') {
    trail.uses('custom_tool', path);
    const custom = readObject(tool.custom) ?? tool;
    return { name: readText(custom.name) ?? '', custom, path };
  }
  if (tool.type !== 'function') throw trail.refusal('provider_tool', path);
  trail.unknown(tool, TOOL, path);
  const inner = readObject(tool.function) ?? tool;
  const name = readText(inner.name);
  if (name === undefined) throw wrongField(`${path}.function.name`, 'a non-empty string', inner.name);
  const found: ToolDefinition = { name, path };
  const description = readText(inner.description);
  if (description !== undefined) found.description = description;
  if (isJsonObject(inner.parameters)) found.schema = inner.parameters;
  if (inner.strict === true) {
    found.strict = true;
    trail.uses('tool_strict', `${path}.strict`);
  }
  const cache = cacheHint(tool, path, trail);
  if (cache !== undefined) found.cache = cache;
  return found;
}

function readChoice(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  const choice = body.tool_choice ?? body.function_call;
  if (choice === undefined || choice === null || request.tools.length === 0) return;
  if (choice === 'none') {
    request.toolChoice = { mode: 'none' };
    trail.uses('tool_choice_none', 'tool_choice');
  } else if (choice === 'auto' || choice === 'required') {
    request.toolChoice = { mode: choice };
    trail.uses('tool_choice', 'tool_choice');
  } else if (isJsonObject(choice)) readObjectChoice(choice, request, trail);
  else throw wrongField('tool_choice', 'none, auto, required or an object', choice);
}

function readObjectChoice(choice: JsonObject, request: CanonicalRequest, trail: Trail): void {
  if (choice.type === 'allowed_tools') {
    const inner = readObject(choice.allowed_tools) ?? choice;
    const allowed = objectsIn(inner.tools).map(choiceName);
    request.toolChoice = { mode: inner.mode === 'required' ? 'required' : 'auto', allowed };
    trail.uses('tool_choice_allowed', 'tool_choice');
    return;
  }
  const name = choiceName(choice);
  if (name === '') throw trail.refusal('provider_tool', 'tool_choice');
  request.toolChoice = { mode: 'tool', name };
  trail.uses('tool_choice', 'tool_choice');
}

function choiceName(choice: JsonObject): string {
  const inner = readObject(choice.function) ?? readObject(choice.custom) ?? choice;
  return readText(inner.name) ?? '';
}

/** Chat says `response_format`, responses `text.format`. */
function readFormat(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  const text = readObject(body.text);
  const path = text === undefined ? 'response_format' : 'text.format';
  const format = readObject(text?.format) ?? readObject(body.response_format);
  if (text?.verbosity !== undefined && text.verbosity !== null) {
    request.openAi.verbosity = text.verbosity;
    trail.uses('openai_only', 'text.verbosity');
  }
  if (format === undefined || format.type === 'text') return;
  if (format.type === 'json_object') {
    request.format = { kind: 'json' };
    trail.uses('json_object', path);
    return;
  }
  if (format.type !== 'json_schema')
    throw wrongField(`${path}.type`, 'text, json_object or json_schema', format.type);
  request.format = schemaFormat(readObject(format.json_schema) ?? format);
  trail.uses('json_schema', path);
}

function schemaFormat(given: JsonObject): OutputFormat {
  const name = readText(given.name);
  const description = readText(given.description);
  return {
    kind: 'schema',
    schema: readObject(given.schema) ?? { type: 'object' },
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(typeof given.strict === 'boolean' ? { strict: given.strict } : {}),
  };
}

/** Chat says `reasoning_effort` (OpenRouter's clients `reasoning`, too), responses `reasoning.effort`. */
function readReasoning(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  const object = readObject(body.reasoning);
  const effort = readText(body.reasoning_effort) ?? readText(object?.effort);
  const budgetTokens = object === undefined ? undefined : readWholeNumber(object, 'max_tokens', 1);
  const reasoning: Reasoning = {};
  if (effort !== undefined) {
    if (!EFFORTS.includes(effort as Effort)) {
      const message = `The reasoning effort must be one of ${EFFORTS.join(', ')}.`;
      throw new Fault('invalid_request', message, { param: 'reasoning_effort' });
    }
    reasoning.effort = effort as Effort;
  }
  if (effort === 'none' || object?.enabled === false) reasoning.off = true;
  if (budgetTokens !== undefined) reasoning.budgetTokens = budgetTokens;
  if (object?.exclude === true || body.include_reasoning === false) reasoning.shown = false;
  if (readText(object?.summary) !== undefined) reasoning.shown = true;
  if (Object.keys(reasoning).length === 0) return;
  request.reasoning = reasoning;
  if (reasoning.effort !== undefined || reasoning.off === true || budgetTokens !== undefined) {
    trail.uses('reasoning', body.reasoning_effort === undefined ? 'reasoning' : 'reasoning_effort');
  }
}

function readNumber(body: JsonObject, key: string): number | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw wrongField(key, 'a number', value);
  return value;
}
