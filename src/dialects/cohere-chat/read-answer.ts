import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { AnswerReader, AnswerSink, Finish } from '../canonical/answer.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

const FINISHES: Readonly<Record<string, Finish>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop_sequence',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
  ERROR: 'error',
  ERROR_TOXIC: 'content_filter',
  TIMEOUT: 'error',
};

/** Answers of Cohere's v2 chat, whole and streamed. The plan that goes before calls is a thought. */
export class CohereReader implements AnswerReader {
  readonly #sink: AnswerSink;
  /** Calls by number → whether arguments came. */
  readonly #calls = new Map<number, boolean>();
  #finished = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  complete(): boolean {
    return this.#finished;
  }

  whole(body: JsonObject): void {
    this.#sink.head({ id: readText(body.id) });
    const message = readObject(body.message) ?? {};
    this.#thought(message.tool_plan);
    for (const part of objectsIn(message.content)) this.#content(part);
    objectsIn(message.tool_calls).forEach((call, index) => {
      this.#call(call, index);
      this.#callEnds(index);
    });
    for (const citation of objectsIn(message.citations)) this.#cite(citation);
    this.#ends(body);
  }

  event(event: JsonObject): void {
    const delta = readObject(event.delta) ?? {};
    const message = readObject(delta.message) ?? {};
    const index = typeof event.index === 'number' ? event.index : 0;
    switch (event.type) {
      case 'message-start':
        return this.#sink.head({ id: readText(event.id) });
      case 'content-start':
      case 'content-delta':
        return this.#content(readObject(message.content) ?? {});
      case 'tool-plan-delta':
        return this.#thought(message.tool_plan);
      case 'tool-call-start':
      case 'tool-call-delta':
        return this.#call(readObject(message.tool_calls) ?? {}, index);
      case 'tool-call-end':
        return this.#callEnds(index);
      case 'citation-start':
        return this.#cite(readObject(message.citations) ?? {});
      case 'message-end':
        this.#ends(delta);
        return this.#sink.end();
    }
  }

  #content(content: JsonObject): void {
    const text = readText(content.text);
    if (text !== undefined) this.#sink.text(0, text);
    this.#thought(content.thinking);
  }

  #thought(value: JsonObject[string] | undefined): void {
    const thought = readText(value);
    if (thought !== undefined) this.#sink.thought(0, thought);
  }

  #call(call: JsonObject, index: number): void {
    const { name, arguments: args } = readObject(call.function) ?? {};
    if (!this.#calls.has(index)) {
      this.#calls.set(index, false);
      this.#sink.call(0, index, readText(call.id), readText(name) ?? '');
    }
    const text = readText(args);
    if (text === undefined) return;
    this.#calls.set(index, true);
    this.#sink.args(0, index, text);
  }

  /** Of a tool without parameters nothing may have come. */
  #callEnds(index: number): void {
    if (this.#calls.get(index) === false) this.#sink.args(0, index, '{}');
  }

  /** Pages of the web only: places in documents of the client's own mean nothing to it here. */
  #cite(citation: JsonObject): void {
    const { start, end } = citation;
    for (const source of objectsIn(citation.sources)) {
      const document = readObject(source.document);
      const url = readText(document?.url);
      if (url === undefined) continue;
      this.#sink.cite(0, {
        url,
        title: readText(document?.title) ?? url,
        quote: readText(citation.text) ?? '',
        start: typeof start === 'number' ? start : undefined,
        end: typeof end === 'number' ? end : undefined,
      });
    }
  }

  #ends(holder: JsonObject): void {
    const usage = cohereUsage(readObject(holder.usage));
    if (usage !== undefined) this.#sink.usage(usage);
    const reason = readText(holder.finish_reason);
    if (reason === undefined || this.#finished) return;
    this.#finished = true;
    const finish = FINISHES[reason] ?? 'stop';
    this.#sink.finish(0, finish, finish === 'error' ? (readText(holder.error) ?? reason) : undefined);
  }
}

/**
 * What Cohere bills, which leaves out its own instructions: `tokens` counts them and says how full the context is.
 * Cached tokens are among those, and cost what others cost.
 */
function cohereUsage(usage: JsonObject | undefined): Usage | undefined {
  const counted = readObject(usage?.billed_units) ?? readObject(usage?.tokens);
  const input = firstCount(counted, 'input_tokens');
  const output = firstCount(counted, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  return reportedUsage({
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    reasoningTokens: firstCount(readObject(usage?.tokens), 'reasoning_tokens') ?? 0,
  });
}
