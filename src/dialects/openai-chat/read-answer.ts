import type { Json, JsonObject } from '../../core/json.ts';
import type { AnswerReader, AnswerSink, Finish } from '../canonical/answer.ts';
import { readSeal } from '../canonical/seals.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { choiceIndex, chunkStream } from '../openai-common/chunks.ts';
import { readUrlCitation } from '../openai-common/citations.ts';
import { readTokens } from '../openai-common/logprobs.ts';
import { openAiUsage } from '../openai-common/usage.ts';

/** What vendors call the end of an answer; any other word is taken for `stop`. */
export const FINISHES: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  model_length: 'length',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  repetition: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  sensitive: 'content_filter',
  error: 'error',
  abort: 'error',
  network_error: 'error',
  insufficient_system_resource: 'error',
};

const FORMATS = {
  'anthropic-claude-v1': 'anthropic',
  'openai-responses-v1': 'openai',
  'google-gemini-v1': 'gemini',
} as const;

/** Chat completions of OpenAI and all who follow it, whole and streamed: a chunk is a message in small. */
export class ChatReader implements AnswerReader {
  readonly #sink: AnswerSink;
  readonly #choices: number;
  /** Calls by choice: what tells them apart on the wire → their number here. */
  readonly #calls = new Map<string, number>();
  readonly #callsOf = new Map<number, number>();
  readonly #finished = new Set<number>();
  readonly #thoughtIn = new Map<number, string>();

  /** @param choices how many answers were asked for */
  constructor(sink: AnswerSink, choices: number) {
    this.#sink = sink;
    this.#choices = choices;
  }

  complete(): boolean {
    return this.#finished.size >= this.#choices;
  }

  whole(body: JsonObject): void {
    this.event(body);
  }

  event(event: JsonObject): void {
    const created = event.created;
    this.#sink.head({
      id: readText(event.id),
      model: readText(event.model),
      createdS: typeof created === 'number' && created > 0 ? Math.trunc(created) : undefined,
    });
    // Perplexity ends with an object that repeats the whole message.
    const repeats = event.object === 'chat.completion.done';
    objectsIn(event.choices).forEach((choice, position) => {
      this.#choice(choice, choiceIndex(choice, position), repeats);
    });
    const usage =
      chunkStream.usage(event, undefined) ?? openAiUsage(objectsIn(event.choices)[0]?.usage, event);
    if (usage !== undefined) this.#sink.usage(usage);
  }

  #choice(choice: JsonObject, index: number, repeats: boolean): void {
    const said = readObject(choice.delta) ?? readObject(choice.message);
    if (said !== undefined && !repeats) this.#said(choice, said, index);
    const reason = readText(choice.finish_reason);
    if (reason === undefined || this.#finished.has(index)) return;
    this.#finished.add(index);
    const finish = FINISHES[reason] ?? 'stop';
    const called = (this.#callsOf.get(index) ?? 0) > 0;
    this.#sink.finish(index, finish === 'stop' && called ? 'tool_calls' : finish, reason);
  }

  #said(choice: JsonObject, said: JsonObject, index: number): void {
    this.#thoughts(said, index);
    const { content } = said;
    const logprobs = readObject(choice.logprobs);
    if (typeof content === 'string') {
      if (content !== '') this.#sink.text(index, content, readTokens(logprobs?.content));
    } else if (Array.isArray(content)) this.#parts(content, index);
    const refusal = readText(said.refusal);
    if (refusal !== undefined) this.#sink.refusal(index, refusal);
    for (const annotation of objectsIn(said.annotations)) {
      const citation = readUrlCitation(readObject(annotation.url_citation));
      if (citation !== undefined) this.#sink.cite(index, citation);
    }
    objectsIn(said.tool_calls).forEach((call, position) => {
      this.#call(call, position, index);
    });
    const legacy = readObject(said.function_call);
    if (legacy !== undefined) this.#call({ function: legacy, index: 0 }, 0, index);
  }

  /** Text, thoughts and signatures come under many names; where a provider uses two at once, one counts. */
  #thoughts(said: JsonObject, index: number): void {
    const details = objectsIn(said.reasoning_details);
    for (const detail of details) this.#detail(detail, index);
    const within = this.#thoughtIn.get(index);
    for (const member of ['reasoning_content', 'reasoning']) {
      const text = readText(said[member]);
      if (text === undefined || (within ?? member) !== member) continue;
      this.#thoughtIn.set(index, member);
      this.#sink.thought(index, text);
      return;
    }
  }

  #detail(detail: JsonObject, index: number): void {
    const text = readText(detail.text) ?? readText(detail.summary);
    const within = this.#thoughtIn.get(index);
    if (text !== undefined && (within === undefined || within === 'reasoning_details')) {
      this.#thoughtIn.set(index, 'reasoning_details');
      this.#sink.thought(index, text);
    }
    const sealed = readText(detail.signature) ?? readText(detail.data);
    if (sealed === undefined) return;
    const format = FORMATS[readText(detail.format) as keyof typeof FORMATS] ?? 'anthropic';
    const whole = detail.type === 'reasoning.encrypted' && format !== 'gemini';
    this.#sink.seal(index, readSeal(sealed, format, whole, readText(detail.id)));
  }

  /** Mistral: `[{type:'text', text}, {type:'thinking', thinking:[{type:'text', text}]}]`. */
  #parts(parts: readonly Json[], index: number): void {
    for (const part of parts) {
      if (typeof part === 'string') this.#sink.text(index, part);
      const object = readObject(part);
      const text = readText(object?.text);
      if (text !== undefined && object?.type === 'text') this.#sink.text(index, text);
      for (const thought of objectsIn(object?.thinking)) {
        const thinking = readText(thought.text);
        if (thinking !== undefined) this.#sink.thought(index, thinking);
      }
    }
  }

  /** Some number calls, some only give ids, some do neither and send each call whole. */
  #call(call: JsonObject, position: number, choice: number): void {
    const inner = readObject(call.function) ?? readObject(call.custom) ?? {};
    const id = readText(call.id);
    const name = readText(inner.name);
    const key = `${choice}/${typeof call.index === 'number' ? call.index : (id ?? position)}`;
    let tool = this.#calls.get(key);
    // A second whole call in a place that is taken: Gemini's compatible endpoint numbers each 0, Ollama none.
    const fresh = id === undefined ? typeof call.index !== 'number' : !this.#calls.has(`${choice}#${id}`);
    const again = tool !== undefined && name !== undefined && fresh;
    if (tool === undefined || again) {
      tool = this.#callsOf.get(choice) ?? 0;
      this.#callsOf.set(choice, tool + 1);
      this.#calls.set(key, tool);
      if (id !== undefined) this.#calls.set(`${choice}#${id}`, tool);
      this.#sink.call(choice, tool, id, name ?? '', readObject(call.custom) !== undefined);
    }
    const args = inner.arguments ?? inner.input;
    if (typeof args === 'string' && args !== '') this.#sink.args(choice, tool, args);
    else if (readObject(args) !== undefined) this.#sink.args(choice, tool, JSON.stringify(args));
    const google = readObject(readObject(call.extra_content)?.google);
    const signature = readText(google?.thought_signature);
    if (signature === undefined) return;
    const seal = { format: 'gemini', data: signature } as const;
    this.#sink.seal(choice, id === undefined ? seal : { ...seal, id });
  }
}
