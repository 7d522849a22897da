/**
 * How much text has been streamed, without parsing every delta: the first few are parsed to learn which share of a
 * frame is text, the rest is counted in bytes. For estimates where no usage is reported, and for an upper bound of
 * the tokens while the stream runs.
 */

/** Deltas that are parsed to learn how much of a frame is text. */
const SAMPLES = 3;

/** UTF-16 units; English prose has 4 to 5, deeply indented code 6. */
const LONGEST_TOKEN_UNITS = 8;

const NEXT_DATA = Buffer.from('\ndata:');

export class StreamedText {
  #samples = 0;
  #sampledBytes = 0;
  #sampledText = 0;
  #unparsedBytes = 0;
  /** The least that a sampled frame held beside its text. */
  #envelopeBytes = Number.POSITIVE_INFINITY;
  #mostTokens = 0;
  #frames = 0;

  /** Text so far, UTF-16 units. */
  get length(): number {
    if (this.#sampledBytes === 0) return 0;
    return this.#sampledText + Math.round((this.#unparsedBytes * this.#sampledText) / this.#sampledBytes);
  }

  /**
   * An upper bound of the output tokens seen: a token covers at least one byte of text, and JSON never shortens a
   * text. Of unparsed frames the least envelope is taken off; each counts for one token at least.
   */
  get mostTokens(): number {
    return this.#mostTokens;
  }

  /** A lower bound of the output tokens seen: in no text that people read are they longer than this on the average. */
  get leastTokens(): number {
    return Math.floor(Math.min(this.length, this.#mostTokens) / LONGEST_TOKEN_UNITS);
  }

  /** Frames so far; of chunks whose frames nobody split, those are counted that hold data. */
  get frames(): number {
    return this.#frames;
  }

  /** True while frames must be parsed one by one. */
  get learning(): boolean {
    return this.#samples < SAMPLES;
  }

  /** A delta that was parsed while learning. @param text its own text, '' where it has none */
  sample(frameBytes: number, text: string): void {
    this.#frames += 1;
    if (text === '') return;
    this.#samples += 1;
    this.#sampledBytes += frameBytes;
    this.#sampledText += text.length;
    this.#mostTokens += Buffer.byteLength(text);
    const envelope = frameBytes - Buffer.byteLength(JSON.stringify(text)) + 2;
    if (envelope < this.#envelopeBytes) this.#envelopeBytes = envelope;
  }

  /** A frame that was parsed for another reason. @param text what it adds to the answer */
  read(text: string): void {
    this.#frames += 1;
    this.#sampledText += text.length;
    this.#mostTokens += Buffer.byteLength(text);
  }

  /** A frame that nobody parses. */
  frame(bytes: number): void {
    this.#count(bytes, 1);
  }

  /** A chunk of whole frames that nobody parses. Line feeds stand between lines only, never inside JSON. */
  chunk(chunk: Uint8Array): void {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let frames = bytes[0] === NEXT_DATA[1] ? 1 : 0;
    for (let at = bytes.indexOf(NEXT_DATA); at >= 0; at = bytes.indexOf(NEXT_DATA, at + NEXT_DATA.length)) {
      frames += 1;
    }
    this.#count(bytes.length, frames);
  }

  /** What nobody needs a bound of. */
  bytes(count: number): void {
    this.#unparsedBytes += count;
  }

  #count(bytes: number, frames: number): void {
    this.#unparsedBytes += bytes;
    this.#frames += frames;
    const text = bytes - frames * this.#envelopeBytes;
    if (text < frames) {
      // smaller than all samples: frames of another shape, whose envelope has to be learnt
      this.#mostTokens += bytes;
      this.#samples = 0;
      this.#envelopeBytes = Number.POSITIVE_INFINITY;
    } else this.#mostTokens += text;
  }
}
