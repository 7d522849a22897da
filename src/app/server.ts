/** The HTTP server: one port for inference, admin API, health, metrics and the page at `/`. */
import { createHash, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { asFault, Fault } from '../core/fault.ts';
import { uuidv7 } from '../core/ids.ts';
import { openAiChat } from '../dialects/index.ts';
import { notServed, sendFault } from '../gateway/door.ts';
import type { ServerSettings } from '../gateway/settings.ts';
import type { Log } from '../telemetry/log.ts';
import { type Part, readiness } from './health.ts';
import { landingPage, PAGE_HEADERS, type PageFacts } from './page.ts';
import { refuseUnreadable } from './unreadable.ts';

export interface ServerParts {
  readonly settings: ServerSettings;
  readonly log: Log;
  /** The metrics of the whole node, in Prometheus' text format. */
  readonly scrape: () => Promise<string>;
  /** What whoever asks for them has to show; undefined: nothing. */
  readonly metricsKey: string | undefined;
  readonly checks: readonly (() => Part | Promise<Part>)[];
  readonly draining: () => boolean;
  readonly page: Omit<PageFacts, 'origin'>;
}

const REQUEST_TIMEOUT_MS = 300_000;

/** `req_`, what tells this start from all others, and a counter. */
function requestIds(): () => string {
  const start = uuidv7(Date.now()).replaceAll('-', '');
  let count = 0;
  return () => {
    count += 1;
    return `req_${start}${count.toString(16).padStart(8, '0')}`;
  };
}

/** A server with everything but the inference routes and the admin API. */
export function newServer(parts: ServerParts): FastifyInstance {
  const { settings, log, checks, draining, page } = parts;
  const app = Fastify({
    trustProxy: settings.trust_proxy,
    bodyLimit: settings.body_limit_bytes,
    // Inference requests get ids of their own: this one, for the admin API, must be cheap for all.
    genReqId: requestIds(),
    routerOptions: { maxParamLength: 512 },
    // For head and body to arrive (slow-loris, bodies without end); answers may take longer and have deadlines of their own.
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, _request, reply) => refuse(log, error, reply),
  });
  app.setNotFoundHandler(notServed);
  app.setErrorHandler((error, _request, reply) => refuse(log, error, reply));
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const state = await readiness(checks, draining());
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  serveMetrics(app, parts);
  app.get('/', async (request, reply) =>
    reply
      .headers(PAGE_HEADERS)
      .send(landingPage({ ...page, origin: `${request.protocol}://${request.host}` })),
  );
  return app;
}

function serveMetrics(app: FastifyInstance, { scrape, metricsKey }: ServerParts): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const wanted = metricsKey === undefined ? undefined : digest(`Bearer ${metricsKey}`);
  app.get('/metrics', async (request, reply) => {
    if (wanted !== undefined && !timingSafeEqual(wanted, digest(request.headers.authorization ?? '')))
      throw new Fault(
        'invalid_api_key',
        'The metrics are for who holds telemetry.metrics_key: send it as `Authorization: Bearer …`.',
      );
    return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await scrape());
  });
}

function refuse(log: Log, error: unknown, reply: FastifyReply): void {
  const fault = faultOfServer(error);
  if (fault.code === 'internal_error')
    log.error({ requestId: reply.request.id, internal: fault.details.internal }, 'internal error');
  reply.hijack();
  sendFault(reply, openAiChat, fault);
}

/** Errors that Fastify itself raises, in our table. */
function faultOfServer(error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Fault('body_too_large', 'The body is larger than server.body_limit_bytes.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Fault('unsupported_media_type', 'Send content-type: application/json.');
  if (code.startsWith('FST_ERR_CTP')) return new Fault('invalid_json', 'The body is not valid JSON.');
  if (error instanceof URIError || code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new Fault('invalid_request', 'The URL is not valid.');
  return asFault(error);
}
