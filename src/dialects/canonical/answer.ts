import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { Seal } from './request.ts';

/** Why a choice ended. `error` is no end: whoever drives the translation throws. */
export type Finish =
  | 'stop'
  | 'stop_sequence'
  | 'length'
  | 'context'
  | 'tool_calls'
  | 'content_filter'
  | 'pause'
  | 'error';

export interface AnswerHead {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  /** Epoch seconds. */
  readonly createdS?: number | undefined;
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

/** A web page that the answer leans on, with the place in the choice's text where that is known (UTF-16 units). */
export interface Citation {
  readonly url: string;
  readonly title: string;
  readonly quote: string;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/**
 * An answer without a wire format, told part by part: by a stream event after event, by a whole answer all at
 * once. Whoever reads a provider's dialect calls it, whoever writes a client's dialect implements it.
 */
export interface AnswerSink {
  /** May come more than once: what is known first stays. */
  head(head: AnswerHead): void;
  text(choice: number, text: string, logprobs?: readonly TokenLogprob[]): void;
  refusal(choice: number, text: string): void;
  thought(choice: number, text: string): void;
  /** Belongs to the thought before it, and ends it; Gemini's to the call that its `id` names. */
  seal(choice: number, seal: Seal): void;
  /**
   * @param tool tells the calls of one choice apart
   * @param custom of a custom tool of OpenAI's, whose input is free text
   */
  call(choice: number, tool: number, id: string | undefined, name: string, custom?: boolean): void;
  args(choice: number, tool: number, text: string): void;
  cite(choice: number, citation: Citation): void;
  /** @param detail the stop sequence that was found, the provider's own word for an error */
  finish(choice: number, finish: Finish, detail?: string): void;
  /** Cumulative: the last report is the whole truth. */
  usage(usage: Usage): void;
  /** Nothing follows. */
  end(): void;
}

/** Reads answers of one provider's dialect. One per call: a stream has state. */
export interface AnswerReader {
  /** One event of a stream. */
  event(event: JsonObject): void;
  whole(body: JsonObject): void;
  /** The provider's terminal event has been seen. */
  complete(): boolean;
}

/** Writes a stream in a client's dialect. */
export interface StreamWriter extends AnswerSink {
  /** The events that are ready; each is given once. */
  drain(): JsonObject[];
}
