import type { Clock } from '../core/clock.ts';
import type { Arrival, HasCall } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import { cacheKey, type KeyParts } from './key.ts';
import { lastQuestion } from './question.ts';
import type { CacheRuling, SemanticRuling } from './ruling.ts';
import type { Vectors } from './vectors.ts';

/** The vector of a text, on behalf of the caller; undefined where there is none. Never rejects. */
export type Embed<X> = (x: X, model: string, text: string) => Promise<readonly number[] | undefined>;

export interface SemanticDeps<X> {
  readonly vectors: Vectors;
  readonly embed: Embed<X>;
  /** A question whose vector is not there in this time is asked of a provider. */
  readonly waitMs: number;
  readonly clock: Clock;
}

/** A question and its place, once its vector is known. */
export interface Placed {
  readonly context: string;
  readonly vector: readonly number[];
}

/** Finds questions that mean the same, in the same context and by the same rights. */
export class Semantic<X extends Arrival & HasPrincipal & HasCall> {
  readonly #deps: SemanticDeps<X>;

  constructor(deps: SemanticDeps<X>) {
    this.#deps = deps;
  }

  /** undefined where the request asks nothing, or nobody can say in time what it means. */
  async place(x: X, ruling: SemanticRuling, parts: KeyParts): Promise<Placed | undefined> {
    const question = lastQuestion(x.endpoint.dialect, parts.body);
    if (question === undefined) return undefined;
    const rest = question.without(() => cacheKey(parts));
    const vector = await within(this.#deps.waitMs, this.#deps.embed(x, ruling.model, question.text));
    if (vector === undefined) return undefined;
    return { context: `${rest}\n${ruling.model}\n${ruling.namespace}`, vector };
  }

  /** The key of the answer to the nearest question that is near enough. */
  find({ context, vector }: Placed, { threshold }: SemanticRuling): string | undefined {
    const nearest = this.#deps.vectors.nearest(context, vector, this.#deps.clock.now());
    return nearest !== undefined && nearest.similarity >= threshold ? nearest.entryKey : undefined;
  }

  remember({ context, vector }: Placed, entryKey: string, { ttlMs }: CacheRuling): void {
    const nowMs = this.#deps.clock.now();
    this.#deps.vectors.add(context, vector, entryKey, nowMs + ttlMs, nowMs);
  }
}

function within<T>(ms: number, work: Promise<T | undefined>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    void work.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
