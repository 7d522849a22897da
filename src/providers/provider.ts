/** What the rest of the house knows of a provider, whatever its kind. */
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../core/json.ts';
import type { Dialect, Operation } from '../dialects/dialect.ts';
import type { TranslatedCall, VendorWords } from '../dialects/index.ts';
import type { ByteSink, StoredCall } from '../gateway/stage.ts';
import type { Diagnosis, Said } from './diagnosis.ts';
import type { KeyRing } from './key-ring.ts';

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number;
  /** From the start of the call to the first byte of the answer's body. */
  readonly first_byte: number;
  /** Between two chunks, not counting the time in which the client did not read. */
  readonly idle: number;
  readonly total: number;
}

/** One call as it goes to one target. */
export interface UpstreamRequest {
  /** What the provider is asked for: the client's operation, or the one that it was translated to. */
  readonly operation: Operation;
  /** Whose keys may be used. */
  readonly orgId: string;
  /** The model as the provider knows it. */
  readonly model: string;
  readonly stream: boolean;
  readonly body: JsonObject;
  /** The body as it goes on the wire; serialised at most once. */
  bytes(): Uint8Array;
  readonly clientHeaders: IncomingHttpHeaders;
  /** Headers of the gateway's own for this call (`traceparent`). */
  readonly ownHeaders: Readonly<Record<string, string>>;
  /** Asks for something that the provider keeps; then there is no body. */
  readonly stored: StoredCall | undefined;
  /** Set where the provider speaks another dialect than the client: how its answer is told to the client. */
  readonly translation?: CallTranslation | undefined;
}

/** A call between two dialects. */
export interface CallTranslation {
  /** The client's. */
  readonly dialect: Dialect;
  readonly call: TranslatedCall;
}

/** Status and headers (lower case) of a provider's answer. */
export interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Hears one answer: `head` once, then data, then exactly one of `end` and `fail`; or only `fail`. */
export interface Receiver extends ByteSink {
  head(head: Head): void;
}

/** The sending side of a call under way. */
export interface Transmission {
  /** The request has begun to leave: its provider may work on it, and bill it. */
  readonly sent: boolean;
  /** Goes on after `data` returned false. */
  resume(): void;
  /** Releases the connection at once; the receiver hears nothing more. Safe to call twice. */
  cancel(): void;
}

/** What an API can carry beside text. */
export type Capability = 'tools' | 'images' | 'files' | 'audio' | 'json_schema' | 'reasoning';

export interface Provider {
  /** Its name in the configuration. */
  readonly name: string;
  readonly kind: string;
  readonly region: string | undefined;
  /** Patterns of the model names it is asked for. */
  readonly patterns: readonly string[];
  /** Names to list for users, where the patterns let them through; it may serve more. */
  readonly knownModels: readonly string[];
  /** What it can be asked for in its own dialects, with one model or another; those that carry most come first. */
  readonly operations: ReadonlySet<Operation>;
  /** The same for one model, where models differ in it. */
  operationsOf?(model: string): ReadonlySet<Operation>;
  readonly capabilities?: readonly Capability[];
  /** Its keys, where it has any. */
  readonly keys?: KeyRing;
  /** It cannot be called without one. */
  readonly needsKey?: boolean;
  /** The model's name on the wire, where it is not that of the target (deployments). */
  wireModel?(model: string): string;
  readonly timeouts: Timeouts;
  /** It reports a stream's usage only when asked to (`stream_options.include_usage`), and knows that field. */
  readonly usageOnRequest: boolean;
  /** Its own words in answers that are otherwise in a dialect of others. */
  readonly words?: VendorWords | undefined;
  /** Begins a call. The receiver may hear `fail` before this returns. */
  send(request: UpstreamRequest, receiver: Receiver): Transmission;
  /** What its refusal means where the general reading would be wrong; else undefined. */
  diagnose(status: number, said: Said): Diagnosis | undefined;
  close(): Promise<void>;
}
