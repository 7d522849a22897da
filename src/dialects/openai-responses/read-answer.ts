import type { JsonObject } from '../../core/json.ts';
import type { AnswerReader, AnswerSink } from '../canonical/answer.ts';
import { readSeal } from '../canonical/seals.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { readUrlCitation } from '../openai-common/citations.ts';
import { readTokens } from '../openai-common/logprobs.ts';
import { openAiUsage } from '../openai-common/usage.ts';

/** Statuses of a response that does not hold its answer, or never will. */
const NO_ANSWER: ReadonlySet<string> = new Set(['failed', 'cancelled', 'queued', 'in_progress']);

/** What of an item has been told already. */
interface Told {
  text: boolean;
  thought: boolean;
  called: boolean;
  args: boolean;
  sealed: boolean;
}

/** Answers of the Responses API, whole and streamed. */
export class ResponsesReader implements AnswerReader {
  readonly #sink: AnswerSink;
  readonly #told = new Map<number, Told>();
  #calls = 0;
  #finished = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  complete(): boolean {
    return this.#finished;
  }

  whole(body: JsonObject): void {
    this.#head(body);
    objectsIn(body.output).forEach((item, index) => {
      this.#item(item, index);
    });
    this.#finish(body);
  }

  event(event: JsonObject): void {
    const index = typeof event.output_index === 'number' ? event.output_index : 0;
    switch (event.type) {
      case 'response.created':
      case 'response.in_progress':
        this.#head(readObject(event.response) ?? {});
        return;
      case 'response.output_item.added':
        this.#added(readObject(event.item) ?? {}, index);
        return;
      case 'response.output_item.done':
        this.#item(readObject(event.item) ?? {}, index);
        return;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#finish(readObject(event.response) ?? {});
        this.#sink.end();
        return;
      default:
        this.#part(event, index);
    }
  }

  #part(event: JsonObject, index: number): void {
    const told = this.#of(index);
    const delta = readText(event.delta);
    switch (event.type) {
      case 'response.output_text.delta':
        told.text = true;
        if (delta !== undefined) this.#sink.text(0, delta, readTokens(event.logprobs));
        return;
      case 'response.refusal.delta':
        told.text = true;
        if (delta !== undefined) this.#sink.refusal(0, delta);
        return;
      case 'response.reasoning_summary_part.added':
        if (event.summary_index !== 0 && told.thought) this.#sink.thought(0, '\n\n');
        return;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        told.thought = true;
        if (delta !== undefined) this.#sink.thought(0, delta);
        return;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        if (delta !== undefined) this.#args(index, delta);
        return;
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done': {
        // LM Studio sends arguments at the end only (litellm#25836).
        const all = readText(event.arguments) ?? readText(event.input);
        if (!told.args && all !== undefined) this.#args(index, all);
        return;
      }
      case 'response.output_text.annotation.added':
        this.#cite(readObject(event.annotation));
    }
  }

  #of(index: number): Told {
    let told = this.#told.get(index);
    if (told === undefined) {
      told = { text: false, thought: false, called: false, args: false, sealed: false };
      this.#told.set(index, told);
    }
    return told;
  }

  #head(response: JsonObject): void {
    const created = response.created_at;
    this.#sink.head({
      id: readText(response.id),
      model: readText(response.model),
      createdS: typeof created === 'number' ? Math.trunc(created) : undefined,
    });
  }

  #added(item: JsonObject, index: number): void {
    if (item.type === 'function_call' || item.type === 'custom_tool_call') this.#call(item, index);
  }

  /** What an item holds and its events have not said. */
  #item(item: JsonObject, index: number): void {
    const told = this.#of(index);
    switch (item.type) {
      case 'message':
        if (!told.text) this.#message(item);
        told.text = true;
        return;
      case 'function_call':
      case 'custom_tool_call': {
        this.#call(item, index);
        const args = readText(item.arguments) ?? readText(item.input);
        if (!told.args && args !== undefined) this.#args(index, args);
        return;
      }
      case 'reasoning':
        this.#reasoning(item, told);
    }
  }

  #call(item: JsonObject, index: number): void {
    const told = this.#of(index);
    if (told.called) return;
    told.called = true;
    this.#calls++;
    const id = readText(item.call_id) ?? readText(item.id);
    this.#sink.call(0, index, id, readText(item.name) ?? '', item.type === 'custom_tool_call');
  }

  #args(index: number, text: string): void {
    this.#of(index).args = true;
    this.#sink.args(0, index, text);
  }

  #message(item: JsonObject): void {
    for (const part of objectsIn(item.content)) {
      const text = readText(part.text);
      const refusal = readText(part.refusal);
      if (text !== undefined) this.#sink.text(0, text, readTokens(part.logprobs));
      if (refusal !== undefined) this.#sink.refusal(0, refusal);
      for (const annotation of objectsIn(part.annotations)) this.#cite(annotation);
    }
  }

  #reasoning(item: JsonObject, told: Told): void {
    if (!told.thought) {
      const said = objectsIn(item.summary).length > 0 ? item.summary : item.content;
      const text = objectsIn(said)
        .map((part) => readText(part.text) ?? '')
        .join('\n\n');
      if (text !== '') this.#sink.thought(0, text);
      told.thought = true;
    }
    const sealed = readText(item.encrypted_content);
    if (sealed === undefined || told.sealed) return;
    told.sealed = true;
    this.#sink.seal(0, readSeal(sealed, 'openai', true, readText(item.id)));
  }

  #cite(annotation: JsonObject | undefined): void {
    const citation = annotation?.type === 'url_citation' ? readUrlCitation(annotation) : undefined;
    if (citation !== undefined) this.#sink.cite(0, citation);
  }

  #finish(response: JsonObject): void {
    this.#head(response);
    const usage = openAiUsage(response.usage, response);
    if (usage !== undefined) this.#sink.usage(usage);
    const { status } = response;
    if (this.#finished || (status === undefined && response.output === undefined)) return;
    this.#finished = true;
    if (NO_ANSWER.has(String(status))) {
      this.#sink.finish(0, 'error', readText(readObject(response.error)?.message) ?? String(status));
      return;
    }
    const reason = readText(readObject(response.incomplete_details)?.reason);
    if (reason === 'content_filter') this.#sink.finish(0, 'content_filter');
    else if (reason !== undefined || status === 'incomplete') this.#sink.finish(0, 'length');
    else this.#sink.finish(0, this.#calls > 0 ? 'tool_calls' : 'stop');
  }
}
