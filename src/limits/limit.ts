import { type NameTest, namePatterns } from '../core/pattern.ts';
import { type Principal, type SubjectKind, subjectIdOf } from '../identity/index.ts';
import type { LimitRule } from './rule.ts';

/** One number that one subject may not exceed. Built once per principal, so counters may keep state by identity. */
export interface Limit {
  readonly kind: 'requests' | 'tokens' | 'concurrent';
  readonly per: SubjectKind;
  /** Of calls to this model only; undefined: of all calls. */
  readonly model?: string | undefined;
  /** Names the counter within the organisation: `requests/key/<id>`. */
  readonly key: string;
  /** Requests or tokens per minute, or requests at once. */
  readonly limit: number;
}

/** The limits that hold for a principal whatever the model: the lowest of each kind and scope. */
export function limitsOf(principal: Principal, rules: readonly LimitRule[]): readonly Limit[] {
  return lowestOf(
    principal,
    rules.filter((rule) => rule.models === undefined),
    undefined,
  );
}

/** Models whose limits are kept worked out; whoever names more of them pays for it. */
const MODELS_MAX = 1_000;

/** What a call of a principal is counted by once it is known: its tokens, and the limits of its model, which every model has for itself. */
export class LimitsOfCalls {
  readonly #principal: Principal;
  readonly #rules: readonly { readonly rule: LimitRule; readonly names: NameTest }[];
  readonly #tokens: readonly Limit[];
  readonly #known = new Map<string, readonly Limit[]>();

  constructor(principal: Principal, rules: readonly LimitRule[]) {
    this.#principal = principal;
    this.#rules = rules.flatMap((rule) =>
      rule.models === undefined ? [] : [{ rule, names: namePatterns(rule.models) }],
    );
    this.#tokens = limitsOf(principal, rules).filter(({ kind }) => kind === 'tokens');
  }

  of(model: string): readonly Limit[] {
    if (this.#rules.length === 0) return this.#tokens;
    let limits = this.#known.get(model);
    if (limits === undefined) {
      const named = this.#rules.filter(({ names }) => names(model)).map(({ rule }) => rule);
      limits = [...this.#tokens, ...lowestOf(this.#principal, named, model)];
      if (this.#known.size >= MODELS_MAX) this.#known.clear();
      this.#known.set(model, limits);
    }
    return limits;
  }
}

function lowestOf(
  principal: Principal,
  rules: readonly LimitRule[],
  model: string | undefined,
): readonly Limit[] {
  const lowest = new Map<string, Limit>();
  const add = (kind: Limit['kind'], per: SubjectKind, limit: number | undefined): void => {
    const subjectId = subjectIdOf(principal, per);
    if (limit === undefined || subjectId === null) return;
    const key = `${kind}/${per}/${subjectId}${model === undefined ? '' : `/${model}`}`;
    const known = lowest.get(key);
    if (known === undefined || limit < known.limit) lowest.set(key, { kind, per, model, key, limit });
  };
  for (const rule of rules) {
    add('requests', rule.per, rule.requests_per_minute);
    add('tokens', rule.per, rule.tokens_per_minute);
    add('concurrent', rule.per, rule.concurrent_requests);
  }
  return [...lowest.values()];
}
