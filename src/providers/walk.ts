import type { Attempt } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import { asFault, FAULTS, Fault } from '../core/fault.ts';
import { headerText } from '../core/header-text.ts';
import { uuidv7 } from '../core/ids.ts';
import { traceparentFor } from '../core/trace.ts';
import { NO_USAGE } from '../core/usage.ts';
import type { Arrival, Ending, HasCall } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { Deadlines } from './deadlines.ts';
import type { Failure } from './diagnosis.ts';
import { Flight } from './flight.ts';
import { answerHeaders } from './headers.ts';
import { judge } from './judge.ts';
import { Outgoing } from './outgoing.ts';
import type { HasPlan, Target } from './plan.ts';
import type { Provider } from './provider.ts';

export interface Retries {
  /** Calls to one target before the next one is asked. */
  readonly max_attempts_per_target: number;
  readonly backoff_base_ms: number;
  readonly backoff_max_ms: number;
  /** A provider that asks for a longer pause is left for the next target at once. */
  readonly max_retry_after_ms: number;
}

export interface WalkDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly deadlines: Deadlines;
  readonly retries: Retries;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

type Exchange = Arrival & HasPrincipal & HasCall & HasPlan & HasVerdict;

/** Goes through the plan of one request until a target answers. */
export class Walk {
  readonly #deps: WalkDeps;
  readonly #x: Exchange;
  #flight: Flight | undefined;
  #wake: (() => void) | undefined;
  #worst: Fault | undefined;

  constructor(deps: WalkDeps, x: Exchange) {
    this.#deps = deps;
    this.#x = x;
  }

