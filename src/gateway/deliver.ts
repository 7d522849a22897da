/**
 * The way back: from the upstream's bytes to the client's. A non-streamed answer is a stream of one. Whatever
 * could be the last byte is kept until the request has settled, so that its record is in the journal first.
 */
import type { Attempt } from '../core/attempt.ts';
import { asFault, Fault } from '../core/fault.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Client } from './client.ts';
import type { Answer, ByteSink, Ending, EventTransform } from './stage.ts';
import { StreamDelivery } from './stream-delivery.ts';
import { clientClosed, endingOf } from './walk.ts';

export interface Delivery {
  readonly answer: Answer;
  readonly dialect: Dialect;
  /** The attempt that answers; undefined for an answer from the cache. */
  readonly attempt: Attempt | undefined;
  readonly transforms: readonly EventTransform[];
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

/** Delivers all of the answer but its end. Never throws: what goes wrong is in the ending. */
export function deliver(delivery: Delivery): Promise<Delivered> {
  return new Promise((resolve) => {
    const sink = delivery.answer.stream
      ? new StreamDelivery(delivery, resolve)
      : new WholeDelivery(delivery, resolve);
    watchClient(delivery, sink);
    delivery.answer.source.pipe(sink);
  });
}

export interface DeliverySink extends ByteSink {
  /** The client is gone. */
  abandon(fault: Fault): void;
}

function watchClient({ client, onDisconnect, answer }: Delivery, sink: DeliverySink): void {
  const left = (): void => {
    const fault = clientClosed();
    if (onDisconnect === 'cancel') answer.source.cancel(fault);
    sink.abandon(fault);
  };
  if (client.signal.aborted) left();
  else client.signal.addEventListener('abort', left, { once: true });
}

/** Collects the one JSON body, reads its usage, lets the transforms see it, and holds it until settled. */
class WholeDelivery implements DeliverySink {
  readonly #delivery: Delivery;
  readonly #resolve: (delivered: Delivered) => void;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #gone: Fault | undefined;
  #over = false;

  constructor(delivery: Delivery, resolve: (delivered: Delivered) => void) {
    this.#delivery = delivery;
    this.#resolve = resolve;
  }

  data(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#delivery.maxAnswerBytes) {
      const fault = new Fault(
        'provider_error',
        `The provider's answer is larger than ${this.#delivery.maxAnswerBytes} bytes.`,
      );
      this.#delivery.answer.source.cancel(fault);
      this.fail(fault);
    } else this.#chunks.push(chunk);
    return true;
  }

  end(): void {
    try {
      const body = this.#read();
      if (this.#gone) return this.#done(endingOf(this.#gone), () => undefined);
      const { client, answer, headers } = this.#delivery;
      this.#done({ kind: 'done' }, () => client.sendWhole(answer.status, headers(), body));
    } catch (thrown) {
      this.fail(asFault(thrown));
    }
  }

  fail(fault: Fault): void {
    const { client, headers } = this.#delivery;
    const cause = this.#gone ?? fault;
    this.#done(endingOf(cause), () => client.sendFault(cause, headers()));
  }

  abandon(fault: Fault): void {
    this.#gone = fault;
    if (this.#delivery.onDisconnect === 'cancel') this.fail(fault);
  }

  #done(ending: Ending, finish: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#resolve({ ending, finish });
  }

  #read(): Uint8Array | string {
    const { dialect, attempt, transforms } = this.#delivery;
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : Buffer.concat(this.#chunks);
    const body = parseAnswer(bytes);
    if (attempt) {
      attempt.usage = dialect.answerUsage(body) ?? attempt.usage;
      attempt.reason = dialect.answerFinish(body);
    }
    if (transforms.length === 0) return bytes;
    for (const transform of transforms) transform.whole(body);
    return JSON.stringify(body);
  }
}

function parseAnswer(bytes: Uint8Array): JsonObject {
  try {
    const body: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
    );
    if (isJsonObject(body)) return body;
  } catch {
    // falls through to the one refusal: the text itself may be private and is not quoted
  }
  throw new Fault('provider_error', 'The provider answered with something that is not a JSON object.');
}
