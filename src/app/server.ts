/** The HTTP server: one port for inference, admin API, health, metrics and the page at `/`. */
import type { Socket } from 'node:net';
import Fastify, { type ConnectionError, type FastifyInstance } from 'fastify';
import { asFault, Fault } from '../core/fault.ts';
import { uuidv7 } from '../core/ids.ts';
import { openAiChat } from '../dialects/index.ts';
import { notServed, sendFault } from '../gateway/door.ts';
import type { ServerSettings } from '../gateway/settings.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Part, readiness } from './health.ts';
import { landingPage, PAGE_HEADERS, type PageFacts } from './page.ts';

export interface ServerParts {
  readonly settings: ServerSettings;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly checks: readonly (() => Part | Promise<Part>)[];
  readonly draining: () => boolean;
  readonly page: Omit<PageFacts, 'origin'>;
}

const REQUEST_TIMEOUT_MS = 300_000;

/** A server with everything but the inference routes and the admin API. */
export function newServer({ settings, log, metrics, checks, draining, page }: ServerParts): FastifyInstance {
  const app = Fastify({
    trustProxy: settings.trust_proxy,
    bodyLimit: settings.body_limit_bytes,
    genReqId: () => `req_${uuidv7(Date.now()).replaceAll('-', '')}`,
    routerOptions: { maxParamLength: 512 },
    // For head and body to arrive (slow-loris, bodies without end); answers may take longer and have deadlines of their own.
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: notHttp,
  });
  app.setNotFoundHandler(notServed);
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOfServer(error);
    if (fault.code === 'internal_error')
      log.error({ requestId: request.id, internal: fault.details.internal }, 'internal error');
    reply.hijack();
    sendFault(reply, openAiChat, fault);
  });
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const state = await readiness(checks, draining());
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get('/', async (request, reply) =>
    reply
      .headers(PAGE_HEADERS)
      .send(landingPage({ ...page, origin: `${request.protocol}://${request.host}` })),
  );
  return app;
}

/** What comes in is not HTTP as Node reads it: there is no request, so the answer is written by hand. */
function notHttp(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, message] = HTTP_ERRORS[error.code] ?? ['400 Bad Request', 'The request is not valid HTTP.'];
  const body = JSON.stringify(openAiChat.faultBody(new Fault('invalid_request', message), ''));
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const HTTP_ERRORS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The headers of the request are larger than 16 kB together.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The head of the request did not arrive in time.'],
};

/** Errors that Fastify itself raises, in our table. */
function faultOfServer(error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Fault('body_too_large', 'The body is larger than server.body_limit_bytes.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Fault('unsupported_media_type', 'Send content-type: application/json.');
  if (code.startsWith('FST_ERR_CTP')) return new Fault('invalid_json', 'The body is not valid JSON.');
  if (error instanceof URIError || code === 'FST_ERR_BAD_URL')
    return new Fault('invalid_request', 'The URL is not valid.');
  return asFault(error);
}
