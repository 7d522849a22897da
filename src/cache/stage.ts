import type { Clock } from '../core/clock.ts';
import type { Fault } from '../core/fault.ts';
import type { Arrival, Ending, HasCall, Open, Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { Target } from '../providers/index.ts';
import type { Finding, HasRedaction } from '../redaction/index.ts';
import { bypassOf } from './bypass.ts';
import { cacheControl } from './control.ts';
import { Recording, readEntry, replay, writeEntry } from './entry.ts';
import { cacheKey, type KeyParts } from './key.ts';
import type { CacheRuling } from './ruling.ts';
import type { Placed, Semantic } from './semantic.ts';
import { type Flight, SingleFlight, waited } from './single-flight.ts';
import type { AnswerStore } from './store.ts';

export interface CacheDeps {
  readonly store: AnswerStore;
  readonly maxEntryBytes: number;
  /** How long a request waits for an equal one that is under way; 0 = not at all. */
  readonly waitMs: number;
  readonly clock: Clock;
  readonly semantic: Semantic<Needs>;
}

/** The part of a verdict that this stage needs; policies import this house, so it is named by shape. */
interface HasCacheVerdict {
  verdict: {
    readonly cache: CacheRuling | undefined;
    readonly policies: readonly string[];
    readonly permits: (target: Target) => Fault | undefined;
  };
}

export type Needs = Arrival & HasPrincipal & HasCall & HasCacheVerdict & HasRedaction;

/** What is to be kept of a request that the cache could not answer. */
interface Keeping {
  readonly key: string;
  readonly ruling: CacheRuling;
  readonly recording: Recording;
  /** Others may wait for it. */
  readonly flight: Flight | undefined;
  readonly placed: Placed | undefined;
}

/** Answers from what the same organisation asked before; keeps what is worth keeping when the request is done. */
export function consultCache(
  deps: CacheDeps,
): Stage<HasPrincipal & HasCall & HasCacheVerdict & HasRedaction> {
  const keepings = new WeakMap<Arrival, Keeping>();
  const flights = new SingleFlight();
  return {
    name: 'consult-cache',
    enter: (x) => {
      const ruling = x.verdict.cache;
      if (ruling === undefined) return;
      const control = cacheControl(x.headers['cache-control']);
      const { operation } = x.endpoint;
      const bypass = control.noStore ? 'no-store' : bypassOf(operation, x.call.body, ruling);
      if (bypass !== undefined) {
        x.answerHeaders['x-sluice-cache'] = 'bypass';
        x.answerHeaders['x-sluice-cache-reason'] = bypass;
        return;
      }
      const maxAgeSeconds = control.noCache ? -1 : control.maxAgeSeconds;
      const look = new Look(deps, flights, x, ruling, maxAgeSeconds);
      const use = (keeping: Keeping | undefined): void => {
        x.answerHeaders['x-sluice-cache'] = keeping === undefined ? 'hit' : 'miss';
        if (keeping !== undefined) keepings.set(x, keeping);
      };
      const looked = look.up();
      return looked instanceof Promise ? looked.then(use) : use(looked);
    },
    events: (x) => keepings.get(x)?.recording,
    settle: (x, ending) => {
      const keeping = keepings.get(x);
      if (keeping === undefined) return;
      const kept = keep(deps, x, ending, keeping);
      if (kept instanceof Promise) return kept.finally(() => keeping.flight?.land());
      keeping.flight?.land();
    },
  };
}

/** One request's look into the cache. */
class Look {
  readonly #deps: CacheDeps;
  readonly #flights: SingleFlight;
  readonly #x: Needs;
  readonly #ruling: CacheRuling;
  readonly #maxAgeSeconds: number;
  readonly #parts: KeyParts;
  readonly #key: string;

  constructor(deps: CacheDeps, flights: SingleFlight, x: Needs, ruling: CacheRuling, maxAgeSeconds: number) {
    this.#deps = deps;
    this.#flights = flights;
    this.#x = x;
    this.#ruling = ruling;
    this.#maxAgeSeconds = maxAgeSeconds;
    this.#parts = {
      principal: x.principal,
      policies: x.verdict.policies,
      scope: ruling.scope,
      operation: x.endpoint.operation,
      headers: x.headers,
      described: x.call.described,
      body: x.call.body,
    };
    this.#key = cacheKey(this.#parts);
  }

  /** Answers, or says what to keep of the answer that another one gives. */
  up(): Keeping | undefined | Promise<Keeping | undefined> {
    if (this.#maxAgeSeconds < 0) return this.#keeping(undefined);
    const found = this.#deps.store.get(this.#x.principal.orgId, this.#key);
    if (found instanceof Promise)
      return found.then((text) => (this.#answer(text) ? undefined : this.#missed()));
    return this.#answer(found) ? undefined : this.#missed();
  }

  #missed(): Keeping | undefined | Promise<Keeping | undefined> {
    const under = this.#deps.waitMs > 0 ? this.#flights.under(this.#key) : undefined;
    if (under !== undefined) return this.#follow(under);
    return this.#ruling.semantic === undefined ? this.#keeping(undefined) : this.#askByMeaning();
  }

  async #follow(under: Flight): Promise<Keeping | undefined> {
    await waited(under, this.#x.signal, this.#deps.waitMs);
    const found = await this.#deps.store.get(this.#x.principal.orgId, this.#key);
    return this.#answer(found) ? undefined : this.#keeping(undefined);
  }

  async #askByMeaning(): Promise<Keeping | undefined> {
    const { semantic, store } = this.#deps;
    const ruling = this.#ruling.semantic;
    const placed = ruling && (await semantic.place(this.#x, ruling, this.#parts));
    if (ruling === undefined || placed === undefined) return this.#keeping(undefined);
    const near = semantic.find(placed, ruling);
    if (near !== undefined && this.#answer(await store.get(this.#x.principal.orgId, near))) return undefined;
    return this.#keeping(placed);
  }

  /** True where the entry is there, is young enough, and may still be used. */
  #answer(text: string | undefined): boolean {
    const x = this.#x;
    const entry = text === undefined ? undefined : readEntry(text);
    if (entry === undefined || x.verdict.permits(entry.target) !== undefined) return false;
    const nowMs = this.#deps.clock.now();
    if (nowMs - entry.keptAtMs > this.#maxAgeSeconds * 1000) return false;
    x.answer = replay(entry, x.endpoint.dialect, x.call.described.stream, nowMs);
    return true;
  }

  #keeping(placed: Placed | undefined): Keeping {
    return {
      key: this.#key,
      ruling: this.#ruling,
      recording: new Recording(this.#x.endpoint.dialect, this.#deps.maxEntryBytes),
      flight: this.#flights.lead(this.#key),
      placed,
    };
  }
}

function keep(
  { store, maxEntryBytes, semantic, clock }: CacheDeps,
  x: Arrival & Open<HasPrincipal & HasCall & HasRedaction>,
  ending: Ending,
  { key, ruling, recording, placed }: Keeping,
): void | Promise<void> {
  const attempt = x.attempts.at(-1);
  if (ending.kind !== 'done' || !x.answer || !x.principal || !x.call || attempt === undefined) return;
  // What was replaced in the answer must not be kept as the provider said it.
  if (x.redaction?.findings().some(isReplacedAnswer)) return;
  const heard = recording.heard(x.answer.stream, x.call.described.choices);
  if (heard === undefined) return;
  const text = writeEntry(x.answer, attempt, heard, clock.now());
  if (text.length > maxEntryBytes) return;
  if (placed !== undefined) semantic.remember(placed, key, ruling);
  return store.set(x.principal.orgId, key, text, ruling.ttlMs);
}

function isReplacedAnswer({ direction, action }: Finding): boolean {
  return direction === 'answer' && action !== 'alert';
}
