/**
 * The load: keep-alive connections over raw sockets, each with one request under way. Closed loop, or paced to
 * a rate. A process of its own, so that its work is not counted as the gateway's.
 */
import { connect, type Socket } from 'node:net';
import { STAMP } from './scenarios.ts';

export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Requests per second over all connections; undefined = as fast as answers come. */
  readonly rate: number | undefined;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** Of the whole answer, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the first byte. */
  readonly firstByteP50Ms: number;
  readonly firstError: string | undefined;
}

const END_OF_CHUNKED = Buffer.from('0\r\n\r\n');

function rawRequest({ path, headers, body }: LoadOrder): Buffer {
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\n\r\n${body}`,
  );
}

type Done = (ok: boolean, totalMs: number, firstByteMs: number, detail: string) => void;

class Connection {
  #socket: Socket;
  #started = 0;
  #firstByte = 0;
  #head = '';
  #missing = -1;
  #chunked = false;
  #tail: Buffer = Buffer.alloc(0);
  #done: Done = () => undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (data) => this.#data(data));
    this.#socket.on('close', () => this.#finish(false, 'connection closed'));
    this.#socket.on('error', () => undefined);
  }

  send(request: Buffer, done: Done): void {
    this.#done = done;
    this.#head = '';
    this.#missing = -1;
    this.#firstByte = 0;
    this.#started = performance.now();
    this.#socket.write(request);
  }

  close(): void {
    this.#done = () => undefined;
    this.#socket.destroy();
  }

  #data(data: Buffer): void {
    if (this.#firstByte === 0) this.#firstByte = performance.now();
    let rest = data;
    if (this.#missing === -1) {
      this.#head += data.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return;
      rest = data.subarray(data.length - (this.#head.length - end - 4));
      this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(this.#head.slice(0, end + 2));
      this.#missing = this.#chunked ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(this.#head)?.[1] ?? 0);
      this.#tail = Buffer.alloc(0);
    }
    if (this.#chunked) {
      this.#tail = rest.length >= 5 ? rest.subarray(-5) : Buffer.concat([this.#tail, rest]).subarray(-5);
      if (this.#tail.equals(END_OF_CHUNKED))
        this.#finish(this.#head.startsWith('HTTP/1.1 200'), this.#head.slice(0, 300));
    } else {
      this.#missing -= rest.length;
      if (this.#missing <= 0) this.#finish(this.#head.startsWith('HTTP/1.1 200'), this.#head.slice(0, 900));
    }
  }

  #finish(ok: boolean, detail: string): void {
    const now = performance.now();
    this.#missing = -1;
    this.#done(ok, now - this.#started, this.#firstByte - this.#started, detail);
  }
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

/** Another word of small letters than ever before. */
function stamp(request: Buffer, at: number): void {
  let rest = serial++;
  for (let letter = 0; letter < STAMP.length; letter++) {
    request[at + letter] = 97 + (rest % 26);
    rest = Math.floor(rest / 26);
  }
}

let serial = Date.now();

async function run(order: LoadOrder): Promise<LoadResult> {
  const request = rawRequest(order);
  const stampAt = request.indexOf(STAMP);
  const total: number[] = [];
  const first: number[] = [];
  let errors = 0;
  let firstError: string | undefined;
  const start = performance.now();
  const end = start + order.durationMs;
  const pauseMs = order.rate === undefined ? 0 : (1000 * order.connections) / order.rate;
  const loop = (connection: Connection, offset: number): Promise<void> =>
    new Promise((resolve) => {
      let due = start + offset;
      const next = (): void => {
        if (performance.now() >= end) {
          connection.close();
          return resolve();
        }
        if (stampAt >= 0) stamp(request, stampAt);
        connection.send(request, (ok, totalMs, firstByteMs, detail) => {
          if (ok) {
            total.push(totalMs);
            first.push(firstByteMs);
          } else {
            errors += 1;
            firstError ??= detail;
            if (detail === 'connection closed') return resolve();
          }
          due += pauseMs;
          const wait = due - performance.now();
          if (pauseMs === 0 || wait <= 0) setImmediate(next);
          else setTimeout(next, wait);
        });
      };
      setTimeout(next, offset);
    });
  const loops = Array.from({ length: order.connections }, (_, i) =>
    loop(new Connection(order.port), (pauseMs * i) / order.connections),
  );
  await Promise.all(loops);
  total.sort((a, b) => a - b);
  first.sort((a, b) => a - b);
  return {
    requests: total.length,
    errors,
    seconds: (performance.now() - start) / 1000,
    p50Ms: quantile(total, 0.5),
    p99Ms: quantile(total, 0.99),
    firstByteP50Ms: quantile(first, 0.5),
    firstError,
  };
}

if (process.send) {
  process.on('message', async (order: LoadOrder) => process.send?.(await run(order)));
  process.on('disconnect', () => process.exit(0));
}
