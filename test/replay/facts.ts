/**
 * What an answer says, read from its JSON by rules of their own: the same facts must come out of a recording and of
 * its translation. Shares no code with the dialects, which are what is tried.
 */
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Target } from '../../src/dialects/canonical/features.ts';

export interface Facts {
  /** Text and refusals of each choice. */
  texts: string[];
  /** Calls of the first choice, arguments as canonical JSON. */
  calls: { name: string; args: string }[];
  finish: string;
  /** Reasoning of the first choice, as text. */
  thoughts: string;
  usage: { input: number; output: number; cached: number } | undefined;
}

type Raw = { readonly [key: string]: Json };

function object(value: Json | undefined): Raw {
  return isJsonObject(value) ? value : {};
}
function list(value: Json | undefined): Raw[] {
  return Array.isArray(value) ? value.map(object) : [];
}
function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
function count(...values: (Json | undefined)[]): number {
  return Number(values.find((value) => typeof value === 'number') ?? 0);
}
/** What a model wrote that is no JSON goes under one name where arguments must be an object. */
function args(value: Json | undefined): string {
  const raw = object(value).raw_arguments;
  if (typeof raw === 'string') return raw;
  if (typeof value !== 'string') return canonicalJson(value ?? {});
  try {
    return canonicalJson(JSON.parse(value === '' ? '{}' : value));
  } catch {
    return value;
  }
}

interface Draft {
  texts: string[];
  calls: Map<string, { name: string; args: string; value?: Json }>;
  finish: string;
  refused: boolean;
  thoughts: string;
  /** Where a provider says its thoughts under several names, one counts. */
  thoughtsIn: string;
  /** Of a stream of responses: what its deltas say, where some are missing in the recording. */
  deltas: string;
  usage: Facts['usage'];
}

const READERS: Readonly<Record<Target, (draft: Draft, event: Raw, streamed: boolean) => void>> = {
  chat,
  responses,
  messages,
  gemini,
  converse,
  cohere_chat: cohere,
  ollama_chat: ollama,
};

/** The facts of a whole answer (one body) or of a stream (its events). */
export function factsOf(dialect: Target, bodies: readonly JsonObject[], streamed: boolean): Facts {
  const draft: Draft = {
    texts: [],
    calls: new Map(),
    finish: '',
    refused: false,
    thoughts: '',
    thoughtsIn: '',
    deltas: '',
    usage: undefined,
  };
  for (const body of bodies) READERS[dialect](draft, body, streamed);
  const calls = [...draft.calls.values()].map((call) => ({
    name: call.name,
    args: args(call.value ?? call.args),
  }));
  const ended = draft.finish === 'stop' && draft.refused ? 'content_filter' : draft.finish;
  const finish = calls.length > 0 && ended === 'stop' ? 'tool_calls' : ended;
  if (draft.deltas !== '') draft.texts = [draft.deltas];
  return {
    texts: draft.texts.length === 0 ? [''] : draft.texts,
    calls,
    finish,
    thoughts: draft.thoughts,
    usage: draft.usage,
  };
}

function say(draft: Draft, choice: number, said: string): void {
  while (draft.texts.length <= choice) draft.texts.push('');
  draft.texts[choice] += said;
}

const FINISH: Readonly<Record<string, string>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  STOP: 'stop',
  completed: 'stop',
  pause_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  MAX_TOKENS: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  SAFETY: 'content_filter',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  TOOL_CALL: 'tool_calls',
};
function finish(draft: Draft, word: string): void {
  if (word !== '' && draft.finish === '') draft.finish = FINISH[word] ?? `?${word}`;
}

