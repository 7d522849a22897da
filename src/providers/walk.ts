import type { Attempt } from '../core/attempt.ts';
import { asFault, FAULTS, Fault } from '../core/fault.ts';
import { headerText } from '../core/header-text.ts';
import type { Mender, VendorWords } from '../dialects/index.ts';
import type { Arrival, Ending, HasCall } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import { Call, type CallDeps, mark } from './call.ts';
import { Flight } from './flight.ts';
import { answerHeaders } from './headers.ts';
import type { Judgement } from './judge.ts';
import type { HasPlan, Target } from './plan.ts';
import type { Provider } from './provider.ts';
import type { Standing, Standings } from './standing.ts';

export interface Retries {
  /** Calls to one target before the next one is asked. */
  readonly max_attempts_per_target: number;
  readonly backoff_base_ms: number;
  readonly backoff_max_ms: number;
  /** A provider that asks for a longer pause is left for the next target at once. */
  readonly max_retry_after_ms: number;
}

export interface WalkDeps extends CallDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly standings: Standings;
  readonly retries: Retries;
  /** In [0, 1). */
  readonly random: () => number;
}

const NO_WORDS: VendorWords = {};

type Exchange = Arrival & HasPrincipal & HasCall & HasPlan & HasVerdict;

/** Why the slower of two calls was given up; shared, because it says the same of every one. */
const LOST = new Fault('provider_timeout', 'Another target answered first.');

/** Goes through the plan of one request until a target answers. */
export class Walk {
  readonly #deps: WalkDeps;
  readonly #x: Exchange;
  readonly #calls: Call[] = [];
  #wake: (() => void) | undefined;
  #worst: Fault | undefined;
  /** A target was left out because of its circuit. */
  #skipped = false;

  constructor(deps: WalkDeps, x: Exchange) {
    this.#deps = deps;
    this.#x = x;
  }

