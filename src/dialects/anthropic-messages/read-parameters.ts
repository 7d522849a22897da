import type { JsonObject } from '../../core/json.ts';
import { cacheHint } from '../canonical/cache-hint.ts';
import type { CanonicalRequest, Reasoning } from '../canonical/request.ts';
import { type Trail, words } from '../canonical/trail.ts';
import { objectsIn, readObject, readText, readWholeNumber, wrongField } from '../fields.ts';
import { EFFORTS, type Effort } from '../models.ts';

const KNOWN = words(`model messages system max_tokens stream temperature top_p top_k stop_sequences tools
  tool_choice thinking output_config output_format metadata container mcp_servers cache_control`);

/** Everything of a messages request but the conversation and the tools. */
export function readParameters(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  trail.unknown(body, KNOWN, '');
  if (objectsIn(body.mcp_servers).length > 0) throw trail.refusal('provider_tool', 'mcp_servers');
  if (body.container !== undefined && body.container !== null)
    throw trail.refusal('stored_state', 'container');
  readSampling(body, request, trail);
  readChoice(body, request, trail);
  readReasoning(body, request, trail);
  const format = readObject(readObject(body.output_config)?.format) ?? readObject(body.output_format);
  if (format !== undefined) {
    request.format = {
      kind: 'schema',
      schema: readObject(format.schema) ?? { type: 'object' },
      strict: true,
    };
    trail.uses('json_schema', body.output_format === undefined ? 'output_config.format' : 'output_format');
  }
  const user = readText(readObject(body.metadata)?.user_id);
  if (user !== undefined) {
    request.user = user;
    trail.uses('user', 'metadata.user_id');
  }
  const cache = cacheHint(body, '', trail);
  const last = request.turns.at(-1)?.parts.at(-1);
  if (cache !== undefined && last !== undefined) last.cache ??= cache;
}

const NUMBERS = [
  ['temperature', 'temperature', 'temperature'],
  ['top_p', 'topP', 'top_p'],
  ['top_k', 'topK', 'top_k'],
] as const;

function readSampling(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  for (const [member, field, feature] of NUMBERS) {
    const value = body[member];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number') throw wrongField(member, 'a number', value);
    request[field] = value;
    trail.uses(feature, member);
  }
  const cap = readWholeNumber(body, 'max_tokens', 1);
  if (cap !== undefined) {
    request.maxTokens = cap;
    trail.uses('max_tokens', 'max_tokens');
  }
  if (Array.isArray(body.stop_sequences) && body.stop_sequences.length > 0) {
    request.stop = body.stop_sequences.filter((item) => typeof item === 'string');
    trail.uses('stop', 'stop_sequences');
  }
}

function readChoice(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  const choice = readObject(body.tool_choice);
  if (choice === undefined || request.tools.length === 0) return;
  if (choice.disable_parallel_tool_use === true) {
    request.parallelTools = false;
    trail.uses('serial_tools', 'tool_choice.disable_parallel_tool_use');
  }
  if (choice.type === 'none') {
    request.toolChoice = { mode: 'none' };
    trail.uses('tool_choice_none', 'tool_choice');
    return;
  }
  trail.uses('tool_choice', 'tool_choice');
  if (choice.type === 'tool') request.toolChoice = { mode: 'tool', name: readText(choice.name) ?? '' };
  else request.toolChoice = { mode: choice.type === 'any' ? 'required' : 'auto' };
}

function readReasoning(body: JsonObject, request: CanonicalRequest, trail: Trail): void {
  const thinking = readObject(body.thinking);
  const effort = readText(readObject(body.output_config)?.effort);
  if (thinking === undefined && effort === undefined) return;
  const reasoning: Reasoning = {};
  if (effort !== undefined && EFFORTS.includes(effort as Effort)) reasoning.effort = effort as Effort;
  const budgetTokens = thinking === undefined ? undefined : readWholeNumber(thinking, 'budget_tokens', 1);
  if (thinking?.type === 'disabled') {
    reasoning.off = true;
  } else if (thinking !== undefined) {
    reasoning.shown = thinking.display !== 'omitted';
    if (budgetTokens !== undefined) reasoning.budgetTokens = budgetTokens;
    else reasoning.effort ??= 'high';
  }
  request.reasoning = reasoning;
  trail.uses('reasoning', thinking === undefined ? 'output_config.effort' : 'thinking');
}