function chat(draft: Draft, event: Raw): void {
  if (event.object === 'chat.completion.done') return;
  list(event.choices).forEach((choice, position) => {
    const index = count(choice.index, position);
    const said = object(choice.delta ?? choice.message);
    const { content } = said;
    const parts = Array.isArray(content) ? content : [];
    for (const part of parts) say(draft, index, typeof part === 'string' ? part : text(object(part).text));
    if (index === 0) chatThoughts(draft, said, parts);
    say(draft, index, text(content) + text(said.refusal));
    if (text(said.refusal) !== '') draft.refused = true;
    const legacy = object(said.function_call);
    if (index === 0 && legacy.name !== undefined) chatCall(draft, { index: 0, function: { ...legacy } });
    if (index === 0) for (const call of list(said.tool_calls)) chatCall(draft, call);
    if (index === 0) finish(draft, text(choice.finish_reason));
  });
  const usage = object(event.usage ?? object(event.x_groq).usage);
  if (usage.prompt_tokens === undefined) return;
  const input = count(usage.prompt_tokens);
  const cached = count(object(usage.prompt_tokens_details).cached_tokens);
  draft.usage = {
    input,
    output: Math.max(count(usage.completion_tokens), count(usage.total_tokens) - input),
    cached: Math.max(
      cached,
      count(usage.prompt_cache_hit_tokens),
      count(usage.num_cached_tokens),
      count(usage.cached_tokens),
    ),
  };
}

function chatThoughts(draft: Draft, said: Raw, parts: readonly Json[]): void {
  for (const part of parts)
    draft.thoughts += list(object(part).thinking)
      .map((inner) => text(inner.text))
      .join('');
  const details = list(said.reasoning_details)
    .map((detail) => text(detail.text) || text(detail.summary))
    .join('');
  for (const [name, thought] of [
    ['details', details],
    ['reasoning_content', text(said.reasoning_content)],
    ['reasoning', text(said.reasoning)],
  ] as const) {
    if (thought === '' || (draft.thoughtsIn !== '' && draft.thoughtsIn !== name)) continue;
    draft.thoughtsIn = name;
    draft.thoughts += thought;
  }
}

let anonymous = 0;
function chatCall(draft: Draft, call: Raw): void {
  const inner = object(call.function ?? call.custom);
  const id = text(call.id);
  const known = [...draft.calls.keys()];
  let key =
    typeof call.index === 'number' ? known.findLast((k) => k.startsWith(`${call.index}/`)) : undefined;
  if (key !== undefined && id !== '' && !key.endsWith(`/${id}`) && text(inner.name) !== '') key = undefined;
  if (typeof call.index !== 'number' && id !== '') key = known.find((k) => k.endsWith(`/${id}`));
  if (key === undefined) {
    key = `${call.index ?? '-'}/${id === '' ? `none${anonymous++}` : id}`;
    draft.calls.set(key, { name: '', args: '' });
  }
  const found = draft.calls.get(key) ?? { name: '', args: '' };
  if (found.name === '') found.name = text(inner.name);
  const given = inner.arguments ?? inner.input;
  if (typeof given === 'string') found.args += given;
  else if (given !== undefined && given !== null) found.value = given;
}

function responses(draft: Draft, event: Raw, streamed: boolean): void {
  const response = streamed ? object(event.response) : event;
  if (streamed && /^response\.(?:output_text|refusal)\.delta$/.test(text(event.type)))
    draft.deltas += text(event.delta);
  if (streamed && !/^response\.(?:completed|incomplete|failed)$/.test(text(event.type))) return;
  for (const [position, item] of list(response.output).entries()) {
    for (const part of item.type === 'message' ? list(item.content) : []) {
      say(draft, 0, text(part.text) + text(part.refusal));
      if (text(part.refusal) !== '') draft.refused = true;
    }
    if (item.type === 'reasoning') {
      const said = list(item.summary).length > 0 ? list(item.summary) : list(item.content);
      draft.thoughts += said.map((part) => text(part.text)).join('\n\n');
    }
    if (item.type === 'function_call' || item.type === 'custom_tool_call') {
      const given = item.arguments ?? item.input;
      draft.calls.set(String(position), { name: text(item.name), args: text(given) });
    }
  }
  finish(draft, text(object(response.incomplete_details).reason) || text(response.status));
  const usage = object(response.usage);
  if (usage.input_tokens === undefined) return;
  const input = count(usage.input_tokens);
  draft.usage = {
    input,
    output: Math.max(count(usage.output_tokens), count(usage.total_tokens) - input),
    cached: count(object(usage.input_tokens_details).cached_tokens),
  };
}

