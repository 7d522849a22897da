/** Clients of a whole gateway: `fetch` with a key, and a bare socket for what no client library would send. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestGateway } from './gateway.ts';

export interface PostOptions {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** @param body sent as it is where it is text or bytes, else as JSON */
export function post(
  gateway: Pick<TestGateway, 'origin' | 'key'>,
  path: string,
  body: unknown,
  { key = gateway.key, headers, signal }: PostOptions = {},
): Promise<Response> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  return fetch(`${gateway.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: raw ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

/** What came over a stream until it ended, broke or was left. */
export async function readAll(response: Response): Promise<string> {
  return Buffer.from(await response.arrayBuffer()).toString('utf8');
}

/** Reads until this text was seen; the rest stays to be read. */
export async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  text: string,
): Promise<string> {
  let seen = '';
  while (!seen.includes(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended without ${text}: ${seen}`);
    seen += Buffer.from(value).toString('latin1');
  }
  return seen;
}

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Writes these bytes to the gateway's port and reads the first answer.
 * @param pieces written one after the other; `undefined` ends the client's side in between
 */
export async function raw(
  origin: string,
  ...pieces: readonly (string | Uint8Array | undefined)[]
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  let text = '';
  const answered = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('latin1')).replace(INTERIM, '');
    if (isWhole(text)) answered.resolve();
  });
  socket.once('close', () => answered.resolve());
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  for (const piece of pieces) {
    if (socket.destroyed) break;
    if (piece === undefined) socket.end();
    else socket.write(piece);
  }
  await answered.promise;
  socket.destroy();
  const cut = text.indexOf('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    head: text.slice(0, Math.max(0, cut)),
    body: cut < 0 ? '' : text.slice(cut + 4),
  };
}

/** `100 Continue` is no answer. */
const INTERIM = /^HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n/;

/** An answer of known length has arrived to its end. */
function isWhole(text: string): boolean {
  const cut = text.indexOf('\r\n\r\n');
  if (cut < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, cut))?.[1];
  return length !== undefined && text.length - cut - 4 >= Number(length);
}

/** A request as text, for `raw`. */
export function request(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): string {
  const lines = Object.entries({ host: 'gateway', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
