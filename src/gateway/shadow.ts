/**
 * Requests of the gateway's own beside one of a client: on behalf of the same caller and under the same verdict, with
 * a record, a hold and usage lines of their own. Nobody waits for them but who sent them.
 */
import type { Clock } from '../core/clock.ts';
import { asFault, Fault } from '../core/fault.ts';
import { type RandomBytes, uuidv7 } from '../core/ids.ts';
import { type JsonObject, parseObject } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import type { Described } from '../dialects/dialect.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { HasPrompt } from '../prompts/index.ts';
import type { HasKept, HasPlan, Plan } from '../providers/index.ts';
import type { HasRedaction, RedactionUse } from '../redaction/index.ts';
import { type Exchange, newExchange } from './exchange.ts';
import { type AnyStage, ordered } from './order.ts';
import type { Stages } from './pipeline.ts';
import {
  type Answer,
  type Arrival,
  Call,
  type Ending,
  type Endpoint,
  type HasCall,
  type Open,
  type Stage,
} from './stage.ts';
import { endingOf, Walk } from './walk.ts';
import { textLength } from './whole-delivery.ts';

export interface ShadowDeps {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly estimateUsage: (body: JsonObject, bodyBytes: number, outputLength: number) => Usage;
  /** Under way at once at most; one more is not sent. */
  readonly most: number;
}

/** What is asked, and of whom. */
export interface Errand {
  /** Added to the request id of the client's request: `.mirror`. */
  readonly suffix: string;
  readonly endpoint: Endpoint;
  readonly described: Described;
  /** Never streamed; its owner leaves it alone from now on. */
  readonly body: JsonObject;
  /** undefined: `route` plans it, as for a request of the caller. */
  readonly plan: Plan | undefined;
}

type Origin = Arrival & HasPrincipal & HasVerdict & Partial<Open<HasRedaction>>;
type Adopted = HasPrincipal & HasCall & HasVerdict & HasPrompt & HasRedaction & HasKept;

/** An answer that is longer is thrown away, and billed by estimate. */
const MAX_BYTES = 32 << 20;

export class Shadows {
  readonly #deps: ShadowDeps;
  readonly #running = new Map<AbortController, Promise<unknown>>();
  #stages: Pick<Stages, 'record' | 'route' | 'holdBudget' | 'callUpstream'> | undefined;
  #observe: (x: Exchange) => void = () => undefined;

  constructor(deps: ShadowDeps) {
    this.#deps = deps;
  }

  /** What they walk through; the stages and the shadows know each other, so this comes after both are made. */
  through(stages: Pick<Stages, 'record' | 'route' | 'holdBudget' | 'callUpstream'>): void {
    this.#stages = stages;
  }

  /** @param observe called with each after it has settled; must not throw */
  watch(observe: (x: Exchange) => void): void {
    this.#observe = observe;
  }

  /** The answer's body; undefined where there is none, for whatever reason: its record tells. Never throws. */
  send(origin: Origin, errand: Errand): Promise<JsonObject | undefined> {
    if (this.#running.size >= this.#deps.most) return Promise.resolve(undefined);
    const control = new AbortController();
    const running = this.#run(origin, errand, control.signal).finally(() => this.#running.delete(control));
    this.#running.set(control, running);
    return running;
  }

  /** Ends all that still run; done when they have settled. */
  async stop(): Promise<void> {
    const fault = new Fault('shutting_down', 'This node shut down before the answer was complete.');
    const running = [...this.#running.values()];
    for (const control of this.#running.keys()) control.abort(fault);
    await Promise.all(running);
  }

  async #run(origin: Origin, errand: Errand, signal: AbortSignal): Promise<JsonObject | undefined> {
    const x = this.#exchange(origin, errand, signal);
    const walk = new Walk(this.#street(origin, errand), x, this.#deps.clock);
    let ending: Ending = { kind: 'done' };
    let body: JsonObject | undefined;
    try {
      await walk.enter();
      body = await this.#answered(x, errand.body);
    } catch (thrown) {
      ending = endingOf(asFault(thrown));
    }
    await walk.settle(ending);
    this.#observe(x);
    return body;
  }

  #exchange(origin: Origin, { suffix, endpoint, body }: Errand, signal: AbortSignal): Exchange {
    const { clock, random } = this.#deps;
    const x = newExchange({
      ...origin,
      id: uuidv7(clock.now(), random),
      requestId: `${origin.requestId}${suffix}`,
      endpoint,
      arrivedAtMs: clock.now(),
      startedMs: clock.elapsed(),
      signal,
    });
    x.bytes = Buffer.from(JSON.stringify(body));
    return x;
  }

  #street(origin: Origin, errand: Errand): readonly AnyStage[] {
    const stages = this.#stages;
    if (stages === undefined) throw new Error('shadows were sent before they had a street');
    const { record, route, holdBudget, callUpstream } = stages;
    const { plan } = errand;
    const adopted = adopt(origin, errand);
    if (plan === undefined) return ordered(record, adopted, route, holdBudget, callUpstream);
    return ordered(record, adopted, planned(plan), holdBudget, callUpstream);
  }

  async #answered(x: Exchange, body: JsonObject): Promise<JsonObject> {
    const { answer, attempts, endpoint, bytes } = x;
    if (answer === null) throw new Error('the street ended without an answer');
    const attempt = attempts.at(-1);
    const estimate = (outputLength: number): void => {
      if (attempt) attempt.usage = this.#deps.estimateUsage(body, bytes.length, outputLength);
    };
    // Until it is known better: an answer that breaks off was begun, and is billed.
    estimate(0);
    const text = await wholeText(answer);
    const said = parseObject(text);
    if (said === undefined) {
      estimate(text.length);
      throw new Fault('provider_error', 'The provider answered with something that is not a JSON object.');
    }
    const reported = answer.source.usage?.() ?? endpoint.dialect.answerUsage(said);
    if (reported === undefined) estimate(textLength(endpoint.dialect, said));
    else if (attempt) attempt.usage = reported;
    if (attempt) attempt.reason = endpoint.dialect.answerFinish(said);
    return said;
  }
}

/** What the client's request has filled already. */
function adopt(
  { principal, verdict, redaction }: Origin,
  { body, described }: Errand,
): Stage<unknown, Adopted> {
  return {
    name: 'adopt',
    enter: (x) => {
      x.principal = principal;
      x.verdict = verdict;
      x.call = new Call(body, described);
      x.prompt = undefined;
      x.redaction = redaction ? done(redaction) : redaction;
      x.kept = undefined;
    },
  };
}

/** What was found is in the client's record; what may be recorded of its headers is the same. */
function done(redaction: RedactionUse): RedactionUse {
  return {
    complete: true,
    kept: (text) => redaction.kept(text),
    findings: () => [],
    transform: () => undefined,
  };
}

function planned(plan: Plan): Stage<unknown, HasPlan> {
  return {
    name: 'route',
    enter: (x) => {
      x.plan = plan;
    },
  };
}

function wholeText({ source }: Answer): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    source.pipe({
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes <= MAX_BYTES) {
          chunks.push(chunk);
          return true;
        }
        const fault = new Fault('provider_error', `The provider's answer is larger than ${MAX_BYTES} bytes.`);
        source.cancel(fault);
        reject(fault);
        return true;
      },
      end: () => resolve(Buffer.concat(chunks).toString('utf8')),
      fail: reject,
    });
  });
}
