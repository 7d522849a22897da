/**
 * The yardstick: what a careful engineer writes for a bare pass-through of node:http and undici. Both bodies
 * stream with back-pressure, errors reach both sides, nothing else is done.
 *
 * With `lean` as second argument: the least that moves the bytes at all (the request buffered, the answer written
 * as it comes, no back-pressure). It shows what node:http and undici cost by themselves; nobody could run it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';

const [origin = '', variant] = process.argv.slice(2);
const upstream = new Pool(origin, { connections: 256 });

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { statusCode, headers, body } = await upstream.request({
    method: 'POST',
    path: request.url ?? '/',
    headers: upstreamHeaders(request),
    body: request,
  });
  response.writeHead(statusCode, headers);
  await pipeline(body, response);
}

function lean(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    upstream.dispatch(
      {
        method: 'POST',
        path: request.url ?? '/',
        headers: upstreamHeaders(request),
        body: Buffer.concat(chunks),
      },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status, headers) =>
          void response.writeHead(status, headers as Record<string, string>),
        onResponseData: (_controller, chunk) => void response.write(chunk),
        onResponseEnd: () => void response.end(),
        onResponseError: (_controller, error) => void response.destroy(error),
      },
    );
  });
}

function upstreamHeaders({ headers }: IncomingMessage): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': headers['content-length'] ?? '0',
    authorization: 'Bearer upstream',
  };
}

const server = createServer((request, response) => {
  if (variant === 'lean') lean(request, response);
  else pass(request, response).catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit(0));
