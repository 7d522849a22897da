import type { Json, JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { AnswerHead, Citation, Finish } from '../canonical/answer.ts';
import { argsObject, type Seal } from '../canonical/request.ts';
import { sealText } from '../canonical/seals.ts';
import type { Segment, SegmentWriter } from '../canonical/segments.ts';
import type { AnswerPart, WholeAnswer } from '../canonical/whole.ts';
import type { TranslationTarget } from '../translation.ts';

const STOPS: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  context: 'model_context_window_exceeded',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  pause: 'pause_turn',
  error: 'end_turn',
};

function stopOf(finish: Finish, refused: boolean): string {
  return refused && finish === 'stop' ? 'refusal' : STOPS[finish];
}

function messageId(id: string | undefined, target: TranslationTarget): string {
  return id?.startsWith('msg_') === true ? id : `msg_${target.id}`;
}

function refusalDetails(stop: string): Json {
  return stop === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null;
}

/** Usage in Anthropic's words: input leaves out what was read from and written to the cache. */
function usageOf(usage: Usage | undefined): JsonObject {
  const read = usage?.cachedInputTokens ?? 0;
  const written = usage?.cacheWriteTokens ?? 0;
  return {
    input_tokens: (usage?.inputTokens ?? 0) - read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: { thinking_tokens: usage?.reasoningTokens ?? 0 },
    server_tool_use: null,
  };
}

/** What the usage of a whole message has beside that of a stream's end. */
function fullUsage(usage: Usage | undefined): JsonObject {
  const written = usage?.cacheWriteTokens ?? 0;
  const oneHour = usage?.cacheWrite1hTokens ?? 0;
  return {
    ...usageOf(usage),
    cache_creation: { ephemeral_5m_input_tokens: written - oneHour, ephemeral_1h_input_tokens: oneHour },
    inference_geo: null,
    service_tier: null,
    speed: null,
  };
}

function message(id: string, model: string, content: JsonObject[], usage: JsonObject): JsonObject {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage,
  };
}

export function writeMessage(answer: WholeAnswer, target: TranslationTarget): JsonObject {
  const { parts, finish, detail, citations } = answer.choice(0);
  const content = parts.map(blockOf);
  const cited = content.findLast((block) => block.type === 'text');
  if (cited !== undefined && citations.length > 0) cited.citations = citations.map(citationOf);
  const whole = message(
    messageId(answer.id, target),
    answer.model ?? target.model,
    content,
    fullUsage(answer.used),
  );
  const stop = stopOf(
    finish,
    parts.some((part) => part.kind === 'refusal'),
  );
  whole.stop_reason = stop;
  whole.stop_details = refusalDetails(stop);
  if (finish === 'stop_sequence') whole.stop_sequence = detail ?? null;
  return whole;
}

function blockOf(part: AnswerPart): JsonObject {
  switch (part.kind) {
    case 'call':
      return { ...toolUse(part.id, part.name), input: argsObject(part.args) };
    case 'thought':
      return part.seal !== undefined && part.text === ''
        ? redacted(part.seal)
        : thinking(part.text, part.seal === undefined ? '' : sealText(part.seal, 'anthropic'));
    default:
      return textBlock(part.text);
  }
}

function textBlock(text: string): JsonObject {
  return { type: 'text', text, citations: null };
}

function thinking(text: string, signature: string): JsonObject {
  return { type: 'thinking', thinking: text, signature };
}

function redacted(seal: Seal): JsonObject {
  const data = sealText(seal, 'anthropic');
  // A model that shows none of its thoughts still signs them.
  if (seal.format === 'anthropic' && seal.whole !== true) return thinking('', data);
  return { type: 'redacted_thinking', data };
}

function toolUse(id: string, name: string): JsonObject {
  return { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } };
}

function citationOf({ url, title, quote }: Citation): JsonObject {
  return { type: 'web_search_result_location', url, title, cited_text: quote, encrypted_index: '' };
}

/** Writes the stream of a message: blocks one after the other. */
export class MessageStream implements SegmentWriter {
  readonly #target: TranslationTarget;
  #events: JsonObject[] = [];
  #started = false;
  #ended = false;
  #index = -1;
  #kind: Segment['kind'] = 'text';
  /** A thought whose block begins with its first part, since a seal alone makes another block. */
  #pending = false;
  #refused = false;
  #finish: Finish | undefined;
  #detail: string | undefined;
  #usage: Usage | undefined;

  constructor(target: TranslationTarget) {
    this.#target = target;
  }

  drain(): JsonObject[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  head({ id, model }: AnswerHead): void {
    if (this.#started) return;
    this.#started = true;
    const usage = fullUsage(this.#usage);
    if (this.#usage === undefined) usage.input_tokens = this.#target.inputTokens;
    this.#events.push({
      type: 'message_start',
      message: message(messageId(id, this.#target), model ?? this.#target.model, [], usage),
    });
  }

  open({ kind, id, name }: Segment): void {
    this.#index++;
    this.#kind = kind;
    this.#pending = kind === 'thought';
    if (kind === 'refusal') this.#refused = true;
    if (kind === 'call') this.#start(toolUse(id, name));
    else if (kind !== 'thought') this.#start(textBlock(''));
  }

  delta(text: string): void {
    if (this.#pending) this.#start(thinking('', ''));
    this.#pending = false;
    if (this.#kind === 'call') this.#delta({ type: 'input_json_delta', partial_json: text });
    else if (this.#kind === 'thought') this.#delta({ type: 'thinking_delta', thinking: text });
    else this.#delta({ type: 'text_delta', text });
  }

  seal(seal: Seal): void {
    if (!this.#pending) {
      this.#delta({ type: 'signature_delta', signature: sealText(seal, 'anthropic') });
      return;
    }
    this.#pending = false;
    const block = redacted(seal);
    if (block.type === 'redacted_thinking') {
      this.#start(block);
      return;
    }
    this.#start(thinking('', ''));
    this.#delta({ type: 'signature_delta', signature: block.signature ?? '' });
  }

  cite(citation: Citation): void {
    this.#delta({ type: 'citations_delta', citation: citationOf(citation) });
  }

  close(): void {
    this.#events.push({ type: 'content_block_stop', index: this.#index });
  }

  finish(finish: Finish, detail: string | undefined): void {
    this.#finish = finish;
    this.#detail = detail;
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.head({});
    const stop = stopOf(this.#finish ?? 'stop', this.#refused);
    const sequence = this.#finish === 'stop_sequence' ? (this.#detail ?? null) : null;
    const delta = {
      stop_reason: stop,
      stop_sequence: sequence,
      stop_details: refusalDetails(stop),
      container: null,
    };
    this.#events.push(
      { type: 'message_delta', delta, usage: usageOf(this.#usage) },
      { type: 'message_stop' },
    );
  }

  #start(block: JsonObject): void {
    this.#events.push({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  #delta(delta: JsonObject): void {
    this.#events.push({ type: 'content_block_delta', index: this.#index, delta });
  }
}
