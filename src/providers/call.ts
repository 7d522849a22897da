import type { Attempt } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import { asFault, type Fault, type FaultCode } from '../core/fault.ts';
import { uuidv7 } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { traceparentFor } from '../core/trace.ts';
import { NO_USAGE, type Usage } from '../core/usage.ts';
import { UNMETERED } from '../dialects/dialect.ts';
import type { Arrival, HasCall } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { Deadlines } from './deadlines.ts';
import type { Failure } from './diagnosis.ts';
import { Flight } from './flight.ts';
import { type Judgement, judge } from './judge.ts';
import { Outgoing } from './outgoing.ts';
import type { Target } from './plan.ts';
import type { Head, Provider } from './provider.ts';
import type { CallOutcome, Standing } from './standing.ts';

export interface CallDeps {
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  /** Usage of a call that was left: the provider has read the request, and reports nothing. */
  readonly estimateUsage: (body: JsonObject, bodyBytes: number, outputLength: number) => Usage;
}

type Exchange = Arrival & HasPrincipal & HasCall;

/** Whom a call is to, and what for. */
export interface Whom {
  readonly target: Target;
  readonly role: Attempt['role'];
  readonly provider: Provider;
  readonly standing: Standing;
  /** Asked where it refuses the key: has it another one to try, or the same renewed? */
  readonly anotherKey: () => boolean;
}

const KEY_REFUSALS: ReadonlySet<FaultCode> = new Set(['provider_auth_failed', 'provider_rate_limited']);

/** One call to one target, until it has begun to answer or will not; its attempt tells how it went. */
export class Call {
  readonly target: Target;
  readonly attempt: Attempt;
  readonly flight: Flight;
  readonly request: Outgoing;
  /** Why it is no answer; undefined when it is one, whose head is `head`. */
  readonly judged: Promise<Judgement | undefined>;
  head: Head | undefined;
  readonly #deps: CallDeps;
  readonly #x: Exchange;
  readonly #provider: Provider;
  readonly #standing: Standing;
  readonly #anotherKey: () => boolean;
  #givenUp: Fault | undefined;
  #keyRefused = false;

  /** Begins it. @throws Fault where the target's dialect cannot carry the request; then nothing was begun */
  constructor(deps: CallDeps, x: Exchange, { target, role, provider, standing, anotherKey }: Whom) {
    this.#deps = deps;
    this.#x = x;
    this.#provider = provider;
    this.#standing = standing;
    this.#anotherKey = anotherKey;
    this.target = target;
    this.attempt = newAttempt(target, role, deps.clock);
    this.request = new Outgoing(x, target, provider, traceHeaders(x, this.attempt));
    x.attempts.push(this.attempt);
    this.flight = new Flight(this.attempt, provider, this.request, deps.deadlines, deps.clock);
    standing.began();
    this.judged = this.#run();
  }

  /** Lets go of it, whatever it does: another one has answered, or it takes too long. */
  giveUp(fault: Fault, outcome: 'failed' | 'cancelled', reason: string): void {
    if (this.attempt.outcome !== 'running') return;
    this.#givenUp = fault;
    this.flight.cancel(fault);
    mark(this.attempt, outcome, reason);
    this.#estimate();
    if (this.head !== undefined) this.#standing.ended(false);
    else this.#report(outcome === 'failed' ? 'failed' : 'dropped', this.attempt.durationMs ?? 0);
  }

  /** The provider refused the key, not the request, and has another one to try. */
  get concernsKey(): boolean {
    return this.#keyRefused;
  }

  async #run(): Promise<Judgement | undefined> {
    const { flight, request, attempt } = this;
    try {
      const head = await flight.launch(this.#provider, request);
      // it had begun to answer in the same turn
      if (this.#givenUp !== undefined) throw this.#givenUp;
      const { dialect } = this.#x.endpoint;
      const failure = judge(this.#provider, flight, head, dialect, request.stream, this.#deps.clock.now());
      if (failure === undefined) {
        this.head = head;
        this.#standing.came('answered', attempt.firstByteMs ?? 0);
        return undefined;
      }
      flight.cancel(failure.fault);
      this.#fail(failure.fault);
      return failure;
    } catch (thrown) {
      const fault = asFault(thrown);
      flight.cancel(fault);
      const next = attempt.outcome === 'running' ? nextAfter(fault, flight) : 'other';
      this.#fail(fault);
      return { fault, next };
    }
  }

  /** Who was left before the answer began goes on billing what it had read (bifrost#3357, litellm#14457). */
  #estimate(): void {
    const { call, endpoint } = this.#x;
    const refused = (this.attempt.status ?? 200) >= 400;
    if (!this.flight.sent || refused || UNMETERED.has(endpoint.operation)) return;
    this.attempt.usage = this.#deps.estimateUsage(call.body, call.bytes().length, 0);
  }

  #fail(fault: Fault): void {
    if (this.attempt.outcome !== 'running') return;
    if (this.flight.expired) this.#estimate();
    if (fault === this.#x.signal.reason) {
      this.#estimate();
      mark(this.attempt, 'cancelled', fault.code);
      this.#report('dropped', 0);
      return;
    }
    mark(this.attempt, 'failed', fault.code);
    this.#keyRefused = KEY_REFUSALS.has(fault.code) && this.#anotherKey();
    const outcome = this.#keyRefused ? 'refused' : outcomeOf(fault);
    const ms = outcome === 'limited' ? fault.details.retryAfterMs : this.attempt.durationMs;
    this.#report(outcome, ms ?? 0);
  }

  #report(outcome: CallOutcome, ms: number): void {
    this.#standing.came(outcome, ms);
    this.#standing.ended(false);
  }
}

function outcomeOf(fault: Fault): CallOutcome {
  if (fault.code === 'provider_rejected') return 'refused';
  return fault.code === 'provider_rate_limited' ? 'limited' : 'failed';
}

function nextAfter(fault: Fault, flight: Flight): Failure['next'] {
  switch (fault.code) {
    case 'provider_unreachable':
    case 'provider_stream_broken':
      return 'same';
    case 'provider_timeout':
      return flight.expired ? 'other' : 'same';
    case 'provider_error':
      return 'other';
    default:
      return 'stop';
  }
}

export function newAttempt(target: Target, role: Attempt['role'], clock: Clock): Attempt {
  const startedAtMs = clock.now();
  return {
    id: uuidv7(startedAtMs),
    provider: target.provider,
    model: target.model,
    region: target.region,
    role,
    startedAtMs,
    firstByteMs: undefined,
    durationMs: undefined,
    status: undefined,
    outcome: 'running',
    reason: undefined,
    usage: NO_USAGE,
    responseId: undefined,
    cost: undefined,
  };
}

export function mark(attempt: Attempt, outcome: 'failed' | 'cancelled', reason: string): void {
  attempt.outcome = outcome;
  attempt.reason = reason;
}

/** The provider's work belongs to the caller's trace, below this attempt. */
export function traceHeaders({ trace }: Arrival, attempt: Attempt): Record<string, string> {
  const headers: Record<string, string> = { traceparent: traceparentFor(trace, attempt.id) };
  if (trace.state !== undefined) headers.tracestate = trace.state;
  return headers;
}
