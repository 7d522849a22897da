/** A provider over a real socket that answers as it is told: recorded bytes, slowly, cut in odd places, broken. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Bytes = string | Uint8Array;

export interface UpstreamReply {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Each is one write; may go on for ever. */
  readonly chunks?: Iterable<Bytes>;
  /** Before the head. */
  readonly latencyMs?: number;
  /** Between two chunks. */
  readonly pauseMs?: number;
  /**
   * What comes after the last chunk: `end` (default), `cut` (the connection is closed in the middle of the body), `reset`
   * (TCP RST), `hang` (nothing, for ever). `silent`: not even a head is sent.
   */
  readonly ending?: 'end' | 'cut' | 'reset' | 'hang' | 'silent';
}

/** One reply per request, the last one again and again; or a function of the request. */
export type UpstreamScript = readonly UpstreamReply[] | ((request: Received, index: number) => UpstreamReply);

export interface Upstream {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly requests: readonly Received[];
  /** Requests whose reply is neither complete nor aborted. */
  readonly running: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Bytes of bodies that were handed to the kernel or wait for it. */
  readonly written: number;
  /** Replies whose connection the other side closed before they were complete. */
  readonly aborted: number;
  /** When so many were aborted. */
  whenAborted(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts one; it is gone when the test is over. */
export async function startUpstream(
  t: { teardown(close: () => Promise<void>): void },
  script: UpstreamScript,
): Promise<Upstream> {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  const seen = { aborted: 0, written: 0, running: 0 };
  const abort = (): void => {
    seen.aborted++;
    for (const { count, resolve } of waiting) if (seen.aborted >= count) resolve();
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { method, path: url, headers, body: Buffer.concat(pieces).toString('utf8') };
      const index = requests.push(received) - 1;
      const reply =
        typeof script === 'function' ? script(received, index) : script[Math.min(index, script.length - 1)];
      seen.running++;
      response.once('close', () => {
        seen.running--;
        if (!response.writableFinished && !response.socket?.destroyedByUs) abort();
      });
      void play(response, reply ?? {}, seen);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  t.teardown(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get running() {
      return seen.running;
    },
    get open() {
      return sockets.size;
    },
    get aborted() {
      return seen.aborted;
    },
    get written() {
      return seen.written;
    },
    whenAborted: (count) =>
      seen.aborted >= count
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push({ count, resolve });
          }),
    close,
  };
}

declare module 'node:net' {
  interface Socket {
    /** The script closed it, not the other side. */
    destroyedByUs?: boolean;
  }
}

async function play(
  response: ServerResponse,
  reply: UpstreamReply,
  seen: { written: number },
): Promise<void> {
  const { status = 200, headers = {}, chunks = [], ending = 'end' } = reply;
  const socket = response.socket;
  if (ending === 'silent') return;
  if (reply.latencyMs) await sleep(reply.latencyMs);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  for (const chunk of chunks) {
    if (response.destroyed) return;
    seen.written += chunk.length;
    if (!response.write(chunk)) await writable(response);
    if (reply.pauseMs) await sleep(reply.pauseMs);
  }
  if (response.destroyed || socket === null) return;
  if (ending === 'end') response.end();
  else if (ending === 'hang') response.flushHeaders();
  else {
    response.flushHeaders();
    // What was written has to arrive before the connection ends.
    await new Promise<void>((resolve) => socket.write('', () => resolve()));
    socket.destroyedByUs = true;
    if (ending === 'cut') socket.destroy();
    else socket.resetAndDestroy();
  }
}

async function writable(response: ServerResponse): Promise<void> {
  const either = new AbortController();
  const { signal } = either;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  either.abort();
}

/** One write per server-sent event. */
export function perEvent(text: string): string[] {
  return text.split(/(?<=\n\n)/);
}

/** One write per byte: inside UTF-8, inside CRLF. */
export function perByte(text: string): Uint8Array[] {
  return Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte));
}

/** Writes of 1, 2, 3, … bytes and again from 1 after `longest`: cuts where nobody expects them. */
export function oddly(text: string, longest = 17): Uint8Array[] {
  const bytes = Buffer.from(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0, length = 1; at < bytes.length; length = (length % longest) + 1) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
