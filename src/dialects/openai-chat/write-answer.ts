import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { AnswerHead, Citation, Finish, StreamWriter, TokenLogprob } from '../canonical/answer.ts';
import type { Seal } from '../canonical/request.ts';
import { type AnswerChoice, textOf, type WholeAnswer } from '../canonical/whole.ts';
import { urlCitation } from '../openai-common/citations.ts';
import { writeTokens } from '../openai-common/logprobs.ts';
import { chatUsage } from '../openai-common/write-usage.ts';
import type { TranslationTarget } from '../translation.ts';
import { sealDetail, textDetail } from './thoughts.ts';

const FINISHES: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  context: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  pause: 'stop',
  error: 'stop',
};

function tokens(logprobs: readonly TokenLogprob[]): JsonObject {
  return { content: writeTokens(logprobs), refusal: null };
}

/** The call that a seal of Gemini's belongs to; its own id otherwise names the sealed item. */
function detailOf(seal: Seal, index: number): JsonObject {
  return sealDetail(seal, index, seal.format === 'gemini' ? seal.id : undefined);
}

export function writeChatCompletion(answer: WholeAnswer, target: TranslationTarget): JsonObject {
  const body: JsonObject = {
    id: answer.id ?? `chatcmpl-${target.id}`,
    object: 'chat.completion',
    created: answer.createdS ?? Math.trunc(target.nowMs / 1000),
    model: answer.model ?? target.model,
    choices: answer.choices.map(choiceOf),
  };
  if (answer.used !== undefined) body.usage = chatUsage(answer.used);
  return body;
}

function choiceOf(choice: AnswerChoice, index: number): JsonObject {
  const { parts, citations, logprobs, finish } = choice;
  const text = textOf(choice, 'text');
  const refusal = textOf(choice, 'refusal');
  const calls = parts.filter((part) => part.kind === 'call');
  const message: JsonObject = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    refusal: refusal === '' ? null : refusal,
  };
  writeThoughts(message, choice);
  if (calls.length > 0) {
    message.tool_calls = calls.map(({ id, name, args, custom }) =>
      custom
        ? { id, type: 'custom', custom: { name, input: args } }
        : { id, type: 'function', function: { name, arguments: args === '' ? '{}' : args } },
    );
  }
  if (citations.length > 0) {
    message.annotations = citations.map((citation) => ({
      type: 'url_citation',
      url_citation: urlCitation(citation, text.length),
    }));
  }
  return {
    index,
    message,
    logprobs: logprobs.length > 0 ? tokens(logprobs) : null,
    finish_reason: FINISHES[finish],
  };
}

function writeThoughts(message: JsonObject, choice: AnswerChoice): void {
  const text = textOf(choice, 'thought');
  if (text !== '') message.reasoning_content = text;
  const details = choice.parts
    .filter((part) => part.kind === 'thought')
    .flatMap((part, index) => {
      const said = part.text === '' ? [] : [textDetail(part.text, index)];
      return part.seal === undefined ? said : [...said, detailOf(part.seal, index)];
    });
  if (details.some((detail) => detail.signature !== undefined || detail.data !== undefined)) {
    message.reasoning_details = details;
  }
}

/** Writes the chunks of a chat completion. */
export class ChatStream implements StreamWriter {
  readonly #target: TranslationTarget;
  readonly #usageAsked: boolean;
  #events: JsonObject[] = [];
  #id: string | undefined;
  #model: string | undefined;
  #createdS: number | undefined;
  readonly #begun = new Set<number>();
  readonly #lengths = new Map<number, number>();
  /** Thoughts by choice: the number of the one that is being written. */
  readonly #thoughts = new Map<number, number>();
  /** Calls by what the reader calls them → their number here. */
  readonly #tools = new Map<string, number>();
  readonly #toolsOf = new Map<number, number>();
  readonly #custom = new Set<string>();
  #usage: Usage | undefined;
  #ended = false;

  /** @param usageAsked the client wants the chunk that reports usage */
  constructor(target: TranslationTarget, usageAsked: boolean) {
    this.#target = target;
    this.#usageAsked = usageAsked;
  }

