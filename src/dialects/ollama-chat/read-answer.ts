import type { JsonObject } from '../../core/json.ts';
import type { AnswerReader, AnswerSink } from '../canonical/answer.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { firstCount, reportedUsage } from '../tokens.ts';

/** Answers of Ollama's own `/api/chat`: a stream is many of what a whole answer is one of, and the last one is `done`. */
export class OllamaReader implements AnswerReader {
  readonly #sink: AnswerSink;
  #calls = 0;
  #finished = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  complete(): boolean {
    return this.#finished;
  }

  whole(body: JsonObject): void {
    this.event(body);
  }

  event(event: JsonObject): void {
    const createdMs = Date.parse(readText(event.created_at) ?? '');
    this.#sink.head({
      model: readText(event.model),
      createdS: Number.isNaN(createdMs) ? undefined : Math.trunc(createdMs / 1000),
    });
    const message = readObject(event.message);
    const thought = readText(message?.thinking);
    if (thought !== undefined) this.#sink.thought(0, thought);
    const text = readText(message?.content);
    if (text !== undefined) this.#sink.text(0, text);
    for (const call of objectsIn(message?.tool_calls)) this.#call(call);
    if (event.done === true && !this.#finished) this.#ends(event);
  }

  /** Each comes whole; most without an id. */
  #call(call: JsonObject): void {
    const { name, arguments: args } = readObject(call.function) ?? {};
    const number = this.#calls++;
    this.#sink.call(0, number, readText(call.id), readText(name) ?? '');
    this.#sink.args(0, number, JSON.stringify(readObject(args) ?? {}));
  }

  #ends(event: JsonObject): void {
    this.#finished = true;
    const input = firstCount(event, 'prompt_eval_count');
    const output = firstCount(event, 'eval_count');
    if (input !== undefined || output !== undefined) {
      this.#sink.usage(reportedUsage({ inputTokens: input ?? 0, outputTokens: output ?? 0 }));
    }
    if (event.done_reason === 'length') this.#sink.finish(0, 'length');
    else this.#sink.finish(0, this.#calls > 0 ? 'tool_calls' : 'stop');
    this.#sink.end();
  }
}
