/** HTTP to one provider: a pool of HTTP/1.1 connections and calls that push what they receive. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { Fault } from '../core/fault.ts';
import { Decoding, decodes } from './decoding.ts';
import type { Receiver, Transmission } from './provider.ts';

/** Shared, because a stack trace per cancelled call is costly and tells nothing. */
const CANCELLED = new Error('the call was cancelled');

export interface HttpCallOptions {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** Path and query, from the root of the origin. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Told status and headers of the answer, before anybody else is. */
  readonly heard?: ((status: number, headers: IncomingHttpHeaders) => void) | undefined;
}

/** The connections to one origin. */
export class HttpOrigin {
  readonly #pool: Pool;
  readonly #provider: string;

  /**
   * HTTP/2 stays off: a POST can hang behind an open stream there (undici#5524). undici's own time-outs are off too;
   * whoever receives watches the clock.
   */
  constructor(provider: string, origin: string, maxConnections: number, connectTimeoutMs: number) {
    this.#provider = provider;
    this.#pool = new Pool(origin, {
      allowH2: false,
      connections: maxConnections,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
      connect: { timeout: connectTimeoutMs },
    });
  }

  call({ method, path, headers, body, heard }: HttpCallOptions, receiver: Receiver): Transmission {
    const call = new HttpCall(this.#provider, receiver, heard);
    this.#pool.dispatch({ method, path, headers, body }, call);
    return call;
  }

  /** Closes every connection at once; calls in flight fail. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

class HttpCall implements Transmission, Dispatcher.DispatchHandler {
  readonly #provider: string;
  readonly #receiver: Receiver;
  readonly #heard: HttpCallOptions['heard'];
  #controller: Dispatcher.DispatchController | undefined;
  /** Set where the answer is compressed. */
  #decoding: Decoding | undefined;
  #answered = false;
  #over = false;

  constructor(provider: string, receiver: Receiver, heard: HttpCallOptions['heard']) {
    this.#provider = provider;
    this.#receiver = receiver;
    this.#heard = heard;
  }

  /** undici begins a request when it has a connection for it. */
  get sent(): boolean {
    return this.#controller !== undefined;
  }

  resume(): void {
    if (this.#decoding === undefined) this.#controller?.resume();
    else this.#decoding.resume();
  }

  cancel(): void {
    this.#decoding?.cancel();
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(CANCELLED);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(CANCELLED);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200 || this.#over) return;
    this.#answered = true;
    this.#heard?.(status, headers);
    const encoding = headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') this.#receiver.head({ status, headers });
    else this.#begin(controller, status, headers, encoding);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over && !(this.#decoding ?? this.#receiver).data(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    (this.#decoding ?? this.#receiver).end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    (this.#decoding ?? this.#receiver).fail(networkFault(this.#provider, error, this.#answered));
  }

  /** A compressed answer: what receives it hears nothing of that. */
  #begin(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    encoding: string,
  ): void {
    if (!decodes(encoding)) {
      this.#over = true;
      controller.abort(CANCELLED);
      return this.#receiver.fail(unknownEncoding(this.#provider, encoding));
    }
    this.#decoding = new Decoding(this.#provider, encoding, this.#receiver, controller);
    const { 'content-encoding': _unpacked, 'content-length': _packed, ...plain } = headers;
    this.#receiver.head({ status, headers: plain });
  }
}

function unknownEncoding(provider: string, encoding: string): Fault {
  return new Fault(
    'provider_error',
    `The provider ${provider} compressed its answer in a way that cannot be read here (${encoding.slice(0, 100)}).`,
  );
}

function networkFault(provider: string, error: Error & { code?: string }, answered: boolean): Fault {
  const details = { internal: `${error.code ?? error.name}: ${error.message}`, cause: error };
  if (answered) {
    return new Fault(
      'provider_stream_broken',
      `The provider ${provider} closed the connection before its answer was complete.`,
      details,
    );
  }
  if (error.code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new Fault(
      'provider_timeout',
      `The provider ${provider} did not accept a connection within its connect time-out.`,
      details,
    );
  }
  if (error.code?.startsWith('HPE_') || error.code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new Fault('provider_error', `The provider ${provider} does not answer in valid HTTP.`, details);
  }
  return new Fault(
    'provider_unreachable',
    `The provider ${provider} could not be reached, or closed the connection without answering.`,
    details,
  );
}
