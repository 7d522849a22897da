/** Where inference requests come in: the routes of the endpoints, and what is said to everything else. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HTTPMethods,
  RawServerDefault,
  RouteOptions,
} from 'fastify';
import { Fault } from '../core/fault.ts';
import { anthropicMessages, type Dialect, geminiGenerate, openAiChat } from '../dialects/index.ts';
import type { Principal } from '../identity/index.ts';
import { GEMINI_ROOTS, geminiEndpoint } from './endpoints/gemini.ts';
import { ENDPOINTS } from './endpoints/index.ts';
import {
  GEMINI_MODELS_PATH,
  LISTINGS,
  type ListedModel,
  type Listing,
  listModels,
  MODELS_ENDPOINT,
  MODELS_PATH,
  modelsEndpoint,
} from './endpoints/models.ts';
import { SERVED } from './endpoints/served.ts';
import {
  STORED_RESPONSE_METHODS,
  STORED_RESPONSE_PATH,
  storedResponse,
} from './endpoints/stored-responses.ts';
import type { AnyStage } from './order.ts';
import { keeping, listing, pipeline, type Stages } from './pipeline.ts';
import { type ServeDeps, serve } from './serve.ts';
import type { Endpoint } from './stage.ts';

export interface DoorDeps extends ServeDeps {
  readonly stages: Stages;
  readonly modelsOf: (principal: Principal) => readonly ListedModel[];
  /** True while the node drains: new requests are asked to go elsewhere. */
  readonly draining: () => boolean;
}

export async function openDoor(app: FastifyInstance, deps: DoorDeps): Promise<void> {
  await app.register(async (scope) => {
    const answer = (
      stages: readonly AnyStage[],
      endpoint: Endpoint,
      request: FastifyRequest,
      reply: FastifyReply,
    ) => {
      reply.hijack();
      const refused = deps.draining() ? shuttingDown(endpoint.dialect) : undefined;
      if (refused) return refused(reply);
      void serve(deps, stages, endpoint, request, reply.raw);
    };
    const street = pipeline(deps.stages);
    for (const endpoint of ENDPOINTS) {
      scope.route(
        route(endpoint.method, endpoint.path, (request, reply) => answer(street, endpoint, request, reply)),
      );
    }
    for (const root of GEMINI_ROOTS) {
      const take: Take<{ '*': string }> = (request, reply) => {
        const endpoint = geminiEndpoint(request.params['*'], queryOf(request));
        return endpoint === undefined ? notServed(request, reply) : answer(street, endpoint, request, reply);
      };
      scope.route(route('POST', `${root}*`, take));
    }
    const stored = keeping(deps.stages);
    for (const method of STORED_RESPONSE_METHODS) {
      const take: Take<{ id: string }> = (request, reply) =>
        answer(stored, storedResponse(method, request.params.id, queryOf(request)), request, reply);
      scope.route({
        ...route(method, STORED_RESPONSE_PATH.replace('{id}', ':id'), take),
        exposeHeadRoute: false,
      });
    }
    for (const path of [MODELS_PATH, GEMINI_MODELS_PATH]) {
      const models = (request: FastifyRequest, reply: FastifyReply, id: string | undefined) => {
        const form = listingOf(request, path);
        const stages = listing(deps.stages, listModels(deps.modelsOf, form, id));
        answer(stages, modelsEndpoint(path, form), request, reply);
      };
      scope.route(route('GET', path, (request, reply) => models(request, reply, undefined)));
      // model names hold slashes (`openai/gpt-4o`), so the rest of the path is the name
      const oneModel: Take<{ '*': string }> = (request, reply) => models(request, reply, request.params['*']);
      scope.route(route('GET', `${path}/*`, oneModel));
    }
  });
}

type Take<Params> = (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => void;

/**
 * Takes the request at the first hook, for good: the `read` stage reads the body, after authentication and
 * admission, so that there is nothing to parse or to validate on the way to a handler (4 µs).
 */
function route<Params>(
  method: HTTPMethods,
  url: string,
  take: Take<Params>,
): RouteOptions<RawServerDefault, IncomingMessage, ServerResponse, { Params: Params }> {
  return { method, url, onRequest: take, handler: () => undefined };
}

function queryOf({ url }: FastifyRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

/** OpenAI's, Anthropic's and Google's clients ask the same path: theirs tell themselves by their headers. */
function listingOf({ headers }: FastifyRequest, path: string): Listing {
  if (path === GEMINI_MODELS_PATH || headers['x-goog-api-key'] !== undefined) return LISTINGS.google;
  return headers['anthropic-version'] === undefined ? LISTINGS.openAi : LISTINGS.anthropic;
}

function shuttingDown(dialect: Dialect) {
  return (reply: FastifyReply): void => {
    const fault = new Fault('shutting_down', 'This node is shutting down; send the request again.', {
      headers: { connection: 'close' },
    });
    sendFault(reply, dialect, fault);
  };
}

/**
 * Counts refused keys per address. Valid keys are never held up: an address shared by an office must not be
 * lockable by one of its neighbours, and a key of 256 random bits is not found by trying.
 */
export async function keyGuard(app: FastifyInstance, perMinute: number): Promise<ServeDeps['guard']> {
  await app.register(rateLimit, { global: false });
  const check = app.createRateLimit({
    max: perMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.ip,
  });
  return async (fault, request) => {
    if (fault.code !== 'invalid_api_key') return fault;
    const standing = await check(request);
    if (standing.isAllowed || !standing.isExceeded) return fault;
    return new Fault(
      'rate_limit_exceeded',
      `More than ${perMinute} requests with refused keys came from your address within a minute. Check the key, then try again.`,
      { retryAfterMs: standing.ttl },
    );
  };
}

/** Says no outside the street, in the dialect that the path belongs to. */
export function sendFault(reply: FastifyReply, dialect: Dialect, fault: Fault): void {
  const requestId = String(reply.request.id);
  const body = JSON.stringify(dialect.faultBody(fault, requestId));
  reply.raw.writeHead(fault.status, {
    ...fault.headers(),
    'x-request-id': requestId,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  reply.raw.end(body);
}

/** What is said to a path or method that nobody serves. */
export function notServed(request: FastifyRequest, reply: FastifyReply): void {
  const path = request.url.split('?', 1)[0] ?? '';
  const methods = /^\/v1\/responses\/[^/]+$/.test(path)
    ? STORED_RESPONSE_METHODS
    : [...ENDPOINTS, MODELS_ENDPOINT].filter((e) => e.path === path).map((e) => e.method);
  const fault =
    methods.length > 0
      ? new Fault(
          'method_not_allowed',
          `${path} is served with ${methods.join(', ')}, not with ${request.method}.`,
          { headers: { allow: methods.join(', ') } },
        )
      : new Fault(
          'endpoint_not_supported',
          `${request.method} ${path.slice(0, 200)} is not served by this gateway. It serves ${SERVED.map(({ method, path }) => `${method} ${path}`).join(', ')}.`,
        );
  reply.hijack();
  sendFault(reply, dialectOfPath(path), fault);
}

function dialectOfPath(path: string): Dialect {
  if (path.startsWith('/v1/messages')) return anthropicMessages;
  const method = GEMINI_ROOTS.some((root) => path.startsWith(root)) && /:[a-z]\w*$/i.test(path);
  const google = method || path.startsWith('/v1beta/');
  return google ? geminiGenerate('', false) : openAiChat;
}
