/** What a client is told of its limits. */
import { Fault } from '../core/fault.ts';
import type { Taken } from './counter.ts';
import type { Limit } from './limit.ts';

/** Which limit says no, whose it is, and when to come back. */
export function refusalOf({ kind, limit, per, model }: Limit, retryAfterMs: number): Fault {
  const subject = per === 'org' ? 'this organisation' : `this ${per}`;
  const whose = model === undefined ? subject : `model "${model}" of ${subject}`;
  if (kind === 'concurrent') {
    return new Fault(
      'concurrency_limit_exceeded',
      `${limit} requests of ${whose} are running already, which is its limit. Wait until one has ended.`,
      { retryAfterMs: 1000 },
    );
  }
  return new Fault(
    'rate_limit_exceeded',
    `The limit of ${limit} ${kind} per minute for ${whose} is used up. Try again in ${duration(retryAfterMs)}.`,
    { retryAfterMs },
  );
}

/** `x-ratelimit-*` as OpenAI sends them, of the limit that leaves the least of each kind. */
export function describeState(headers: Record<string, string>, limits: readonly Limit[], taken: Taken): void {
  for (const kind of ['requests', 'tokens'] as const) {
    let tightest = -1;
    for (const [index, limit] of limits.entries()) {
      if (limit.kind !== kind) continue;
      if (tightest < 0 || at(taken.remaining, index) < at(taken.remaining, tightest)) tightest = index;
    }
    const limit = limits[tightest];
    if (limit === undefined) continue;
    // the counter's tolerance is no promise: more than the limit is never told
    const remaining = Math.min(limit.limit, at(taken.remaining, tightest));
    if (Number(headers[`x-ratelimit-remaining-${kind}`]) <= remaining) continue;
    headers[`x-ratelimit-limit-${kind}`] = String(limit.limit);
    headers[`x-ratelimit-remaining-${kind}`] = String(remaining);
    headers[`x-ratelimit-reset-${kind}`] = duration(at(taken.resetMs, tightest));
  }
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0;
}

/** In OpenAI's form: `17ms`, `1.5s`, `6m0s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  if (ms < 60_000) return `${Math.ceil(ms / 100) / 10}s`;
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
