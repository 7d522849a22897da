import type { JsonObject } from '../../core/json.ts';
import type { FeatureId } from '../canonical/features.ts';
import { documentText, urlOf } from '../canonical/media.ts';
import {
  argsText,
  type CallPart,
  type CanonicalRequest,
  type MediaPart,
  type Part,
  type ResultPart,
  type TextPart,
  type ThoughtPart,
  type Turn,
} from '../canonical/request.ts';
import type { Writing } from '../canonical/writing.ts';
import {
  writeFormat,
  writeReasoning,
  writeSampling,
  writeToolChoice,
} from '../openai-common/write-request.ts';
import { setChatCap } from './describe.ts';
import { habitsOf } from './habits.ts';
import { sealDetail, textDetail } from './thoughts.ts';

/** Kinds of providers that take the text of earlier thoughts as `reasoning_content`. */
const TAKES_THOUGHTS: ReadonlySet<string> = new Set(['deepseek', 'moonshot', 'zai', 'vllm', 'sglang']);

const MOST_STOPS = 4;

/** A canonical request as chat completions want it. */
export function writeChatRequest(request: CanonicalRequest, writing: Writing): JsonObject {
  const body: JsonObject = { model: writing.target.model };
  body.messages = request.turns.flatMap((turn) => messagesOf(turn, writing));
  if (request.maxTokens !== undefined) setChatCap(body, request.maxTokens);
  writeSampling(body, request, writing);
  if (request.seed !== undefined)
    body[writing.target.kind === 'mistral' ? 'random_seed' : 'seed'] = request.seed;
  if (request.choices !== undefined) body.n = request.choices;
  writeFine(body, request, writing);
  writeTools(body, request, writing);
  const format = writeFormat(request.format);
  if (format !== undefined) {
    body.response_format =
      format.type === 'json_schema' ? { type: 'json_schema', json_schema: named(format) } : format;
  }
  const effort = writeReasoning(request, writing);
  if (effort !== undefined) body.reasoning_effort = effort;
  if (request.user !== undefined) body.user = request.user;
  const { logit_bias: bias, ...openAi } = request.openAi;
  Object.assign(body, openAi);
  if (bias !== undefined) {
    if (writing.traits.stops) body.logit_bias = bias;
    else writing.trail.drop('logit_bias');
  }
  dropRefused(body, writing);
  if (request.stream) {
    body.stream = true;
    body.stream_options = { include_usage: true };
  }
  return body;
}

/** Members that this kind of provider refuses → the features that they stand for. */
const STANDS_FOR: Readonly<Record<string, FeatureId>> = {
  user: 'user',
  logprobs: 'logprobs',
  top_logprobs: 'logprobs',
  logit_bias: 'logit_bias',
  reasoning_effort: 'reasoning',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
};

function dropRefused(body: JsonObject, { target, trail }: Writing): void {
  for (const member of habitsOf(target.kind).refuses) {
    if (body[member] === undefined) continue;
    delete body[member];
    const feature = STANDS_FOR[member];
    if (feature === undefined) trail.dropPath(member);
    else trail.drop(feature);
  }
}

/** What models that reason by themselves refuse. */
function writeFine(body: JsonObject, request: CanonicalRequest, { traits, trail }: Writing): void {
  for (const [member, value, feature] of [
    ['frequency_penalty', request.frequencyPenalty, 'frequency_penalty'],
    ['presence_penalty', request.presencePenalty, 'presence_penalty'],
    ['logprobs', request.logprobs, 'logprobs'],
    ['top_logprobs', request.topLogprobs, 'logprobs'],
    ['stop', request.stop?.slice(0, MOST_STOPS), 'stop'],
  ] as const) {
    if (value === undefined) continue;
    if (traits.stops) body[member] = value;
    else trail.drop(feature);
  }
  if ((request.stop?.length ?? 0) > MOST_STOPS) trail.drop('stop');
}

function named({ type: _, ...schema }: JsonObject): JsonObject {
  return schema;
}

function messagesOf({ role, developer, parts }: Turn, writing: Writing): JsonObject[] {
  if (role === 'system') {
    const content = contentOf(parts.filter(isContent), writing);
    return content === ''
      ? []
      : [
          {
            role: developer === true && habitsOf(writing.target.kind).developer ? 'developer' : 'system',
            content,
          },
        ];
  }
  return role === 'assistant' ? assistantMessage(parts, writing) : userMessages(parts, writing);
}

function isContent(part: Part): part is TextPart | MediaPart {
  return part.kind !== 'thought' && part.kind !== 'call' && part.kind !== 'result';
}

function assistantMessage(parts: readonly Part[], writing: Writing): JsonObject[] {
  const content = contentOf(parts.filter(isContent), writing);
  const calls = parts.filter((part): part is CallPart => part.kind === 'call');
  const thoughts = parts.filter((part): part is ThoughtPart => part.kind === 'thought');
  const message: JsonObject = { role: 'assistant', content: content === '' ? null : content };
  writeThoughts(message, thoughts, calls, writing);
  if (calls.length > 0) message.tool_calls = calls.map((call) => callOf(call, writing));
  const empty = message.content === null && calls.length === 0;
  return empty ? [] : [message];
}

