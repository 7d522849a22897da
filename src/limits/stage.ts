import { Fault } from '../core/fault.ts';
import type { Arrival, Open, Stage } from '../gateway/stage.ts';
import type { HasPrincipal, Principal } from '../identity/index.ts';
import type { HasAdmission } from './admission.ts';
import type { Counter, Taken } from './counter.ts';
import { type Limit, limitsOf } from './limit.ts';
import type { LimitRule } from './rule.ts';

export interface AdmitDeps {
  /** The rules of the policies in force; the same array as long as they do not change. */
  readonly limitsFor: (principal: Principal) => readonly LimitRule[];
  readonly counter: Counter;
}

interface Compiled {
  readonly rules: readonly LimitRule[];
  readonly limits: readonly Limit[];
}

type Admitting = Arrival & HasPrincipal & Open<HasAdmission>;

/** About four bytes make a token; the settlement corrects it. */
const BYTES_PER_TOKEN = 4;

/**
 * Requests and tokens per minute and requests at once: cheap refusals before any work is done. Synchronous where
 * the counter is. Tokens are estimated from the declared length of the body, which is not read yet, and
 * corrected by what the attempts used.
 */
export function admit(deps: AdmitDeps): Stage<HasPrincipal, HasAdmission> {
  const compiled = new WeakMap<Principal, Compiled>();
  const limitsFor = (principal: Principal): readonly Limit[] => {
    const rules = deps.limitsFor(principal);
    const known = compiled.get(principal);
    if (known?.rules === rules) return known.limits;
    const limits = limitsOf(principal, rules);
    compiled.set(principal, { rules, limits });
    return limits;
  };

  return {
    name: 'admit',
    enter(x) {
      const limits = limitsFor(x.principal);
      if (limits.length === 0) {
        x.admission = undefined;
        return;
      }
      const tokens = Math.ceil(x.declaredBytes / BYTES_PER_TOKEN);
      const taken = deps.counter.take(x.principal.orgId, limits, tokens, x.id);
      if (taken instanceof Promise) return taken.then((later) => conclude(x, limits, tokens, later));
      conclude(x, limits, tokens, taken);
    },
    settle(x) {
      const { admission, principal } = x;
      if (!admission || principal === null) return;
      let used = 0;
      for (const { usage } of x.attempts) used += usage.inputTokens + usage.outputTokens;
      const { limits, taken, estimatedTokens } = admission;
      taken.counter.give(principal.orgId, limits, used - estimatedTokens, x.id);
    },
  };
}

function conclude(x: Admitting, limits: readonly Limit[], estimatedTokens: number, taken: Taken): void {
  describeState(x.answerHeaders, limits, taken);
  const refusing = limits[taken.refusedBy];
  if (refusing !== undefined) throw refusal(refusing, taken.retryAfterMs);
  x.admission = { limits, taken, estimatedTokens };
}

function refusal({ kind, limit, per }: Limit, retryAfterMs: number): Fault {
  const whose = per === 'org' ? 'this organisation' : `this ${per}`;
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
function describeState(headers: Record<string, string>, limits: readonly Limit[], taken: Taken): void {
  for (const kind of ['requests', 'tokens'] as const) {
    let tightest = -1;
    for (const [index, limit] of limits.entries()) {
      if (limit.kind !== kind) continue;
      if (tightest < 0 || at(taken.remaining, index) < at(taken.remaining, tightest)) tightest = index;
    }
    const limit = limits[tightest];
    if (limit === undefined) continue;
    headers[`x-ratelimit-limit-${kind}`] = String(limit.limit);
    headers[`x-ratelimit-remaining-${kind}`] = String(at(taken.remaining, tightest));
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
