/**
 * The admin REST API: one door, one way through for every route of every house. Who is calling, which
 * organisation, may they, is the input sound, do it, record it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdminEntry } from '../audit/index.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { canonicalJson } from '../core/json.ts';
import {
  type Authenticator,
  authorize,
  noSuchOrganisation,
  type Principal,
  type Reach,
} from '../identity/index.ts';
import { docsPage } from './docs.ts';
import { adminFault, faultBody } from './fault-body.ts';
import { openApiDocument } from './openapi.ts';
import { parseInputs } from './parse.ts';
import type { AdminResult, AdminRoute } from './route.ts';

export const ADMIN_PREFIX = '/api/v1';

export interface AdminDeps {
  /** The routes of all houses, one after the other. */
  readonly routes: readonly AdminRoute[];
  readonly authenticator: Authenticator;
  /** The id of the organisation that an operator names by id or slug. */
  readonly findOrg: (reference: string) => Promise<string | undefined>;
  /** Called before the answer goes out, for every change and every refused change. */
  readonly recordAdmin: (entry: AdminEntry) => void | Promise<void>;
  /** What to say instead of a refusal, to an address that keeps trying keys. */
  readonly guard?: (fault: Fault, request: FastifyRequest) => Promise<Fault>;
  /** Told of every fault of our own, with its internal text. */
  readonly logFault: (fault: Fault, requestId: string) => void;
  readonly clock: Clock;
  readonly version: string;
  /** For tests: an answer with a member that its schema does not know is an error, where it is else dropped. */
  readonly strictAnswers?: boolean;
}

/** What is known of a call as it goes on; refusals are recorded with as much of it as there is. */
interface Progress {
  readonly startedMs: number;
  principal: Principal | null;
  orgId: string | null;
  reach: Reach;
}

declare module 'fastify' {
  interface FastifyRequest {
    admin: Progress | null;
  }
  interface FastifyContextConfig {
    adminRoute?: AdminRoute;
  }
}

/** Serves `/api/v1/…`, its OpenAPI document and the readable page at `/docs`. */
export async function adminApi(app: FastifyInstance, deps: AdminDeps): Promise<void> {
  const document = openApiDocument(deps.routes, deps.version);
  const page = docsPage(deps.routes, deps.version);
  app.get('/docs', (_request, reply) => reply.headers(page.headers).send(page.html));
  await app.register(
    async (scope) => {
      scope.decorateRequest('admin', null);
      takeJsonOnly(scope);
      scope.addHook('onRequest', (request, reply, done) => {
        request.admin = { startedMs: deps.clock.elapsed(), principal: null, orgId: null, reach: 'none' };
        reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
        done();
      });
      scope.setErrorHandler((error, request, reply) => refuse(deps, adminFault(error), request, reply));
      scope.setNotFoundHandler((request, reply) => {
        const fault = notServed(deps.routes, request);
        return reply.code(fault.status).headers(fault.headers()).send(faultBody(fault));
      });
      scope.get('/openapi.json', (_request, reply) => reply.send(document));
      for (const route of deps.routes) serveRoute(scope, deps, route);
    },
    { prefix: ADMIN_PREFIX },
  );
}

function takeJsonOnly(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    // A client that always sends the content type sends it without a body, too.
    if (body === '') done(null, undefined);
    else parseJson(request, body, done);
  });
}

function serveRoute(scope: FastifyInstance, deps: AdminDeps, route: AdminRoute): void {
  scope.route({
    method: route.method,
    url: route.path,
    config: { adminRoute: route },
    // Nothing of a stranger's body is read.
    onRequest: (request) => admit(deps, route, request, progressOf(request)),
    handler: async (request, reply) => {
      const progress = progressOf(request);
      const result = await perform(route, request, progress);
      const answer = soundAnswer(route, result, deps.strictAnswers === true);
      await record(deps, route, request, { status: route.status, fault: null, result });
      const { file } = result;
      if (file === undefined) return reply.code(route.status).send(answer);
      return reply.code(route.status).headers(file.headers).type(file.type).send(file.text);
    },
  });
}

function progressOf(request: FastifyRequest): Progress {
  if (request.admin === null) throw new Error('an admin route was entered without its hook');
  return request.admin;
}

/** @throws Fault `invalid_api_key`, `permission_denied` or `not_found` */
async function admit(
  deps: AdminDeps,
  route: AdminRoute,
  request: FastifyRequest,
  progress: Progress,
): Promise<void> {
  const principal = await deps.authenticator(request.headers, request.ip);
  progress.principal = principal;
  if (principal.orgId !== '') progress.orgId = principal.orgId;
  if (!principal.uses.admin) {
    throw new Fault(
      'permission_denied',
      'This key calls models and may not use the admin API. Use an admin key (sla_…) or a token.',
    );
  }
  const { orgId } = request.params as { orgId?: string };
  const target = orgId === undefined ? principal.orgId : await resolveOrg(deps, principal, orgId);
  progress.reach = authorize(principal, route.action, target);
  if (target !== '') progress.orgId = target;
}

