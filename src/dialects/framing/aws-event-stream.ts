import { EventStreamCodec } from '@smithy/eventstream-codec';
import { Fault } from '../../core/fault.ts';
import { type JsonObject, parseObject } from '../../core/json.ts';

/** One message of an AWS event stream. */
export interface AwsEvent {
  /** `:event-type` of an event, `:exception-type` (or `:error-code`) of a refusal in mid-stream. */
  readonly type: string;
  readonly refused: boolean;
  readonly payload: JsonObject;
}

/** Total length (4 bytes), length of the headers, checksum of both. */
const PRELUDE_BYTES = 12;
/** A prelude, no headers, no payload, a checksum. */
const SHORTEST_BYTES = 16;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/**
 * Cuts a stream of `application/vnd.amazon.eventstream` into messages, whatever the chunking: by the length that
 * each message begins with. Checksums are verified.
 */
export class AwsEventSplitter {
  readonly #maxMessageBytes: number;
  #held: Buffer = Buffer.alloc(0);
  #heldBytes = 0;

  /** @param maxMessageBytes a longer message is a fault: nothing may grow without bound */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** The messages that this chunk completes. @throws Fault `provider_error` for what is no such message */
  push(chunk: Uint8Array): AwsEvent[] {
    let bytes = this.#joined(chunk);
    const events: AwsEvent[] = [];
    for (;;) {
      const length = this.#length(bytes);
      if (length === undefined || bytes.length < length) break;
      const event = decoded(bytes.subarray(0, length));
      if (event !== undefined) events.push(event);
      bytes = bytes.subarray(length);
    }
    this.#keep(bytes);
    return events;
  }

  /** Bytes of a message that has not come to its end. */
  get rest(): number {
    return this.#heldBytes;
  }

  #length(bytes: Buffer): number | undefined {
    if (bytes.length < PRELUDE_BYTES) return undefined;
    const length = bytes.readUInt32BE(0);
    if (length >= SHORTEST_BYTES && length <= this.#maxMessageBytes) return length;
    throw unreadable(`a message of ${length} bytes`);
  }

  #joined(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#heldBytes === 0) return bytes;
    this.#append(bytes);
    return this.#held.subarray(0, this.#heldBytes);
  }

  #keep(rest: Buffer): void {
    if (rest.length === this.#heldBytes && rest.buffer === this.#held.buffer) return;
    const kept = Buffer.from(rest);
    this.#heldBytes = 0;
    this.#append(kept);
  }

  /** Grows by doubling, so that a message that comes byte by byte stays linear. */
  #append(bytes: Buffer): void {
    const total = this.#heldBytes + bytes.length;
    if (total > this.#held.length) {
      const grown = Buffer.alloc(Math.max(total * 2, 1024));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes = total;
  }
}

function decoded(message: Buffer): AwsEvent | undefined {
  const { headers, body } = decode(message);
  const kind = textOf(headers[':message-type']);
  const payload = parseObject(Buffer.from(body).toString('utf8')) ?? {};
  if (kind === 'event') return { type: textOf(headers[':event-type']), refused: false, payload };
  if (kind === 'exception') return { type: textOf(headers[':exception-type']), refused: true, payload };
  if (kind !== 'error') return undefined;
  return {
    type: textOf(headers[':error-code']),
    refused: true,
    payload: { message: textOf(headers[':error-message']) },
  };
}

function decode(message: Buffer): ReturnType<EventStreamCodec['decode']> {
  try {
    return codec.decode(message);
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

function textOf(header: { readonly value: unknown } | undefined): string {
  return typeof header?.value === 'string' ? header.value : '';
}

function unreadable(internal: string): Fault {
  return new Fault('provider_error', 'The provider sent a damaged event stream.', { internal });
}
