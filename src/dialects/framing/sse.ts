import { Fault } from '../../core/fault.ts';

const LF = 10;
const CR = 13;
const LINE_END = /\r\n|\n|\r/;

/** One server-sent event, or a run of comment and blank lines, exactly as it came. Nothing is decoded until asked for. */
export class SseFrame {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  #data: string | undefined;
  #event: string | undefined;
  #parsed = false;

  /** @param bytes must not change while the frame is in use: it is referred to, not copied */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** The bytes on the wire, the blank line that ends them included. */
  get raw(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** The `data:` lines, joined with a line feed; undefined where there is none (comments, blank lines). */
  get data(): string | undefined {
    if (!this.#parsed) this.#parse();
    return this.#data;
  }

  /** The `event:` name; undefined where there is none. */
  get event(): string | undefined {
    if (!this.#parsed) this.#parse();
    return this.#event;
  }

  #parse(): void {
    this.#parsed = true;
    const text = this.#bytes.toString('utf8', this.#start, this.#end);
    // What nearly every provider sends: one line `data: …` and a blank one.
    if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2 && !text.includes('\r')) {
      this.#data = text.slice(6, -2);
      return;
    }
    const unmarked = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    for (const line of unmarked.split(LINE_END)) this.#field(line);
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    if (name !== 'data' && name !== 'event') return;
    const value = colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1);
    if (name === 'event') this.#event = value;
    else this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }
}

/**
 * Cuts a byte stream into server-sent events after the WHATWG rules (CRLF, LF and CR; comments; byte order
 * mark), whatever the chunking: the same bytes always give the same frames, and the frames' `raw` bytes
 * concatenated are the stream. A frame inside one chunk is referred to, not copied.
 *
 * A scanner of our own because bytes pass through: eventsource-parser takes strings and cannot give the
 * original bytes back. For frames of 214 bytes (Node 24, one shared core): split and test 0.57 µs, `passes`
 * 0.2 µs, split, parse and write again 1.9 µs; eventsource-parser 4.1.3, decoding and splitting only, 0.26 µs.
 */
export class SseSplitter {
  readonly #maxFrameBytes: number;
  /** The frame that began in an earlier chunk; grows by doubling, so that one-byte chunks stay linear. */
  #held = Buffer.alloc(0);
  #heldBytes = 0;
  /** Nothing has come yet in the current line. */
  #lineEmpty = true;
  /** The last byte was a CR: a LF now belongs to the same line end. */
  #afterCr = false;
  /** A blank line was ended by that CR: the frame is complete with the LF, or before any other byte. */
  #closing = false;

  /** @param maxFrameBytes a larger event is a fault: nothing may grow without bound */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * True when the chunk consists of whole frames, none of which can be of interest: forward it as it is and do
   * not push it. Decodes and searches the chunk once instead of once per frame.
   *
   * @param interesting a test by substrings, so that it holds for a run of frames when it holds for one of them
   */
  passes(chunk: Uint8Array, interesting: (text: string) => boolean): boolean {
    if (this.#heldBytes > 0 || chunk.length > this.#maxFrameBytes || !endsBlank(chunk)) return false;
    return !interesting(asBuffer(chunk).toString('latin1'));
  }

  /**
   * The frames that this chunk completes. A blank line that ends in CR completes its frame with the next byte
   * only, since that may be its LF.
   *
   * @throws Fault `provider_error` when a frame is larger than `maxFrameBytes`
   */
  push(chunk: Uint8Array): SseFrame[] {
    const bytes = asBuffer(chunk);
    const frames: SseFrame[] = [];
    let start = 0;
    for (;;) {
      const end = this.#frameEnd(bytes, start);
      if (end < 0) break;
      this.#refuseAbove(this.#heldBytes + end - start);
      frames.push(this.#heldBytes > 0 ? this.#release(bytes, end) : new SseFrame(bytes, start, end));
      start = end;
    }
    if (start < bytes.length) this.#hold(bytes, start, bytes.length);
    return frames;
  }

  /** What is left when the stream ends without a blank line; undefined when nothing is. */
  end(): SseFrame | undefined {
    this.#lineEmpty = true;
    this.#afterCr = false;
    this.#closing = false;
    return this.#heldBytes > 0 ? this.#release(this.#held, 0) : undefined;
  }

  /** The index after the first frame that ends at or after `from`, or -1; remembers where it stopped. */
  #frameEnd(bytes: Buffer, from: number): number {
    const length = bytes.length;
    let lineEmpty = this.#lineEmpty;
    let afterCr = this.#afterCr;
    for (let index = from; index < length; index++) {
      const byte = bytes[index];
      if (byte === LF) {
        if (afterCr ? this.#closing : lineEmpty) return this.#closed(index + 1);
        lineEmpty = true;
        afterCr = false;
      } else {
        if (afterCr && this.#closing) return this.#closed(index);
        afterCr = byte === CR;
        if (afterCr && lineEmpty) this.#closing = true;
        lineEmpty = afterCr;
        if (!afterCr) index = lineEnd(bytes, index + 1) - 1;
      }
    }
    this.#lineEmpty = lineEmpty;
    this.#afterCr = afterCr;
    return -1;
  }

  #closed(end: number): number {
    this.#lineEmpty = true;
    this.#afterCr = false;
    this.#closing = false;
    return end;
  }

  #release(tail: Buffer, tailEnd: number): SseFrame {
    if (tailEnd > 0) this.#hold(tail, 0, tailEnd);
    const whole = Buffer.from(this.#held.subarray(0, this.#heldBytes));
    this.#heldBytes = 0;
    return new SseFrame(whole, 0, whole.length);
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    const total = this.#heldBytes + end - start;
    this.#refuseAbove(total);
    if (total > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(total * 2, 1024));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldBytes, start, end);
    this.#heldBytes = total;
  }

  #refuseAbove(frameBytes: number): void {
    if (frameBytes <= this.#maxFrameBytes) return;
    throw new Fault(
      'provider_error',
      `The provider sent a stream event of more than ${this.#maxFrameBytes} bytes, the limit for one event.`,
    );
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function lineEnd(bytes: Buffer, from: number): number {
  let index = from;
  while (index < bytes.length && bytes[index] !== LF && bytes[index] !== CR) index++;
  return index;
}

function endsBlank(chunk: Uint8Array): boolean {
  const n = chunk.length;
  if (n < 2 || chunk[n - 1] !== LF) return false;
  return chunk[n - 2] === LF || (n > 3 && chunk[n - 2] === CR && chunk[n - 3] === LF);
}
