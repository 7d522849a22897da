/** Answers that are compressed although identity was asked for: some servers and the proxies before them do it all the same. */
import type { Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  type Zlib,
} from 'node:zlib';
import { Fault } from '../core/fault.ts';
import type { ByteSink } from '../gateway/stage.ts';

/** `bytesWritten`: how much of what it was given it has read. */
type Decoder = Transform & Zlib;

/** The content codings of RFC 9110 §8.4.1, RFC 7932 and RFC 8878, by the bytes that an answer begins with. */
const DECODERS: Readonly<Record<string, (first: number) => Decoder>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (first) => (isZlib(first) ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/** `deflate` means the zlib format; some send the bare one. */
function isZlib(first: number): boolean {
  return (first & 0x0f) === 8;
}

/** Text of models shrinks to a fifth or so, a stream of events to a thirtieth; what grows more than this is made to. */
const GROWTH_MOST = 200;
/** Below it no growth is suspicious. */
const HARMLESS_BYTES = 4 * 1024 * 1024;

/** What the bytes come from. */
export interface Faucet {
  pause(): void;
  resume(): void;
}

/** @returns whether an answer with this `content-encoding` can be read here */
export function decodes(encoding: string): boolean {
  return Object.hasOwn(DECODERS, encoding.trim().toLowerCase());
}

/**
 * Unpacks one answer on its way to its receiver. Each chunk gives at once what it holds; a receiver that is slow holds
 * up the unpacking, and that the provider. What the receiver hears before an end or a failure is everything that was
 * received until then.
 */
export class Decoding implements ByteSink {
  readonly #provider: string;
  readonly #encoding: string;
  readonly #receiver: ByteSink;
  readonly #faucet: Faucet;
  #decoder: Decoder | undefined;
  #unpacked = 0;
  #takes = true;
  /** The last byte has come; with the fault that it ended with. */
  #last: { readonly fault: Fault | undefined } | undefined;
  #over = false;

  /** @param encoding one that `decodes` */
  constructor(provider: string, encoding: string, receiver: ByteSink, faucet: Faucet) {
    this.#provider = provider;
    this.#encoding = encoding.trim().toLowerCase();
    this.#receiver = receiver;
    this.#faucet = faucet;
  }

  /** @returns false: pause the faucet; it is resumed from here */
  data(chunk: Uint8Array): boolean {
    if (this.#over || chunk.length === 0) return true;
    this.#decoder ??= this.#opened(chunk[0] ?? 0);
    return this.#decoder.write(chunk, () => this.#settle());
  }

  end(): void {
    this.#last = { fault: undefined };
    this.#settle();
  }

  fail(fault: Fault): void {
    this.#last = { fault };
    this.#settle();
  }

  resume(): void {
    this.#takes = true;
    if (this.#decoder === undefined) this.#faucet.resume();
    else this.#decoder.resume();
    this.#settle();
  }

  cancel(): void {
    this.#over = true;
    this.#decoder?.destroy();
  }

  #opened(first: number): Decoder {
    const decoder = (DECODERS[this.#encoding] as (first: number) => Decoder)(first);
    decoder.on('data', (chunk: Uint8Array) => this.#unpack(decoder, chunk));
    decoder.on('drain', () => this.#faucet.resume());
    decoder.on('end', () => this.#tell(undefined));
    decoder.on('error', (error: NodeJS.ErrnoException) => this.#tell(this.#unreadable(error)));
    return decoder;
  }

  #unpack(decoder: Decoder, chunk: Uint8Array): void {
    if (this.#over) return;
    this.#unpacked += chunk.length;
    if (this.#unpacked > HARMLESS_BYTES && this.#unpacked > decoder.bytesWritten * GROWTH_MOST) {
      return this.#tell(bomb(this.#provider, this.#encoding));
    }
    this.#takes = this.#receiver.data(chunk);
    if (this.#takes) this.#settle();
    else decoder.pause();
  }

  /** The end is told when nothing that came before it is under way: an error throws away what was not read. */
  #settle(): void {
    const decoder = this.#decoder;
    if (this.#last === undefined || this.#over || !this.#takes) return;
    if (decoder === undefined) this.#tell(undefined);
    else if (decoder.writableLength === 0 && decoder.readableLength === 0) decoder.end();
  }

  #tell(fault: Fault | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#decoder?.destroy();
    const cause = this.#last?.fault ?? fault;
    if (cause === undefined) this.#receiver.end();
    else this.#receiver.fail(cause);
  }

  #unreadable(error: NodeJS.ErrnoException): Fault {
    const details = { internal: `${error.code}: ${error.message}`, cause: error };
    return error.code === 'Z_BUF_ERROR'
      ? new Fault(
          'provider_stream_broken',
          `The provider ${this.#provider} ended its ${this.#encoding} answer before it was complete.`,
          details,
        )
      : new Fault(
          'provider_error',
          `The provider ${this.#provider} sent an answer that is not in ${this.#encoding}, although it says so.`,
          details,
        );
  }
}

function bomb(provider: string, encoding: string): Fault {
  return new Fault(
    'provider_error',
    `The provider ${provider} sent an answer whose ${encoding} grows more than ${GROWTH_MOST} times when it is unpacked; it was refused.`,
  );
}