function callOf({ id, name, args, custom }: CallPart, writing: Writing): JsonObject {
  const itsName = writing.tools.out(name);
  const call: JsonObject = { id: writing.ids.out(id) };
  if (custom === true) return { ...call, type: 'custom', custom: { name: itsName, input: argsText(args) } };
  return { ...call, type: 'function', function: { name: itsName, arguments: argsText(args) } };
}

/** Chat has no word for thoughts; some providers have. */
function writeThoughts(
  message: JsonObject,
  thoughts: readonly ThoughtPart[],
  calls: readonly CallPart[],
  writing: Writing,
): void {
  const { kind } = writing.target;
  if (kind === 'openrouter') {
    const details = thoughts.flatMap((thought, index) => {
      const text = thought.text === '' ? [] : [textDetail(thought.text, index)];
      return thought.seal === undefined ? text : [...text, sealDetail(thought.seal, index)];
    });
    calls.forEach(({ id, seal }, index) => {
      if (seal !== undefined) details.push(sealDetail(seal, thoughts.length + index, writing.ids.out(id)));
    });
    if (details.length > 0) message.reasoning_details = details;
  } else if (TAKES_THOUGHTS.has(kind)) {
    const text = thoughts.map((thought) => thought.text).join('');
    if (text !== '') message.reasoning_content = text;
  } else {
    for (const { path } of thoughts) writing.trail.dropPath(path);
    for (const { path, seal } of calls) if (seal !== undefined) writing.trail.dropPath(`${path}.signature`);
  }
}

/** Results each become a message of their own, before whatever else the turn holds. */
function userMessages(parts: readonly Part[], writing: Writing): JsonObject[] {
  const messages: JsonObject[] = [];
  const rest: (TextPart | MediaPart)[] = [];
  for (const part of parts) {
    if (part.kind === 'result') messages.push(resultMessage(part, rest, writing));
    else if (isContent(part)) rest.push(part);
  }
  const content = contentOf(rest, writing);
  if (content !== '') messages.push({ role: 'user', content });
  return messages;
}

function resultMessage(part: ResultPart, rest: (TextPart | MediaPart)[], writing: Writing): JsonObject {
  const text = part.parts.filter((inner) => inner.kind === 'text').map((inner) => inner.text);
  rest.push(...part.parts.filter((inner) => inner.kind !== 'text'));
  return { role: 'tool', tool_call_id: writing.ids.out(part.id), content: text.join('\n') };
}

function contentOf(parts: readonly (TextPart | MediaPart)[], writing: Writing): string | JsonObject[] {
  const kept = parts.filter((part) => part.kind !== 'text' || part.text !== '');
  const hints = writing.target.kind === 'openrouter';
  const [only] = kept;
  if (only === undefined) return '';
  if (kept.length === 1 && only.kind === 'text' && !(hints && only.cache !== undefined)) return only.text;
  return kept.map((part) => {
    const content = partOf(part);
    if (hints && part.cache !== undefined) content.cache_control = { type: 'ephemeral', ttl: part.cache };
    return content;
  });
}

function partOf(part: TextPart | MediaPart): JsonObject {
  if (part.kind === 'text') return { type: 'text', text: part.text };
  const { source } = part;
  if (source.from === 'text') return { type: 'text', text: documentText(part.name, source.text) };
  if (part.kind === 'image') {
    const image: JsonObject = { url: urlOf(source) };
    if (part.detail !== undefined) image.detail = part.detail;
    return { type: 'image_url', image_url: image };
  }
  if (part.kind === 'audio' && source.from === 'inline') {
    const format = source.mime === 'audio/mpeg' || source.mime === 'audio/mp3' ? 'mp3' : 'wav';
    return { type: 'input_audio', input_audio: { data: source.data, format } };
  }
  return { type: 'file', file: { filename: part.name ?? 'document.pdf', file_data: urlOf(source) } };
}

function writeTools(body: JsonObject, request: CanonicalRequest, writing: Writing): void {
  if (request.tools.length === 0) return;
  body.tools = request.tools.map((tool) => {
    const name = writing.tools.out(tool.name);
    if (tool.custom !== undefined) return { type: 'custom', custom: { ...tool.custom, name } };
    const declared: JsonObject = { name };
    if (tool.description !== undefined) declared.description = tool.description;
    declared.parameters = tool.schema ?? { type: 'object', properties: {} };
    if (tool.strict === true) declared.strict = true;
    return { type: 'function', function: declared };
  });
  if (request.parallelTools === false) body.parallel_tool_calls = false;
  const choice = writeToolChoice(request.toolChoice, writing.tools, (name) => ({
    type: 'function',
    function: { name },
  }));
  if (choice === undefined) return;
  const allowed = typeof choice === 'object' && choice.type === 'allowed_tools';
  body.tool_choice = allowed ? { type: 'allowed_tools', allowed_tools: named(choice) } : choice;
}
