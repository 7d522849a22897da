/**
 * The contract between the street and its houses. A stage declares which slots of the exchange it needs and
 * which it gives; `pipeline.ts` lists the stages, and a wrong order there is a compile error. This file knows
 * no house, so every house may import it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Attempt } from '../core/attempt.ts';
import type { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Saving } from '../core/saving.ts';
import type { Trace } from '../core/trace.ts';
import type { Usage } from '../core/usage.ts';
import type { Described, Dialect, Operation } from '../dialects/dialect.ts';
import type { Mender } from '../dialects/index.ts';

/** One inference route: where it listens, what it asks for, how both sides write. */
export interface Endpoint {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
  readonly operation: Operation;
  readonly dialect: Dialect;
  /** Set where a provider is asked for something that it keeps, in place of a body. */
  readonly stored?: StoredCall;
}

/** A call about something that a provider keeps. */
export interface StoredCall {
  /** The action of its audit record; no model is asked. */
  readonly action: 'responses.retrieve' | 'responses.delete';
  readonly method: 'GET' | 'DELETE';
  readonly id: string;
  /** The client's own, without `?`; '' where there is none. */
  readonly query: string;
}

/** What is known of a request before the first stage. One object of fixed shape, filled in place. */
export interface Arrival {
  /** The id of the audit record (UUIDv7). */
  readonly id: string;
  /** `x-request-id`: the client's own where it sent a sound one, else `req_` + id. */
  readonly requestId: string;
  readonly endpoint: Endpoint;
  readonly trace: Trace;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  /** Epoch milliseconds. */
  readonly arrivedAtMs: number;
  /** Monotonic milliseconds at arrival (see `Clock.elapsed`). */
  readonly startedMs: number;
  /** The body on its way in; `read` reads it, after the caller has been recognised and admitted. */
  readonly payload: Readable;
  /** `content-length` as the client declares it, 0 where it declares none. */
  readonly declaredBytes: number;
  /** The body as received; empty until `read`. */
  bytes: Uint8Array;
  /** Aborted when the answer cannot be completed, with a Fault that says why: the client left, the node stops. */
  readonly signal: AbortSignal;
  /** What stages add to the answer's headers (lower case). */
  readonly answerHeaders: Record<string, string>;
  /** One per provider call, in order, the one that answered last; call-upstream appends. */
  readonly attempts: Attempt[];
  /** An answer ends the walk: stages after the one that set it are not entered. */
  answer: Answer | null;
}

/** The parsed request; given by `read`. */
export class Call {
  readonly body: JsonObject;
  #described: Described;
  #changed = false;
  #bytes: Uint8Array | undefined;

  /** @param bytes the body as the client sent it */
  constructor(body: JsonObject, described: Described, bytes?: Uint8Array) {
    this.body = body;
    this.#described = described;
    this.#bytes = bytes;
  }

  /** Derived from the body as it stands after prompts and policies. */
  get described(): Described {
    return this.#described;
  }

  /** The body is not what the client sent. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Whoever changes `body` says so, and what it now says. */
  change(described: Described): void {
    this.#described = described;
    this.#changed = true;
    this.#bytes = undefined;
  }

  /** The body as it stands: the client's own bytes, or serialised once for all who ask until the next change. */
  bytes(): Uint8Array {
    this.#bytes ??= Buffer.from(JSON.stringify(this.body));
    return this.#bytes;
  }
}

export interface HasCall {
  call: Call;
}

/** Puts a cap on output tokens into the body, as a policy or a budget wants it. */
export function setOutputCap({ call, endpoint }: Arrival & HasCall, capTokens: number): void {
  endpoint.dialect.setOutputCap(call.body, capTokens);
  call.change({ ...call.described, outputCapTokens: capTokens });
}

/** What goes back to the client: a stream, or a stream of one. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Server-sent events follow; else one JSON body. */
  readonly stream: boolean;
  /** The gateway asked for usage, not the client: the event that exists only to report it stays here. */
  readonly usageInjected: boolean;
  /** Set where no provider was asked for it. */
  readonly saving?: Saving;
  /** Set where a provider says it in the client's dialect: makes of it what that dialect says it is. */
  readonly mender?: Mender | undefined;
  readonly source: ByteSource;
}