/** `me`, the id or the slug. Members of an organisation can name no other: what is not theirs is not found. */
async function resolveOrg(deps: AdminDeps, principal: Principal, reference: string): Promise<string> {
  if (principal.role !== 'platform') {
    const own = reference === 'me' || reference === principal.orgId || reference === principal.orgSlug;
    if (own) return principal.orgId;
    throw noSuchOrganisation();
  }
  if (reference === 'me') {
    throw new Fault(
      'invalid_request',
      'Operators of the gateway belong to no organisation. Name one by id or slug instead of `me`.',
      { param: 'orgId' },
    );
  }
  const orgId = await deps.findOrg(reference);
  if (orgId === undefined) throw noSuchOrganisation();
  return orgId;
}

function perform(
  route: AdminRoute,
  request: FastifyRequest,
  { principal, orgId, reach }: Progress,
): Promise<AdminResult<unknown>> {
  if (principal === null) throw new Error('an admin route was entered without a principal');
  const inputs = parseInputs(route, request);
  return route.handle({ principal, orgId: orgId ?? '', reach, ...inputs, requestId: request.id });
}

function soundAnswer(route: AdminRoute, { answer }: AdminResult<unknown>, strict: boolean): unknown {
  const checked = route.answer.safeParse(answer);
  if (!checked.success) {
    throw new Error(`answer of ${route.method} ${route.path}: ${checked.error.message}`);
  }
  if (strict && canonicalJson(checked.data) !== canonicalJson(answer)) {
    throw new Error(`answer of ${route.method} ${route.path} has members that its schema does not know`);
  }
  return checked.data;
}

interface Outcome {
  readonly status: number;
  readonly fault: Fault | null;
  readonly result: AdminResult<unknown> | null;
}

async function record(
  deps: AdminDeps,
  route: AdminRoute,
  request: FastifyRequest,
  { status, fault, result }: Outcome,
): Promise<void> {
  if (route.method === 'GET') return;
  const { startedMs, principal, orgId } = progressOf(request);
  // a stranger whom the door has told to slow down fills no journal
  if (principal === null && fault?.code === 'rate_limit_exceeded') return;
  const durationMs = deps.clock.elapsed() - startedMs;
  await deps.recordAdmin({
    atMs: Math.trunc(deps.clock.now() - durationMs),
    requestId: request.id,
    orgId,
    actor: principal?.actor ?? 'anonymous',
    teamId: principal?.teamId ?? null,
    userId: principal?.userId ?? null,
    keyId: principal?.keyId ?? null,
    remoteAddress: request.ip,
    action: route.action,
    resource: result?.resource ?? null,
    outcome: fault === null ? 'done' : status >= 500 ? 'failed' : 'refused',
    fault: fault?.code ?? null,
    status,
    durationMs,
    changes: result?.changes ?? {},
  });
}

async function refuse(
  deps: AdminDeps,
  thrown: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let fault = deps.guard === undefined ? thrown : await deps.guard(thrown, request);
  const route = request.routeOptions.config.adminRoute;
  if (route !== undefined) {
    try {
      await record(deps, route, request, { status: fault.status, fault, result: null });
    } catch (error) {
      fault = adminFault(error);
    }
  }
  if (fault.status >= 500) deps.logFault(fault, request.id);
  return reply.code(fault.status).headers(fault.headers()).send(faultBody(fault));
}

/** 405 with the methods where the path exists, else 404. */
function notServed(routes: readonly AdminRoute[], request: FastifyRequest): Fault {
  const path = (request.url.split('?', 1)[0] ?? '').slice(0, 200);
  const below = path.slice(ADMIN_PREFIX.length).split('/');
  const methods = new Set(
    routes.filter((route) => matches(route.path.split('/'), below)).map(({ method }) => method),
  );
  if (methods.size > 0) {
    const allow = [...methods].sort().join(', ');
    return new Fault('method_not_allowed', `${path} is served with ${allow}, not with ${request.method}.`, {
      headers: { allow },
    });
  }
  return new Fault(
    'endpoint_not_supported',
    `${request.method} ${path} is not part of the admin API. ${ADMIN_PREFIX}/openapi.json and /docs list what is.`,
  );
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((step, index) => step.startsWith(':') || step === path[index])
  );
}
