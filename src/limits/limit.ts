import { type Principal, type SubjectKind, subjectIdOf } from '../identity/index.ts';
import type { LimitRule } from './rule.ts';

/** One number that one subject may not exceed. Built once per principal, so counters may keep state by identity. */
export interface Limit {
  readonly kind: 'requests' | 'tokens' | 'concurrent';
  readonly per: SubjectKind;
  /** Names the counter within the organisation: `requests/key/<id>`. */
  readonly key: string;
  /** Requests or tokens per minute, or requests at once. */
  readonly limit: number;
}

/** The limits that hold for a principal: the lowest of each kind and scope; none where it has no such subject. */
export function limitsOf(principal: Principal, rules: readonly LimitRule[]): readonly Limit[] {
  const lowest = new Map<string, Limit>();
  const add = (kind: Limit['kind'], per: SubjectKind, limit: number | undefined): void => {
    const subjectId = subjectIdOf(principal, per);
    if (limit === undefined || subjectId === null) return;
    const key = `${kind}/${per}/${subjectId}`;
    const known = lowest.get(key);
    if (known === undefined || limit < known.limit) lowest.set(key, { kind, per, key, limit });
  };
  for (const rule of rules) {
    add('requests', rule.per, rule.requests_per_minute);
    add('tokens', rule.per, rule.tokens_per_minute);
    add('concurrent', rule.per, rule.concurrent_requests);
  }
  return [...lowest.values()];
}
