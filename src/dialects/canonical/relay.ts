import { Fault } from '../../core/fault.ts';
import type { Usage } from '../../core/usage.ts';
import type { AnswerHead, AnswerSink, Citation, Finish, TokenLogprob } from './answer.ts';
import type { Seal } from './request.ts';
import type { Writing } from './writing.ts';

/**
 * Stands between the reader of a provider's dialect and the writer of the client's: gives tools back their
 * names, calls without an id one, turns the tool that stood for a JSON schema into text, keeps the usage, and
 * ends what is no answer.
 */
export class Relay implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #writing: Writing;
  readonly #schemaCalls = new Set<number>();
  #called = 0;
  used: Usage | undefined;

  constructor(sink: AnswerSink, writing: Writing) {
    this.#sink = sink;
    this.#writing = writing;
  }

  head({ id, model, createdS }: AnswerHead): void {
    const { target } = this.#writing;
    this.#sink.head({ id, model: model ?? target.model, createdS });
  }

  text(choice: number, text: string, logprobs?: readonly TokenLogprob[]): void {
    this.#sink.text(choice, text, logprobs);
  }

  refusal(choice: number, text: string): void {
    this.#sink.refusal(choice, text);
  }

  thought(choice: number, text: string): void {
    this.#sink.thought(choice, text);
  }

  seal(choice: number, seal: Seal): void {
    this.#sink.seal(choice, seal);
  }

  call(choice: number, tool: number, id: string | undefined, name: string, custom?: boolean): void {
    if (name === this.#writing.schemaTool) {
      this.#schemaCalls.add(tool);
      return;
    }
    const { target, tools, ids } = this.#writing;
    const number = this.#called++;
    const known = id === undefined ? `call_${target.id}_${number}` : ids.back(id);
    this.#sink.call(choice, tool, known, tools.back(name), custom);
  }

  args(choice: number, tool: number, text: string): void {
    if (this.#schemaCalls.has(tool)) this.#sink.text(choice, text);
    else this.#sink.args(choice, tool, text);
  }

  cite(choice: number, citation: Citation): void {
    this.#sink.cite(choice, citation);
  }

  /** @throws Fault `provider_error` where the provider's word for the end says that there is no answer */
  finish(choice: number, finish: Finish, detail?: string): void {
    if (finish === 'error') throw brokenEnd(detail ?? 'error');
    const answered = finish === 'tool_calls' && this.#called === 0 && this.#schemaCalls.size > 0;
    this.#sink.finish(choice, answered ? 'stop' : finish, detail);
  }

  usage(usage: Usage): void {
    this.used = usage;
    this.#sink.usage(usage);
  }

  end(): void {
    this.#sink.end();
  }
}

/** @param word the provider's own for an end that says that there is no answer */
export function brokenEnd(word: string): Fault {
  return new Fault('provider_error', `The provider ended the answer with '${word.slice(0, 200)}'.`);
}