  /** @throws Fault of the failure that says most when no target answered, or why the request was interrupted. */
  async run(): Promise<void> {
    const { signal } = this.#x;
    const leave = (): void => this.#interrupted();
    signal.addEventListener('abort', leave, { once: true });
    try {
      for (const target of this.#x.plan.targets) {
        if (await this.#ask(target)) return;
      }
    } finally {
      signal.removeEventListener('abort', leave);
    }
    throw this.#worst ?? new Fault('internal_error', 'The plan of the request holds no target.');
  }

  /** One target, as often as its failures allow. True when it answered. */
  async #ask(target: Target): Promise<boolean> {
    const { providers, retries } = this.#deps;
    const provider = providers.get(target.provider);
    if (provider === undefined) {
      throw new Fault(
        'internal_error',
        `The plan names the provider ${target.provider}, which is not there.`,
      );
    }
    let keysTried = 1;
    for (let tries = 1; ; tries++) {
      if (this.#x.signal.aborted) throw asFault(this.#x.signal.reason);
      const failure = await this.#try(provider, target);
      if (failure === undefined) return true;
      this.#remember(failure.fault);
      if (failure.next === 'stop') throw failure.fault;
      // A refusal of one key says nothing of the next, which is tried at once.
      if (concernsKey(failure.fault) && provider.keys?.hasAnother(this.#x.principal.orgId, keysTried)) {
        keysTried++;
        tries--;
        continue;
      }
      if (failure.next === 'other' || tries >= retries.max_attempts_per_target) return false;
      const pauseMs = backoffMs(tries, failure.fault.details.retryAfterMs, retries, this.#deps.random());
      if (pauseMs === undefined) return false;
      await this.#pause(pauseMs);
    }
  }

  async #try(provider: Provider, target: Target): Promise<Failure | undefined> {
    const { clock, deadlines } = this.#deps;
    const x = this.#x;
    const attempt = newAttempt(target, clock);
    const request = this.#request(provider, target, attempt);
    // What a target's dialect cannot carry another's may.
    if (request instanceof Fault) return { fault: request, next: 'other' };
    x.attempts.push(attempt);
    x.answerHeaders['x-sluice-provider'] = target.provider;
    x.answerHeaders['x-sluice-model'] = headerText(target.model);
    x.answerHeaders['x-sluice-attempts'] = String(x.attempts.length);
    const flight = new Flight(attempt, provider, request, deadlines, clock);
    this.#flight = flight;
    try {
      const head = await flight.launch(provider, request);
      const failure = judge(provider, flight, head, x.endpoint.dialect, request.stream, clock.now());
      if (failure === undefined) {
        x.answer = {
          status: head.status,
          headers: answerHeaders(head.headers, request.stream),
          stream: request.stream,
          source: flight,
          usageInjected: request.usageInjected,
        };
        return undefined;
      }
      flight.cancel(failure.fault);
      mark(attempt, 'failed', failure.fault);
      return failure;
    } catch (thrown) {
      const fault = asFault(thrown);
      flight.cancel(fault);
      if (fault === x.signal.reason) mark(attempt, 'cancelled', fault);
      else mark(attempt, 'failed', fault);
      return { fault, next: nextAfter(fault, flight) };
    }
  }

  #request(provider: Provider, target: Target, attempt: Attempt): Outgoing | Fault {
    try {
      return new Outgoing(this.#x, target, provider, traceHeaders(this.#x, attempt));
    } catch (thrown) {
      return asFault(thrown);
    }
  }

  /** The failure that tells the client most: one it may retry goes before one it can do nothing about. */
  #remember(fault: Fault): void {
    if (this.#worst !== undefined && mayRetry(this.#worst) && !mayRetry(fault)) return;
    this.#worst = fault;
  }

  /** A call under way is stopped, unless the client left and policy wants it drained; no further one is begun. */
  #interrupted(): void {
    const fault = asFault(this.#x.signal.reason);
    const drained = fault.code === 'client_closed_request' && this.#x.verdict.onDisconnect === 'drain';
    if (!drained) this.#flight?.cancel(fault);
    this.#wake?.();
  }

  #pause(ms: number): Promise<void> {
    if (this.#x.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * How long to wait before the next call to the same target: full jitter, or longer where the provider asks for it.
 * @returns milliseconds; undefined when the provider asks for more than is worth waiting.
 */
export function backoffMs(
  tries: number,
  retryAfterMs: number | undefined,
  retries: Retries,
  random: number,
): number | undefined {
  if (retryAfterMs !== undefined && retryAfterMs > retries.max_retry_after_ms) return undefined;
  const ceilingMs = Math.min(retries.backoff_max_ms, retries.backoff_base_ms * 2 ** (tries - 1));
  return Math.max(random * ceilingMs, retryAfterMs ?? 0);
}

function concernsKey({ code }: Fault): boolean {
  return code === 'provider_auth_failed' || code === 'provider_rate_limited';
}

export function newAttempt(target: Target, clock: Clock): Attempt {
  const startedAtMs = clock.now();
  return {
    id: uuidv7(startedAtMs),
    provider: target.provider,
    model: target.model,
    region: target.region,
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

function mark(attempt: Attempt, outcome: 'failed' | 'cancelled', fault: Fault): void {
  attempt.outcome = outcome;
  attempt.reason = fault.code;
}

/** The provider's work belongs to the caller's trace, below this attempt. */
export function traceHeaders({ trace }: Arrival, attempt: Attempt): Record<string, string> {
  const headers: Record<string, string> = { traceparent: traceparentFor(trace, attempt.id) };
  if (trace.state !== undefined) headers.tracestate = trace.state;
  return headers;
}

/**
 * What became of the attempt that answered, once the request has ended. The provider's side counts where the client
 * left or the node was stopped: it may have been drained to its end, and costs as much.
 */
export function settleAttempt(x: Arrival, ending: Ending): void {
  const attempt = x.attempts.at(-1);
  if (attempt === undefined || attempt.outcome !== 'running') return;
  const flight = x.answer?.source instanceof Flight ? x.answer.source : undefined;
  if (ending.kind === 'done' || (ending.kind === 'abandoned' && ending.drained === true)) {
    flight?.linger();
    attempt.outcome = 'answered';
    return;
  }
  const landing = flight?.landing ?? 'cancelled';
  flight?.cancel(ending.fault);
  const cut = ending.fault === x.signal.reason;
  if (ending.kind === 'failed' && !cut) mark(attempt, 'failed', ending.fault);
  else if (landing === 'ended') attempt.outcome = 'answered';
  else if (landing === 'failed') mark(attempt, 'failed', flight?.failure ?? ending.fault);
  else mark(attempt, 'cancelled', ending.fault);
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

function mayRetry(fault: Fault): boolean {
  const kind = FAULTS[fault.code];
  return 'retry' in kind && kind.retry;
}
