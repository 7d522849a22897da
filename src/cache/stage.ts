import type { Attempt } from '../core/attempt.ts';
import type { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Answer, Arrival, ByteSource, EventTransform, HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { Target } from '../providers/index.ts';
import type { Finding, HasRedaction } from '../redaction/index.ts';
import { cacheKey } from './key.ts';
import type { AnswerStore } from './store.ts';

export interface CacheDeps {
  readonly store: AnswerStore;
  readonly maxEntryBytes: number;
}

/** The part of a verdict that this stage needs; policies import this house, so it is named by shape. */
interface HasCacheVerdict {
  verdict: {
    readonly cacheTtlMs: number | undefined;
    readonly policies: readonly string[];
    readonly permits: (target: Target) => Fault | undefined;
  };
}

type Needs = HasPrincipal & HasCall & HasCacheVerdict & HasRedaction;

/** An answer as it is kept: what the provider said, before values are put back for one caller. */
interface Kept {
  readonly status: number;
  /** Who said it: on a hit the policies are asked again whether it may still be used. */
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  /** See Answer: the same request asked for it, or did not. */
  readonly usageInjected: boolean;
  /** One body, or the events of a stream. */
  readonly events: readonly JsonObject[];
}

/** Answers from what the same organisation asked before; keeps what is worth keeping when the request is done. */
export function consultCache({ store, maxEntryBytes }: CacheDeps): Stage<Needs> {
  const recordings = new WeakMap<Arrival, Recording>();
  return {
    name: 'consult-cache',
    enter: (x) => {
      const ttlMs = x.verdict.cacheTtlMs;
      if (ttlMs === undefined) return;
      const wish = x.headers['cache-control'] ?? '';
      if (/no-store/i.test(wish)) return bypass(x);
      const { body, described } = x.call;
      const key = cacheKey(x.principal, x.verdict.policies, x.endpoint.operation, described, body);
      const found = /no-cache/i.test(wish) ? undefined : store.get(x.principal.orgId, key);
      const use = (text: string | undefined): void => {
        const kept = text === undefined ? undefined : (JSON.parse(text) as Kept);
        const hit = kept !== undefined && x.verdict.permits(kept.target) === undefined;
        x.answerHeaders['x-sluice-cache'] = hit ? 'hit' : 'miss';
        if (hit) x.answer = replay(kept, x.endpoint.dialect, x.call.described.stream);
        else recordings.set(x, new Recording(key, ttlMs));
      };
      return found instanceof Promise ? found.then(use) : use(found);
    },
    events: (x) => recordings.get(x),
    settle: (x, ending) => {
      const recording = recordings.get(x);
      if (!recording || ending.kind !== 'done' || !x.answer || !x.principal) return;
      // What was replaced in the answer must not be kept as the provider said it.
      if (x.redaction?.findings().some(isReplacedAnswer)) return;
      const attempt = x.attempts.at(-1);
      if (!attempt) return;
      const text = JSON.stringify(keep(x.answer, attempt, recording.events));
      if (text.length > maxEntryBytes) return;
      return store.set(x.principal.orgId, recording.key, text, recording.ttlMs);
    },
  };
}

function keep(
  { status, headers, usageInjected }: Answer,
  { provider, model, region }: Attempt,
  events: readonly JsonObject[],
): Kept {
  const type = { 'content-type': headers['content-type'] ?? 'application/json' };
  return { status, headers: type, usageInjected, target: { provider, model, region }, events };
}

function isReplacedAnswer({ direction, action }: Finding): boolean {
  return direction === 'answer' && action !== 'alert';
}

function bypass(x: Arrival): void {
  x.answerHeaders['x-sluice-cache'] = 'bypass';
}

/** Listens to the answer as the innermost transform; changes nothing. */
class Recording implements EventTransform {
  readonly key: string;
  readonly ttlMs: number;
  readonly events: JsonObject[] = [];

  constructor(key: string, ttlMs: number) {
    this.key = key;
    this.ttlMs = ttlMs;
  }

  event(event: JsonObject): JsonObject[] {
    // a copy, because transforms further out change events in place
    this.events.push(structuredClone(event));
    return [event];
  }

  end(): JsonObject[] {
    return [];
  }

  whole(body: JsonObject): void {
    this.events.push(structuredClone(body));
  }
}

function replay(kept: Kept, dialect: Dialect, stream: boolean): Answer {
  const text = stream
    ? kept.events.map((event) => dialect.stream.frame(event)).join('') + dialect.stream.terminator
    : JSON.stringify(kept.events[0]);
  return {
    status: kept.status,
    headers: { ...kept.headers, 'x-sluice-cost-usd': '0' },
    stream,
    usageInjected: kept.usageInjected,
    source: sourceOf(text),
  };
}

function sourceOf(text: string): ByteSource {
  return {
    pipe: (sink) => {
      sink.data(Buffer.from(text));
      sink.end();
    },
    resume: () => undefined,
    cancel: () => undefined,
  };
}
