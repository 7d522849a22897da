/** Serves one inference request: walks the street, delivers the answer, settles, and only then ends it. */
import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Attempt } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import { asFault, type Fault } from '../core/fault.ts';
import { type RandomBytes, uuidv7 } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { Roster } from '../core/roster.ts';
import { traceOf } from '../core/trace.ts';
import { NO_USAGE, type Usage } from '../core/usage.ts';
import { UNMETERED } from '../dialects/dialect.ts';
import { Client } from './client.ts';
import { deliver } from './deliver.ts';
import type { Delivered } from './delivery.ts';
import { type Exchange, newExchange } from './exchange.ts';
import type { AnyStage } from './order.ts';
import type { Ending, Endpoint } from './stage.ts';
import { endingOf, type SettleFailure, Walk } from './walk.ts';

export interface ServeDeps {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly maxAnswerBytes: number;
  /** Prices an attempt whose usage is known and says it in decimal dollars; undefined = unpriced. */
  readonly costUsd: (attempt: Attempt, orgSlug: string) => string | undefined;
  readonly estimateUsage: (body: JsonObject, bodyBytes: number, outputLength: number) => Usage;
  /** A refused key, counted against its address: the same fault, or one that asks to slow down. */
  readonly guard: (fault: Fault, request: FastifyRequest) => Promise<Fault>;
  /** Requests being served now, for shutdown and metrics. */
  readonly active: Active;
  /** Called once per request after everything has settled: metrics, access log, trace. Must not throw. */
  readonly observe: (served: Served) => void;
}

/** The requests that have not been settled, or whose answers have not left. */
export class Active extends Roster<Client> {
  /** Ends all that still run with the fault: streams with an error event. */
  cut(fault: Fault): void {
    for (const client of this) client.cut(fault);
  }
}

export interface Served {
  readonly x: Exchange;
  readonly walk: Walk;
  readonly ending: Ending;
  /** HTTP status that the client was sent. */
  readonly status: number;
  /** Milliseconds from arrival until everything was settled. */
  readonly durationMs: number;
  readonly failures: readonly SettleFailure[];
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Never throws: whatever goes wrong is an answer, a record and a line in the log. */
export async function serve(
  deps: ServeDeps,
  stages: readonly AnyStage[],
  endpoint: Endpoint,
  request: FastifyRequest,
  response: ServerResponse,
): Promise<void> {
  const id = uuidv7(deps.clock.now(), deps.random);
  const sent = request.headers['x-request-id'];
  const requestId =
    typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : `req_${id.replaceAll('-', '')}`;
  const client = new Client(response, endpoint.dialect, requestId);
  const x = newExchange({
    id,
    requestId,
    endpoint,
    trace: traceOf(request.headers.traceparent, request.headers.tracestate, id),
    headers: request.headers,
    remoteAddress: request.ip,
    arrivedAtMs: deps.clock.now(),
    startedMs: deps.clock.elapsed(),
    payload: request.raw,
    declaredBytes: Number(request.headers['content-length'] ?? 0),
    signal: client.signal,
  });
  const walk = new Walk(stages, x, deps.clock);
  deps.active.add(client);
  const { ending, finish } = await answered(deps, request, x, walk, client);
  const failures = await walk.settle(ending);
  try {
    finishWith(
      failures.find(({ stage }) => stage === 'record'),
      ending,
      finish,
      x,
      client,
    );
  } catch (thrown) {
    // a head that cannot be written: without an answer, the client sees a closed connection
    failures.push({ stage: 'answer', fault: asFault(thrown) });
    client.drop();
  }
  client.onceClosed(() => deps.active.delete(client));
  const durationMs = deps.clock.elapsed() - x.startedMs;
  deps.observe({ x, walk, ending, status: client.status, durationMs, failures });
}

/** A settled answer goes out; one whose record could not be written does not (nothing unrecorded is answered). */
function finishWith(
  unrecorded: SettleFailure | undefined,
  ending: Ending,
  finish: () => void,
  x: Exchange,
  client: Client,
): void {
  if (unrecorded !== undefined && ending.kind === 'done') client.sendFault(unrecorded.fault, x.answerHeaders);
  else finish();
}

async function answered(
  deps: ServeDeps,
  request: FastifyRequest,
  x: Exchange,
  walk: Walk,
  client: Client,
): Promise<Delivered> {
  try {
    await walk.enter();
    return await delivered(deps, x, walk, client);
  } catch (thrown) {
    const fault = await deps.guard(asFault(thrown), request);
    return { ending: endingOf(fault), finish: () => client.sendFault(fault, answerHeaders(x, walk)) };
  }
}

function delivered(deps: ServeDeps, x: Exchange, walk: Walk, client: Client): Promise<Delivered> {
  const { answer } = x;
  if (answer === null) throw new Error('the street ended without an answer');
  const attempt = x.attempts.at(-1);
  return deliver({
    answer,
    dialect: x.endpoint.dialect,
    attempt,
    choices: x.call?.described.choices ?? 1,
    transforms: walk.transforms(),
    watch: answer.stream ? walk.watch() : undefined,
    client,
    headers: () => ({
      ...answer.headers,
      ...answerHeaders(x, walk),
      ...costHeader(deps, x, answer.stream, attempt),
    }),
    costUsd: (of) => deps.costUsd(of, x.principal?.orgSlug ?? ''),
    estimateUsage: (outputLength) => estimated(deps, x, outputLength),
    onDisconnect: x.verdict?.onDisconnect ?? 'cancel',
    maxAnswerBytes: deps.maxAnswerBytes,
  });
}

function estimated(deps: ServeDeps, { call, endpoint }: Exchange, outputLength: number): Usage {
  if (!call || UNMETERED.has(endpoint.operation)) return NO_USAGE;
  // As it went out: a prompt may have made it many times what the client sent.
  return deps.estimateUsage(call.body, call.bytes().length, outputLength);
}

function answerHeaders(x: Exchange, walk: Walk): Record<string, string> {
  x.answerHeaders['server-timing'] = walk.serverTiming();
  return x.answerHeaders;
}

function costHeader(
  deps: ServeDeps,
  x: Exchange,
  stream: boolean,
  attempt: Attempt | undefined,
): Record<string, string> {
  if (stream || attempt === undefined) return {};
  const costUsd = deps.costUsd(attempt, x.principal?.orgSlug ?? '');
  return { 'x-sluice-cost-usd': costUsd ?? 'unpriced' };
}
