/** The client's side of a request: what may still be written, and how it ends. */
import type { ServerResponse } from 'node:http';
import type { Fault } from '../core/fault.ts';
import type { Seated } from '../core/roster.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { clientClosed } from './walk.ts';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

export class Client implements Seated {
  seat = -1;
  readonly #response: ServerResponse;
  readonly #dialect: Dialect;
  readonly #requestId: string;
  readonly #abort = new AbortController();
  #complete = false;
  #closed = false;
  #onceClosed: (() => void) | undefined;

  constructor(response: ServerResponse, dialect: Dialect, requestId: string) {
    this.#response = response;
    this.#dialect = dialect;
    this.#requestId = requestId;
    response.once('close', () => {
      this.#closed = true;
      // a fault takes its stack along, which is too dear for every request that ends well
      if (!this.#complete) this.cut(clientClosed());
      this.#onceClosed?.();
    });
  }

  /** Aborted, with a Fault as the reason, when the answer cannot be completed: the client left, or it was cut. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the request with the fault, unless its answer is complete. */
  cut(fault: Fault): void {
    if (!this.#complete) this.#abort.abort(fault);
  }

  /** Calls back when the last byte has left, or the connection is gone; at once where that was before. */
  onceClosed(then: () => void): void {
    if (this.#closed) then();
    else this.#onceClosed = then;
  }

  get streaming(): boolean {
    return this.#response.headersSent;
  }

  /** Status sent, or the one that a fault will have. */
  get status(): number {
    return this.#response.statusCode;
  }

  startStream(status: number, headers: Readonly<Record<string, string>>): void {
    // Leaves with the first bytes, which are there: an upstream's answer begins with its first chunk.
    this.#response.writeHead(status, { ...headers, ...STREAM_HEADERS });
  }

  /** False asks for a pause until `onceWritable` calls back. */
  write(chunk: Uint8Array | string): boolean {
    if (this.#response.destroyed) return true;
    return this.#response.write(chunk);
  }

  onceWritable(go: () => void): void {
    this.#response.once('drain', go);
  }

  /** The whole answer at once. */
  sendWhole(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array | string): void {
    this.#complete = true;
    if (this.#response.destroyed) return;
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    this.#response.writeHead(status, { ...headers, 'content-length': length });
    this.#response.end(body);
  }

  /** The last frames of a stream, in one write. */
  endStream(tail: readonly (Uint8Array | string)[]): void {
    this.#complete = true;
    if (this.#response.destroyed) return;
    this.#response.end(Buffer.concat(tail.map((frame) => Buffer.from(frame))));
  }

  /** Closes the connection without another word. */
  drop(): void {
    this.#complete = true;
    this.#response.destroy();
  }

  /** Says no: as an error body while nothing was sent, as an error event in a running stream. */
  sendFault(fault: Fault, headers: Readonly<Record<string, string>>): void {
    if (this.streaming) {
      this.endStream([this.#dialect.stream.faultFrames(fault, this.#requestId)]);
      return;
    }
    const body = JSON.stringify(this.#dialect.faultBody(fault, this.#requestId));
    const all = { ...headers, ...fault.headers(), 'content-type': 'application/json; charset=utf-8' };
    this.sendWhole(fault.status, all, body);
  }
}
