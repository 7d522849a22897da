/** Is what a provider began to answer an answer? Asked before the first byte goes to the client. */
import { Fault } from '../core/fault.ts';
import { parseObject } from '../core/json.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { diagnoseStatus, type Failure, failureOf, type Said, statusOfEvent } from './diagnosis.ts';
import type { Flight } from './flight.ts';
import { retryAfterMs } from './headers.ts';
import type { Rejection } from './plan.ts';
import type { Head, Provider } from './provider.ts';
import { rejectionOf } from './rejection.ts';

/** Why an answer is none. */
export interface Judgement extends Failure {
  /** Set where the request was rejected for a reason that may not hold elsewhere. */
  readonly rejection?: Rejection | undefined;
}

const BRACE = 123;
const SILENT: Said = { message: undefined, type: undefined, param: undefined, code: undefined };

/**
 * @param nowMs epoch milliseconds, for `retry-after` dates.
 * @returns undefined when it is an answer; else why not, and what to try next.
 */
export function judge(
  provider: Provider,
  flight: Flight,
  head: Head,
  dialect: Dialect,
  stream: boolean,
  nowMs: number,
): Judgement | undefined {
  if (head.status < 200 || head.status >= 300) return refusal(provider, flight, head, dialect, nowMs);
  const type = head.headers['content-type'];
  if (type !== undefined && type.toLowerCase().includes('text/event-stream') !== stream) {
    return notAnAnswer(provider, `answered with ${type.slice(0, 100)}, which was not asked for`, 'other');
  }
  if (flight.empty) return notAnAnswer(provider, 'ended its answer before it had begun', 'same');
  if (stream) return errorEvent(provider, flight, dialect);
  const first = flight.firstByte;
  return first === undefined || first === BRACE
    ? undefined
    : notAnAnswer(provider, 'answered with something that is not a JSON object', 'other');
}

function refusal(provider: Provider, flight: Flight, head: Head, dialect: Dialect, nowMs: number): Judgement {
  const said = dialect.providerError(head.status, flight.openingText) ?? SILENT;
  const pauseMs = retryAfterMs(head.status, head.headers, nowMs, flight.openingText);
  const failure = failed(provider, head.status, said, pauseMs);
  // The provider itself says that asking again is pointless.
  const hopeless = head.headers['x-should-retry'] === 'false' && failure.next === 'same';
  return hopeless ? { fault: failure.fault, next: 'other' } : failure;
}

/** Some send their refusal as the first event of a 200 stream; nothing is lost yet, so it counts as one. */
function errorEvent(provider: Provider, flight: Flight, dialect: Dialect): Judgement | undefined {
  const data = flight.firstEvent;
  if (data === undefined || !dialect.stream.interesting(data)) return undefined;
  const event = parseObject(data);
  const message = event && dialect.stream.error(event);
  if (message === undefined) return undefined;
  const said = dialect.providerError(500, data) ?? { ...SILENT, message };
  return failed(provider, statusOfEvent(said), said, undefined);
}

function failed(provider: Provider, status: number, said: Said, pauseMs: number | undefined): Judgement {
  const diagnosis = provider.diagnose(status, said) ?? diagnoseStatus(status, said);
  const failure = failureOf(provider.name, diagnosis, status, said, pauseMs);
  return diagnosis === 'rejected' ? { ...failure, rejection: rejectionOf(status, said) } : failure;
}

function notAnAnswer(provider: Provider, what: string, next: Failure['next']): Judgement {
  return { fault: new Fault('provider_error', `The provider ${provider.name} ${what}.`), next };
}