function messages(draft: Draft, event: Raw, streamed: boolean): void {
  const holder = streamed ? (event.type === 'message_start' ? object(event.message) : event) : event;
  for (const [position, block] of list(holder.content).entries()) messageBlock(draft, block, position);
  if (event.type === 'content_block_start')
    messageBlock(draft, object(event.content_block), count(event.index));
  const delta = object(event.delta);
  say(draft, 0, text(delta.text));
  draft.thoughts += text(delta.thinking);
  const call = draft.calls.get(String(count(event.index)));
  if (call !== undefined && typeof delta.partial_json === 'string') call.args += delta.partial_json;
  const stop = event.type === 'message_delta' ? delta : holder;
  if (stop.stop_reason === 'refusal') say(draft, 0, text(object(stop.stop_details).explanation));
  finish(draft, text(stop.stop_reason));
  messageUsage(draft, object(holder.usage));
}

function messageBlock(draft: Draft, block: Raw, position: number): void {
  if (block.type === 'text') say(draft, 0, text(block.text));
  if (block.type === 'thinking') draft.thoughts += text(block.thinking);
  if (block.type !== 'tool_use') return;
  const input = object(block.input);
  const call: { name: string; args: string; value?: Json } = { name: text(block.name), args: '' };
  if (Object.keys(input).length > 0) call.value = { ...input };
  draft.calls.set(String(position), call);
}

function messageUsage(draft: Draft, usage: Raw): void {
  if (usage.input_tokens === undefined && usage.output_tokens === undefined) return;
  const passes = list(usage.iterations);
  const summed = passes.filter((pass) => pass.type === 'message' || pass.type === 'compaction');
  const all =
    summed.length > 0 && !passes.some((pass) => pass.type === 'fallback_message') ? summed : [usage];
  const sum = (...names: string[]): number =>
    all.reduce((total, pass) => total + names.reduce((part, name) => part + count(pass[name]), 0), 0);
  const input = sum('input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens');
  const before = draft.usage ?? { input: 0, output: 0, cached: 0 };
  draft.usage = {
    input: Math.max(input, usage.input_tokens === undefined || input === 0 ? before.input : 0),
    output: Math.max(sum('output_tokens'), before.output),
    cached: Math.max(
      sum('cache_read_input_tokens'),
      usage.cache_read_input_tokens === undefined ? before.cached : 0,
    ),
  };
}

function gemini(draft: Draft, event: Raw): void {
  list(event.candidates).forEach((candidate, position) => {
    const index = count(candidate.index, position);
    for (const part of list(object(candidate.content).parts)) {
      if (part.thought !== true) say(draft, index, text(part.text));
      else if (index === 0) draft.thoughts += text(part.text);
      const call = object(part.functionCall);
      if (index === 0 && call.partialArgs !== undefined) partialArgs(draft, list(call.partialArgs));
      if (index === 0 && call.name !== undefined) {
        draft.calls.set(String(draft.calls.size), {
          name: text(call.name),
          args: '',
          value: call.args ?? {},
        });
      }
    }
    if (index === 0) finish(draft, text(candidate.finishReason));
  });
  const blocked = object(event.promptFeedback);
  if (blocked.blockReason !== undefined && event.candidates === undefined) {
    say(
      draft,
      0,
      text(blocked.blockReasonMessage) || `The prompt was blocked: ${text(blocked.blockReason)}.`,
    );
    finish(draft, 'SAFETY');
  }
  const usage = object(event.usageMetadata);
  if (usage.promptTokenCount === undefined) return;
  const input = count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount);
  const output = count(usage.candidatesTokenCount) + count(usage.thoughtsTokenCount);
  draft.usage = {
    input,
    output: Math.max(output, count(usage.totalTokenCount) - input),
    cached: count(usage.cachedContentTokenCount),
  };
}