  /** @throws Fault of the failure that says most when no target answered, or why the request was interrupted. */
  async run(): Promise<void> {
    const { signal, attempts, answerHeaders: headers } = this.#x;
    const leave = (): void => this.#interrupted();
    signal.addEventListener('abort', leave, { once: true });
    try {
      if (await this.#goThrough(false)) return;
      // Where every circuit is open, refusing what might succeed helps nobody.
      if (this.#skipped && attempts.length === 0 && (await this.#goThrough(true))) return;
    } finally {
      signal.removeEventListener('abort', leave);
      if (attempts.length > 0) headers['x-sluice-attempts'] = String(attempts.length);
      if (attempts.length > 1) headers['x-sluice-route'] = attempts.map(toldInHeader).join(', ');
    }
    throw this.#worst ?? new Fault('internal_error', 'The plan of the request holds no target.');
  }

  /** True when one answered. @param regardless of open circuits */
  async #goThrough(regardless: boolean): Promise<boolean> {
    const { targets } = this.#x.plan;
    let index = 0;
    while (index < targets.length) {
      const target = targets[index] as Target;
      const standing = this.#deps.standings.of(target);
      if (!regardless && targets.length > 1 && !standing.admits()) {
        this.#skipped = true;
        index++;
        continue;
      }
      const asked = await this.#ask(index, standing);
      if (asked === 0) return true;
      index += asked;
    }
    return false;
  }

  /**
   * One target, as often as its failures allow, and perhaps the next one beside it.
   * @returns how many targets were asked in vain; 0 where one answered
   */
  async #ask(index: number, standing: Standing): Promise<number> {
    const { retries } = this.#deps;
    const { targets, manner } = this.#x.plan;
    const target = targets[index] as Target;
    const mostTries = manner.mirrors ? 1 : retries.max_attempts_per_target;
    // The last target is waited for: nobody is left to ask in its place.
    const hurried = index + 1 < targets.length;
    let keysTried = 1;
    let role: Attempt['role'] =
      this.#x.attempts.length > 0 ? 'fallback' : manner.mirrors ? 'mirror' : 'first';
    for (let tries = 1; ; tries++) {
      if (this.#x.signal.aborted) throw asFault(this.#x.signal.reason);
      const call = this.#begin(target, role, standing, keysTried);
      // What a target's dialect cannot carry another's may.
      if (call instanceof Fault) {
        this.#remember(call);
        return 1;
      }
      if (tries === 1 && hurried && manner.hedgeAfterMs !== undefined) {
        const beside = await this.#besideSlow(call, index + 1, manner.hedgeAfterMs);
        if (beside !== undefined) return (await this.#race(call, beside)) ? 0 : 2;
      }
      const failure = await (hurried ? inTime(call, manner.firstByteMs) : call.judged);
      if (failure === undefined) {
        this.#accept(call);
        return 0;
      }
      this.#remember(failure.fault);
      if (this.#next(failure) === 'stop') throw failure.fault;
      role = 'retry';
      // A refusal of one key says nothing of the next, which is tried at once.
      if (call.concernsKey) {
        keysTried++;
        tries--;
        continue;
      }
      if (this.#next(failure) === 'other' || tries >= mostTries) return 1;
      const pauseMs = backoffMs(tries, failure.fault.details.retryAfterMs, retries, this.#deps.random());
      if (pauseMs === undefined || !standing.mayRetry()) return 1;
      await this.#pause(pauseMs);
    }
  }

  /** The call, or why there can be none. @param keysTried keys of the provider, with the one that is tried now */
  #begin(target: Target, role: Attempt['role'], standing: Standing, keysTried: number): Call | Fault {
    const provider = this.#deps.providers.get(target.provider);
    if (provider === undefined) {
      throw new Fault(
        'internal_error',
        `The plan names the provider ${target.provider}, which is not there.`,
      );
    }
    const anotherKey = () => provider.keys?.hasAnother(this.#x.principal.orgId, keysTried) === true;
    let call: Call;
    try {
      call = new Call(this.#deps, this.#x, { target, role, provider, standing, anotherKey });
    } catch (thrown) {
      return asFault(thrown);
    }
    this.#name(target);
    this.#calls.push(call);
    return call;
  }

  #name(target: Target): void {
    this.#x.answerHeaders['x-sluice-provider'] = target.provider;
    this.#x.answerHeaders['x-sluice-model'] = headerText(target.model);
  }

  /** A call to the next target, where this one is slow, and circuit and budget allow a second one. */
  async #besideSlow(call: Call, index: number, afterMs: number): Promise<Call | undefined> {
    const { standings } = this.#deps;
    if (!(await isLate(call, afterMs)) || this.#x.signal.aborted) return undefined;
    const target = this.#x.plan.targets[index] as Target;
    const standing = standings.of(target);
    if (!standing.admits() || !standings.mayHedge()) return undefined;
    const beside = this.#begin(target, 'hedge', standing, 1);
    return beside instanceof Fault ? undefined : beside;
  }

  /** The first of two calls that answers wins; the other one is given up and billed. */
  async #race(first: Call, second: Call): Promise<boolean> {
    const winner = await firstAnswer([first, second], (failure) => this.#next(failure) === 'stop');
    for (const call of [first, second]) {
      if (call !== winner) call.giveUp(LOST, 'cancelled', 'hedge_lost');
    }
    if (winner !== undefined) {
      this.#accept(winner);
      return true;
    }
    for (const call of [first, second]) {
      const failure = await call.judged;
      if (failure === undefined || failure.fault === LOST) continue;
      this.#remember(failure.fault);
      if (this.#next(failure) === 'stop') throw failure.fault;
    }
    return false;
  }

  /** What to do after a failure: a rejection ends the plan unless it may not hold for the next target. */
  #next({ next, rejection }: Judgement): Judgement['next'] {
    const elsewhere = rejection !== undefined && this.#x.plan.manner.fallbackOn.includes(rejection);
    return elsewhere ? 'other' : next;
  }

  #accept(call: Call): void {
    const { attempts } = this.#x;
    const { head, request, flight, attempt } = call;
    if (head === undefined) throw new Error('a call without a head was accepted');
    if (attempts.at(-1) !== attempt) attempts.push(...attempts.splice(attempts.indexOf(attempt), 1));
    this.#name(call.target);
    this.#x.answer = {
      status: head.status,
      headers: answerHeaders(head.headers, request.stream),
      stream: request.stream,
      source: flight,
      usageInjected: request.usageInjected,
      mender:
        request.translation === undefined
          ? menderOf(this.#x, call.target.model, this.#deps.providers.get(call.target.provider)?.words)
          : undefined,
    };
  }

  /** The failure that tells the client most: one it may retry goes before one it can do nothing about. */
  #remember(fault: Fault): void {
    if (this.#worst !== undefined && mayRetry(this.#worst) && !mayRetry(fault)) return;
    this.#worst = fault;
  }

  /** Calls under way are stopped, unless the client left and policy wants them drained; no further one is begun. */
  #interrupted(): void {
    const fault = asFault(this.#x.signal.reason);
    const drained = fault.code === 'client_closed_request' && this.#x.verdict.onDisconnect === 'drain';
    if (!drained) for (const call of this.#calls) call.flight.cancel(fault);
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

/** What makes an answer in the client's own dialect well-formed; a translated one is. */
export function menderOf(
  { endpoint, id, arrivedAtMs }: Arrival,
  model: string,
  words: VendorWords = NO_WORDS,
): Mender | undefined {
  return endpoint.dialect.mender?.({ id, model, nowMs: arrivedAtMs, words });
}

/** True when the call is still undecided after so many milliseconds. */
function isLate(call: Call, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    void call.judged.then(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

/** What becomes of a call, which has only so long to begin its answer. */
async function inTime(call: Call, limitMs: number | undefined): Promise<Judgement | undefined> {
  if (limitMs === undefined) return call.judged;
  const timer = setTimeout(() => {
    const fault = tooSlow(call.target, limitMs);
    call.giveUp(fault, 'failed', fault.code);
  }, limitMs);
  try {
    return await call.judged;
  } finally {
    clearTimeout(timer);
  }
}

/** The call that answers first; undefined when none will, or one has learned that asking is pointless. */
function firstAnswer(
  calls: readonly Call[],
  isPointless: (failure: Judgement) => boolean,
): Promise<Call | undefined> {
  return new Promise((resolve) => {
    let open = calls.length;
    for (const call of calls) {
      void call.judged.then((failure) => {
        open--;
        if (failure === undefined) resolve(call);
        else if (open === 0 || isPointless(failure)) resolve(undefined);
      });
    }
  });
}

function tooSlow({ provider, model }: Target, limitMs: number): Fault {
  return new Fault(
    'provider_timeout',
    `The provider ${provider} had not begun to answer for ${model.slice(0, 100)} after ${limitMs} ms (first_byte_ms of the model or of routing).`,
  );
}

/** `openai/gpt-5;first;failed=provider_overloaded;ms=12` */
function toldInHeader({ provider, model, role, outcome, reason, durationMs, firstByteMs }: Attempt): string {
  const became = outcome === 'running' ? 'answered' : `${outcome}=${reason}`;
  const ms = (outcome === 'running' ? firstByteMs : durationMs) ?? 0;
  return `${provider}/${headerText(model)};${role};${became};ms=${Math.round(ms)}`;
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

/**
 * What became of the attempt that answered, once the request has ended. The provider's side counts where the client
 * left or the node was stopped: it may have been drained to its end, and costs as much.
 */
export function settleAttempt(standings: Standings, x: Arrival, ending: Ending): void {
  const attempt = x.attempts.at(-1);
  if (attempt === undefined || attempt.outcome !== 'running') return;
  standings.of(attempt).ended(concluded(x, attempt, ending) === 'failed');
}

function concluded(x: Arrival, attempt: Attempt, ending: Ending): Attempt['outcome'] {
  const flight = x.answer?.source instanceof Flight ? x.answer.source : undefined;
  if (ending.kind === 'done' || (ending.kind === 'abandoned' && ending.drained === true)) {
    flight?.linger();
    attempt.outcome = 'answered';
    return attempt.outcome;
  }
  const landing = flight?.landing ?? 'cancelled';
  flight?.cancel(ending.fault);
  const cut = ending.fault === x.signal.reason;
  if (ending.kind === 'failed' && !cut) mark(attempt, 'failed', ending.fault.code);
  else if (landing === 'ended') attempt.outcome = 'answered';
  else if (landing === 'failed') mark(attempt, 'failed', (flight?.failure ?? ending.fault).code);
  else mark(attempt, 'cancelled', ending.fault.code);
  return attempt.outcome;
}

function mayRetry(fault: Fault): boolean {
  const kind = FAULTS[fault.code];
  return 'retry' in kind && kind.retry;
}