/** A push source with back-pressure. */
export interface ByteSource {
  /** Begins the flow. Exactly one of `end` and `fail` follows the last `data`. */
  pipe(sink: ByteSink): void;
  /** Goes on after `data` returned false. */
  resume(): void;
  /** Ends it early and releases the upstream; the sink hears nothing more. Safe to call twice. */
  cancel(reason: Fault): void;
  /**
   * Usage as the provider reported it, so far, where the source knows it better than the bytes that it gives: those
   * of a translated answer may have no words for a class of tokens.
   */
  usage?(): Usage | undefined;
}

export interface ByteSink {
  /** False asks the source to pause until `resume`. */
  data(chunk: Uint8Array): boolean;
  end(): void;
  fail(fault: Fault): void;
}

/** Changes what streams back. Stages' transforms run innermost (last stage) first. */
export interface EventTransform {
  /** One streamed event in, what is to be sent for it out (possibly nothing yet). */
  event(event: JsonObject): JsonObject[];
  /** What is still held back, when the stream ends without having said so. */
  end(): JsonObject[];
  /** Whether `whole` must wait for something before it can be called with this body. */
  readonly ready?: ((body: JsonObject) => Promise<void> | undefined) | undefined;
  /** The whole body of a non-streamed answer, changed in place. */
  whole(body: JsonObject): void;
}

/** The name of a stage that waits for a provider; the time of every other stage is the gateway's own. */
export const CALL_UPSTREAM = 'call-upstream';
/** Follows how much a stream has written, where no cap of the client's bounds it, and may end it. */
export interface StreamWatch {
  /** The most that the answer can hold, because the provider was told so or the model writes no more; Infinity: nobody knows. */
  readonly ceilingTokens: number;
  /**
   * Called for every chunk; does no I/O.
   * @param mostTokens upper bound of what was written so far
   * @param leastTokens lower bound of it, for providers that heed no cap
   * @param resume called at most once after false; ask again then
   * @returns true: go on · false: pause until `resume` · a Fault: cut the stream here, and say why
   */
  streamed(mostTokens: number, leastTokens: number, resume: () => void): boolean | Fault;
}

/** How a request ended. */
export type Ending =
  | { readonly kind: 'done' }
  /** The gateway said no (4xx of ours). */
  | { readonly kind: 'refused'; readonly fault: Fault }
  /** The provider or the gateway failed. */
  | { readonly kind: 'failed'; readonly fault: Fault }
  /** The client left. `drained`: the provider finished its answer all the same, because policy wants that. */
  | { readonly kind: 'abandoned'; readonly fault: Fault; readonly drained?: boolean };

/** Slots that a stage fills: null until it did. */
export type Open<Slots> = { -readonly [K in keyof Slots]: Slots[K] | null };

/**
 * `enter` is a function property on purpose: method parameters are bivariant and would hide a wrong order.
 *
 * @template Needs slots that stages before must have filled
 * @template Gives slots that `enter` fills
 */
export interface Stage<Needs = unknown, Gives = unknown> {
  readonly name: string;
  /** Does its work, or throws a Fault to stop here. Returns a promise only where it must wait. */
  readonly enter: (x: Arrival & Needs & Open<Gives>) => void | Promise<void>;
  /** The transform of what streams back, or undefined where this request needs none. */
  readonly events?: (x: Arrival & Needs & Gives) => EventTransform | undefined;
  /** Who may cut what streams back, or undefined where nobody needs to; at most one stage of a street has it. */
  readonly watch?: (x: Arrival & Needs & Gives) => StreamWatch | undefined;
  /**
   * Runs exactly once for every stage whose `enter` was called, even if it threw: last in, first out. Must
   * not throw for an expected ending; what it throws is logged and the remaining stages still settle.
   */
  readonly settle?: (x: Arrival & Open<Needs & Gives>, ending: Ending) => void | Promise<void>;
}
