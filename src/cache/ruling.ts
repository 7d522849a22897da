/** Who may share an answer: the whole organisation, or only those of one team, one person, one key. */
export const CACHE_SCOPES = ['org', 'team', 'user', 'key'] as const;
export type CacheScope = (typeof CACHE_SCOPES)[number];

/** What the policies that match a request say of keeping and reusing answers. */
export interface CacheRuling {
  readonly ttlMs: number;
  readonly scope: CacheScope;
  /** A request that asks for a higher temperature wants another answer every time. */
  readonly maxTemperature: number;
  /** Requests that offer tools may be answered from the cache. */
  readonly tools: boolean;
  readonly semantic: SemanticRuling | undefined;
}

/** Answers to questions that mean the same. */
export interface SemanticRuling {
  /** The embedding model, as a caller would name it. */
  readonly model: string;
  /** Least cosine similarity, in (0, 1]. */
  readonly threshold: number;
  /** Questions of different namespaces never meet. */
  readonly namespace: string;
}

/** Of several rulings the strictest in every respect; undefined where one of them forbids the cache. */
export function strictest(rulings: readonly CacheRuling[]): CacheRuling | undefined {
  const [first, ...others] = rulings;
  if (first === undefined || rulings.some(({ ttlMs }) => ttlMs === 0)) return undefined;
  return others.reduce(stricter, first);
}

function stricter(one: CacheRuling, other: CacheRuling): CacheRuling {
  return {
    ttlMs: Math.min(one.ttlMs, other.ttlMs),
    scope: CACHE_SCOPES.indexOf(one.scope) > CACHE_SCOPES.indexOf(other.scope) ? one.scope : other.scope,
    maxTemperature: Math.min(one.maxTemperature, other.maxTemperature),
    tools: one.tools && other.tools,
    semantic: stricterSemantic(one.semantic, other.semantic),
  };
}

function stricterSemantic(
  one: SemanticRuling | undefined,
  other: SemanticRuling | undefined,
): SemanticRuling | undefined {
  if (one === undefined || other === undefined) return undefined;
  return {
    model: one.model,
    threshold: Math.max(one.threshold, other.threshold),
    namespace: one.namespace === other.namespace ? one.namespace : `${one.namespace}\n${other.namespace}`,
  };
}
