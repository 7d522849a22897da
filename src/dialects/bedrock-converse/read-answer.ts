import type { JsonObject } from '../../core/json.ts';
import type { AnswerReader, AnswerSink, Finish } from '../canonical/answer.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { converseUsage } from './usage.ts';

const FINISHES: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop_sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'context',
  tool_use: 'tool_calls',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  refusal: 'content_filter',
  pause_turn: 'pause',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

/**
 * Answers of Bedrock's Converse, whole and streamed. An event is `{[event type]: payload}`, as AWS's SDKs give
 * them: `{contentBlockDelta: {contentBlockIndex, delta}}`.
 */
export class ConverseReader implements AnswerReader {
  readonly #sink: AnswerSink;
  /** Blocks that are calls: their index → whether arguments came. */
  readonly #calls = new Map<number, boolean>();
  #finished = false;
  #reported = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  complete(): boolean {
    return this.#finished;
  }

  whole(body: JsonObject): void {
    this.#sink.head({});
    const message = readObject(readObject(body.output)?.message);
    objectsIn(message?.content).forEach((block, index) => {
      this.#block(block, index);
    });
    this.#usage(body);
    this.#stop(body);
  }

  event(event: JsonObject): void {
    const { messageStart, contentBlockStart, contentBlockDelta, contentBlockStop, messageStop, metadata } =
      event;
    if (messageStart !== undefined) this.#sink.head({});
    const started = readObject(contentBlockStart);
    if (started !== undefined) this.#block(readObject(started.start) ?? {}, indexOf(started));
    const changed = readObject(contentBlockDelta);
    if (changed !== undefined) this.#delta(readObject(changed.delta) ?? {}, indexOf(changed));
    const stopped = readObject(contentBlockStop);
    if (stopped !== undefined && this.#calls.get(indexOf(stopped)) === false) {
      this.#sink.args(0, indexOf(stopped), '{}');
    }
    this.#stop(readObject(messageStop) ?? {});
    // Usage comes after the stop, and nothing after it.
    const report = readObject(metadata);
    if (report === undefined) return;
    this.#usage(report);
    if (this.#finished && this.#reported) this.#sink.end();
  }

  #usage(holder: JsonObject): void {
    const usage = converseUsage(holder);
    if (usage === undefined) return;
    this.#reported = true;
    this.#sink.usage(usage);
  }

  #stop(holder: JsonObject): void {
    const reason = readText(holder.stopReason);
    if (reason === undefined || this.#finished) return;
    this.#finished = true;
    const finish = FINISHES[reason] ?? 'stop';
    const fields = readObject(holder.additionalModelResponseFields);
    const sequence = readText(fields?.stop_sequence);
    const called = finish === 'stop' && this.#calls.size > 0;
    this.#sink.finish(0, called ? 'tool_calls' : finish, finish === 'error' ? reason : sequence);
  }

  #block(block: JsonObject, index: number): void {
    const use = readObject(block.toolUse);
    if (use !== undefined) {
      const input = readObject(use.input);
      this.#calls.set(index, input !== undefined);
      this.#sink.call(0, index, readText(use.toolUseId), readText(use.name) ?? '');
      if (input !== undefined) this.#sink.args(0, index, JSON.stringify(input));
      return;
    }
    const cited = readObject(block.citationsContent);
    for (const part of objectsIn(cited?.content)) this.#text(part);
    for (const citation of objectsIn(cited?.citations)) this.#cite(citation);
    const thought = readObject(block.reasoningContent);
    if (thought !== undefined) {
      const said = readObject(thought.reasoningText);
      this.#thought({ ...said, ...thought });
    }
    this.#text(block);
  }

  #delta(delta: JsonObject, index: number): void {
    const use = readObject(delta.toolUse);
    const args = readText(use?.input);
    if (args !== undefined) {
      this.#calls.set(index, true);
      this.#sink.args(0, index, args);
    }
    const thought = readObject(delta.reasoningContent);
    if (thought !== undefined) this.#thought(thought);
    const citation = readObject(delta.citation);
    if (citation !== undefined) this.#cite(citation);
    this.#text(delta);
  }

  #text(holder: JsonObject): void {
    const text = readText(holder.text);
    if (text !== undefined) this.#sink.text(0, text);
  }

  #thought(thought: JsonObject): void {
    const text = readText(thought.text);
    if (text !== undefined) this.#sink.thought(0, text);
    const signature = readText(thought.signature);
    if (signature !== undefined) this.#sink.seal(0, { format: 'anthropic', data: signature });
    const redacted = readText(thought.redactedContent);
    if (redacted !== undefined) this.#sink.seal(0, { format: 'anthropic', data: redacted, whole: true });
  }

  /** Pages of the web only. */
  #cite(citation: JsonObject): void {
    const url = readText(readObject(readObject(citation.location)?.web)?.url);
    if (url !== undefined) this.#sink.cite(0, { url, title: readText(citation.title) ?? url, quote: '' });
  }
}

function indexOf(holder: JsonObject): number {
  return typeof holder.contentBlockIndex === 'number' ? holder.contentBlockIndex : 0;
}
