/** What delivering an answer takes, whole or streamed. */
import type { Attempt } from '../core/attempt.ts';
import type { Fault } from '../core/fault.ts';
import type { Usage } from '../core/usage.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Client } from './client.ts';
import type { Answer, ByteSink, Ending, EventTransform, StreamWatch } from './stage.ts';

export interface Delivery {
  readonly answer: Answer;
  readonly dialect: Dialect;
  /** The attempt that answers; undefined for an answer from the cache. */
  readonly attempt: Attempt | undefined;
  /** Answers that the client asked for (`n`): a stream is complete when each of them is. */
  readonly choices: number;
  readonly transforms: readonly EventTransform[];
  /** Who may cut the stream; undefined: nobody. */
  readonly watch: StreamWatch | undefined;
  readonly client: Client;
  /** Headers of the answer as they stand when its head is written. */
  readonly headers: () => Record<string, string>;
  /** The cost of an attempt as decimal dollars, once its usage is known; undefined = unpriced. */
  readonly costUsd: (attempt: Attempt) => string | undefined;
  /** Usage of an answer that reports none, from the text streamed (UTF-16 units). */
  readonly estimateUsage: (outputLength: number) => Usage;
  readonly onDisconnect: 'cancel' | 'drain';
  /** Largest body of a non-streamed answer, bytes. */
  readonly maxAnswerBytes: number;
}

/** How the answer ended, and the writing of its last bytes, to be called after the request has settled. */
export interface Delivered {
  readonly ending: Ending;
  readonly finish: () => void;
}

export interface DeliverySink extends ByteSink {
  /** The client is gone. */
  abandon(fault: Fault): void;
}
