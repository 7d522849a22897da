import { Fault } from '../../core/fault.ts';
import { type JsonObject, parseObject } from '../../core/json.ts';

const LINE_FEED = 10;

/** Splits newline-delimited JSON, however it was cut. Lines that are no JSON object are passed over. */
export class NdjsonSplitter {
  readonly #maxLineBytes: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The objects that this chunk completes. @throws Fault `provider_error` where a line is too long */
  push(chunk: Uint8Array): JsonObject[] {
    const objects: JsonObject[] = [];
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      this.#hold(chunk.subarray(from, at));
      objects.push(...this.end());
      from = at + 1;
    }
    this.#hold(chunk.subarray(from));
    return objects;
  }

  /** The last line, where it does not end. */
  end(): JsonObject[] {
    const [only] = this.#held;
    const bytes =
      only !== undefined && this.#held.length === 1 ? Buffer.from(only) : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    const object = bytes.length === 0 ? undefined : parseObject(bytes.toString('utf8'));
    return object === undefined ? [] : [object];
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#maxLineBytes) {
      throw new Fault(
        'provider_error',
        `The provider sent a line of more than ${this.#maxLineBytes} bytes in its stream.`,
      );
    }
    this.#held.push(bytes);
  }
}
