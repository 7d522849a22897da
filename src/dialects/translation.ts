import type { JsonObject } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import type { Operation } from './dialect.ts';

/** What a translation must know of the target besides the body. */
export interface TranslationTarget {
  /** The model as the provider knows it. */
  readonly model: string;
  /** The provider's kind (`openai`, `mistral`, …), where a wire format has local habits. */
  readonly kind: string;
  /** Upper bound of the input's tokens, for dialects that tell it before the provider has. */
  readonly inputTokens: number;
  /** Epoch milliseconds, for `created` where the provider names no time. */
  readonly nowMs: number;
  /** A fresh id part, for dialects whose answers have ids where the provider's have none. */
  readonly id: string;
  /** The client wants a stream, where its body does not say so (Gemini says it by the path). */
  readonly stream?: boolean;
}

/** How a request of one wire format is asked of a provider that speaks another, and its answer told back. */
export interface Translation {
  readonly from: Operation;
  readonly to: Operation;
  /**
   * Begins one call. `body` stays as it is.
   * @throws Fault `invalid_request` naming the field, for what can be neither carried nor dropped
   */
  open(body: JsonObject, target: TranslationTarget): TranslatedCall;
}

/** One call: what one of its sides must remember for the other (names of tools, ids) lives here. */
export interface TranslatedCall {
  /** The request as the provider wants it. */
  readonly body: JsonObject;
  /** What could not be carried, as paths or field names in the client's words: `x-sluice-dropped`. */
  readonly dropped: readonly string[];
  /**
   * A whole answer of the provider, as the client expects it.
   * @throws Fault `provider_error` where its finish reason says that it is none
   */
  answer(body: JsonObject): TranslatedAnswer;
  /** A stream of the provider: one per attempt. */
  stream(): StreamTranslation;
}

export interface TranslatedAnswer {
  readonly body: JsonObject;
  /** As the provider reported it: exact where the client's dialect has no words for a class of tokens. */
  readonly usage: Usage | undefined;
}

export interface StreamTranslation {
  /**
   * One event of the provider in, the client's events out. An error inside a 200 stream is not an event: ask
   * the provider's dialect (`StreamDialect.error`) first.
   * @throws Fault `provider_error` where the provider ends it with a reason that is no end (`MALFORMED_FUNCTION_CALL`)
   */
  event(event: JsonObject): JsonObject[];
  /** What is still held back when the provider's stream has ended properly. */
  end(): JsonObject[];
  /** The provider's terminal event has been seen: an end before it is a cut. */
  complete(): boolean;
  usage(): Usage | undefined;
}