function partialArgs(draft: Draft, parts: readonly Raw[]): void {
  const call = draft.calls.get(String(draft.calls.size - 1));
  for (const part of parts) {
    const value = part.stringValue ?? part.numberValue ?? part.boolValue ?? null;
    const path = text(part.jsonPath)
      .replace(/^\$\.?/, '')
      .split(/\.|\[|\]\.?/)
      .filter((step) => step !== '');
    let holder: Record<string, Json> = (call?.value ?? {}) as Record<string, Json>;
    for (const [depth, step] of path.entries()) {
      const next = path[depth + 1];
      if (next === undefined) {
        const before = holder[step];
        holder[step] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
      } else {
        holder[step] ??= /^\d+$/.test(next) ? [] : {};
        holder = holder[step] as Record<string, Json>;
      }
    }
  }
}

function converse(draft: Draft, event: Raw, streamed: boolean): void {
  const blocks = streamed ? [] : list(object(object(event.output).message).content);
  for (const [position, block] of blocks.entries()) {
    say(
      draft,
      0,
      text(block.text) +
        list(object(block.citationsContent).content)
          .map((part) => text(part.text))
          .join(''),
    );
    draft.thoughts += text(object(object(block.reasoningContent).reasoningText).text);
    const use = object(block.toolUse);
    if (use.name !== undefined)
      draft.calls.set(String(position), { name: text(use.name), args: '', value: use.input ?? {} });
  }
  const start = object(event.contentBlockStart);
  const begun = object(object(start.start).toolUse);
  if (begun.name !== undefined)
    draft.calls.set(String(count(start.contentBlockIndex)), { name: text(begun.name), args: '' });
  const change = object(event.contentBlockDelta);
  const delta = object(change.delta);
  say(draft, 0, text(delta.text));
  draft.thoughts += text(object(delta.reasoningContent).text);
  const call = draft.calls.get(String(count(change.contentBlockIndex)));
  if (call !== undefined) call.args += text(object(delta.toolUse).input);
  finish(draft, text(event.stopReason) || text(object(event.messageStop).stopReason));
  const usage = object(event.usage ?? object(event.metadata).usage);
  if (usage.inputTokens === undefined) return;
  const cached = count(usage.cacheReadInputTokens, usage.cacheReadInputTokenCount);
  const written = count(usage.cacheWriteInputTokens, usage.cacheWriteInputTokenCount);
  draft.usage = {
    input: count(usage.inputTokens) + cached + written,
    output: count(usage.outputTokens),
    cached,
  };
}

function cohere(draft: Draft, event: Raw): void {
  const { delta, index } = event;
  const message = object(event.message ?? object(delta).message);
  const { content } = message;
  for (const part of Array.isArray(content) ? list(content) : [object(content)]) {
    say(draft, 0, text(part.text));
    draft.thoughts += text(part.thinking);
  }
  draft.thoughts += text(message.tool_plan);
  const calls = message.tool_calls;
  for (const [position, call] of (Array.isArray(calls) ? list(calls) : [object(calls)]).entries()) {
    const inner = object(call.function);
    const key = String(count(index, position));
    const found = draft.calls.get(key) ?? { name: '', args: '' };
    found.name ||= text(inner.name);
    found.args += text(inner.arguments);
    if (found.name !== '') draft.calls.set(key, found);
  }
  const end = delta === undefined ? event : object(delta);
  finish(draft, text(end.finish_reason));
  const billed = object(object(end.usage).billed_units);
  if (billed.input_tokens === undefined) return;
  draft.usage = { input: count(billed.input_tokens), output: count(billed.output_tokens), cached: 0 };
}

function ollama(draft: Draft, event: Raw): void {
  const message = object(event.message);
  say(draft, 0, text(message.content));
  draft.thoughts += text(message.thinking);
  for (const call of list(message.tool_calls)) {
    const { name, arguments: given } = object(call.function);
    draft.calls.set(String(draft.calls.size), { name: text(name), args: '', value: given ?? {} });
  }
  if (event.done !== true) return;
  finish(draft, text(event.done_reason) || 'stop');
  if (event.eval_count === undefined) return;
  draft.usage = { input: count(event.prompt_eval_count), output: count(event.eval_count), cached: 0 };
}
