import { Fault } from '../../core/fault.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { AnswerReader, AnswerSink, Finish } from '../canonical/answer.ts';
import { readSeal } from '../canonical/seals.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { anthropicUsage } from './usage.ts';

const FINISHES: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop_sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'context',
  tool_use: 'tool_calls',
  pause_turn: 'pause',
  refusal: 'content_filter',
};

/** Answers of Anthropic and all who follow it, whole and streamed. */
export class MessagesReader implements AnswerReader {
  readonly #sink: AnswerSink;
  /** Blocks that are calls: their index on the wire → whether arguments came in parts. */
  readonly #calls = new Map<number, boolean>();
  /** What a call began with, for streams that send no parts of it. */
  readonly #inputs = new Map<number, JsonObject>();
  #usage: Usage | undefined;
  #blocks = 0;
  #stopped = false;
  #finished = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  complete(): boolean {
    return this.#stopped;
  }

  whole(body: JsonObject): void {
    this.#head(body);
    objectsIn(body.content).forEach((block, index) => {
      this.#block(block, index);
      if (block.type === 'tool_use') this.#sink.args(0, index, JSON.stringify(readObject(block.input) ?? {}));
    });
    this.#report(body);
    this.#finish(body);
    this.#stopped = this.#finished;
  }

  event(event: JsonObject): void {
    const index = typeof event.index === 'number' ? event.index : 0;
    switch (event.type) {
      case 'message_start': {
        const message = readObject(event.message) ?? {};
        this.#begin();
        this.#head(message);
        this.#report(message);
        return;
      }
      case 'content_block_start':
        this.#blocks++;
        this.#block(readObject(event.content_block) ?? {}, index);
        return;
      case 'content_block_delta':
        this.#delta(readObject(event.delta) ?? {}, index);
        return;
      case 'content_block_stop':
        this.#close(index);
        return;
      case 'message_delta':
        this.#report(event);
        this.#finish(readObject(event.delta) ?? {});
        return;
      case 'message_stop':
        this.#stopped = true;
        this.#sink.end();
    }
  }

  /** A second message takes nothing back of the first: its blocks are others, though their numbers are the same. */
  #begin(): void {
    if (this.#blocks === 0) return;
    throw new Fault('provider_error', 'The provider began a second message inside the first.');
  }

  #head(message: JsonObject): void {
    this.#sink.head({ id: readText(message.id), model: readText(message.model) });
  }

  #report(holder: JsonObject): void {
    this.#usage = anthropicUsage(holder.usage, this.#usage);
    if (this.#usage !== undefined) this.#sink.usage(this.#usage);
  }

  #finish(said: JsonObject): void {
    const reason = readText(said.stop_reason);
    if (reason === undefined || this.#finished) return;
    this.#finished = true;
    const why = readText(readObject(said.stop_details)?.explanation);
    if (reason === 'refusal' && why !== undefined) this.#sink.refusal(0, why);
    this.#sink.finish(0, FINISHES[reason] ?? 'stop', readText(said.stop_sequence));
  }

  /** What the provider's own tools did is not told: nothing asked for them. */
  #block(block: JsonObject, index: number): void {
    switch (block.type) {
      case 'text': {
        this.#text(block.text);
        for (const citation of objectsIn(block.citations)) this.#cite(citation);
        return;
      }
      case 'thinking': {
        const text = readText(block.thinking);
        if (text !== undefined) this.#sink.thought(0, text);
        this.#seal(block.signature, false);
        return;
      }
      case 'redacted_thinking':
        this.#seal(block.data, true);
        return;
      case 'tool_use': {
        this.#calls.set(index, false);
        const input = readObject(block.input);
        if (input !== undefined && Object.keys(input).length > 0) this.#inputs.set(index, input);
        this.#sink.call(0, index, readText(block.id), readText(block.name) ?? '');
      }
    }
  }

  #delta(delta: JsonObject, index: number): void {
    switch (delta.type) {
      case 'text_delta':
        this.#text(delta.text);
        return;
      case 'thinking_delta': {
        const text = readText(delta.thinking);
        if (text !== undefined) this.#sink.thought(0, text);
        return;
      }
      case 'signature_delta':
        this.#seal(delta.signature, false);
        return;
      case 'citations_delta':
        this.#cite(readObject(delta.citation) ?? {});
        return;
      case 'input_json_delta': {
        const text = readText(delta.partial_json);
        if (text === undefined || !this.#calls.has(index)) return;
        this.#calls.set(index, true);
        this.#sink.args(0, index, text);
      }
    }
  }

  #close(index: number): void {
    if (this.#calls.get(index) !== false) return;
    this.#calls.set(index, true);
    this.#sink.args(0, index, JSON.stringify(this.#inputs.get(index) ?? {}));
  }

  #text(value: JsonObject[string] | undefined): void {
    const text = readText(value);
    if (text !== undefined) this.#sink.text(0, text);
  }

  #seal(value: JsonObject[string] | undefined, whole: boolean): void {
    const data = readText(value);
    if (data !== undefined) this.#sink.seal(0, readSeal(data, 'anthropic', whole));
  }

  /** Pages of the web; places in the client's own documents mean nothing elsewhere. */
  #cite(citation: JsonObject): void {
    const url = readText(citation.url);
    if (url === undefined) return;
    this.#sink.cite(0, {
      url,
      title: readText(citation.title) ?? url,
      quote: readText(citation.cited_text) ?? '',
    });
  }
}