  drain(): JsonObject[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  head({ id, model, createdS }: AnswerHead): void {
    this.#id ??= id;
    this.#model ??= model;
    this.#createdS ??= createdS;
    if (this.#begun.size === 0) this.#delta(0, {});
  }

  text(choice: number, text: string, logprobs?: readonly TokenLogprob[]): void {
    this.#lengths.set(choice, (this.#lengths.get(choice) ?? 0) + text.length);
    this.#delta(choice, { content: text }, null, logprobs);
  }

  refusal(choice: number, text: string): void {
    this.#delta(choice, { refusal: text });
  }

  /** The text comes twice, as peers do it: plain, and as the detail that its signature belongs to. */
  thought(choice: number, text: string): void {
    const detail = textDetail(text, this.#thoughts.get(choice) ?? 0);
    this.#delta(choice, { reasoning_content: text, reasoning_details: [detail] });
  }

  seal(choice: number, seal: Seal): void {
    const index = this.#thoughts.get(choice) ?? 0;
    this.#thoughts.set(choice, index + 1);
    this.#delta(choice, { reasoning_details: [detailOf(seal, index)] });
  }

  call(choice: number, tool: number, id: string | undefined, name: string, custom = false): void {
    const call: JsonObject = { index: this.#number(choice, tool), id: id ?? '' };
    if (custom) {
      this.#custom.add(`${choice}/${tool}`);
      // OpenAI's description of chunks knows no other `type` than `function`.
      call.custom = { name, input: '' };
    } else Object.assign(call, { type: 'function', function: { name, arguments: '' } });
    this.#delta(choice, { tool_calls: [call] });
  }

  args(choice: number, tool: number, text: string): void {
    const said = this.#custom.has(`${choice}/${tool}`)
      ? { custom: { input: text } }
      : { function: { arguments: text } };
    this.#delta(choice, { tool_calls: [{ index: this.#number(choice, tool), ...said }] });
  }

  cite(choice: number, citation: Citation): void {
    const annotation = {
      type: 'url_citation',
      url_citation: urlCitation(citation, this.#lengths.get(choice) ?? 0),
    };
    this.#delta(choice, { annotations: [annotation] });
  }

  finish(choice: number, finish: Finish): void {
    this.#delta(choice, {}, FINISHES[finish]);
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#usageAsked || this.#usage === undefined) return;
    this.#events.push(this.#chunk([], chatUsage(this.#usage)));
  }

  /** Calls are numbered from 0 without gaps, whatever their place among the provider's blocks. */
  #number(choice: number, tool: number): number {
    const key = `${choice}/${tool}`;
    let number = this.#tools.get(key);
    if (number === undefined) {
      number = this.#toolsOf.get(choice) ?? 0;
      this.#toolsOf.set(choice, number + 1);
      this.#tools.set(key, number);
    }
    return number;
  }

  #delta(
    choice: number,
    delta: JsonObject,
    finish: string | null = null,
    logprobs?: readonly TokenLogprob[],
  ): void {
    if (!this.#begun.has(choice)) {
      this.#begun.add(choice);
      const first = { role: 'assistant', content: '', refusal: null };
      this.#events.push(this.#chunk([{ index: choice, delta: first, logprobs: null, finish_reason: null }]));
      if (Object.keys(delta).length === 0 && finish === null) return;
    }
    const said = logprobs === undefined ? null : tokens(logprobs);
    this.#events.push(this.#chunk([{ index: choice, delta, logprobs: said, finish_reason: finish }]));
  }

  #chunk(choices: JsonObject[], usage?: JsonObject): JsonObject {
    const chunk: JsonObject = {
      id: this.#id ?? `chatcmpl-${this.#target.id}`,
      object: 'chat.completion.chunk',
      created: this.#createdS ?? Math.trunc(this.#target.nowMs / 1000),
      model: this.#model ?? this.#target.model,
      choices,
    };
    if (usage !== undefined) chunk.usage = usage;
    else if (this.#usageAsked) chunk.usage = null;
    return chunk;
  }
}
