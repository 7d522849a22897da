/** The limits that providers tell in the headers of their answers, in one shape. */
import type { IncomingHttpHeaders } from 'node:http';

export interface RateLimit {
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** Epoch milliseconds; undefined where the provider does not say. */
  readonly resetAtMs: number | undefined;
}

export interface RateLimits {
  readonly requests: RateLimit | undefined;
  readonly tokens: RateLimit | undefined;
}

interface Names {
  readonly limit: string;
  readonly remaining: string;
  /** undefined: the provider has none. */
  readonly reset: string | undefined;
}

/** How a provider names its limits. */
export interface RateLimitHeaders {
  readonly requests: Names | undefined;
  readonly tokens: Names | undefined;
}

const openai = (of: string): Names => ({
  limit: `x-ratelimit-limit-${of}`,
  remaining: `x-ratelimit-remaining-${of}`,
  reset: `x-ratelimit-reset-${of}`,
});
const anthropic = (of: string): Names => ({
  limit: `anthropic-ratelimit-${of}-limit`,
  remaining: `anthropic-ratelimit-${of}-remaining`,
  reset: `anthropic-ratelimit-${of}-reset`,
});
const mistral = (of: string): Names => ({
  limit: `x-ratelimit-limit-${of}-minute`,
  remaining: `x-ratelimit-remaining-${of}-minute`,
  reset: undefined,
});

export const OPENAI_LIMITS: RateLimitHeaders = { requests: openai('requests'), tokens: openai('tokens') };
export const ANTHROPIC_LIMITS: RateLimitHeaders = {
  requests: anthropic('requests'),
  tokens: anthropic('tokens'),
};
export const MISTRAL_LIMITS: RateLimitHeaders = { requests: mistral('req'), tokens: mistral('tokens') };
export const TOGETHER_LIMITS: RateLimitHeaders = {
  requests: { limit: 'x-ratelimit-limit', remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' },
  tokens: undefined,
};

/** @returns undefined where the answer tells of none */
export function readRateLimits(
  headers: IncomingHttpHeaders,
  names: RateLimitHeaders,
  nowMs: number,
): RateLimits | undefined {
  const requests = names.requests && readLimit(headers, names.requests, nowMs);
  const tokens = names.tokens && readLimit(headers, names.tokens, nowMs);
  return requests === undefined && tokens === undefined ? undefined : { requests, tokens };
}

/** Cheap tests for the path of every answer, which read nothing. */
export function tellsLimits(headers: IncomingHttpHeaders, names: RateLimitHeaders | undefined): boolean {
  return (
    (names?.requests !== undefined && headers[names.requests.remaining] !== undefined) ||
    (names?.tokens !== undefined && headers[names.tokens.remaining] !== undefined)
  );
}

export function usedUp(headers: IncomingHttpHeaders, names: RateLimitHeaders | undefined): boolean {
  return (
    (names?.requests !== undefined && headers[names.requests.remaining] === '0') ||
    (names?.tokens !== undefined && headers[names.tokens.remaining] === '0')
  );
}

/** Until when calls would be refused, as the limits say it: epoch milliseconds, 0 where nothing is used up. */
export function exhaustedUntilMs(limits: RateLimits | undefined, nowMs: number): number {
  let untilMs = 0;
  for (const one of [limits?.requests, limits?.tokens]) {
    // Azure reports 0 and -1 for deployments that have plenty; without a limit above zero it means nothing.
    if (one?.remaining !== 0 || !one.limit || one.limit < 0) continue;
    if (one.resetAtMs !== undefined && one.resetAtMs > nowMs) untilMs = Math.max(untilMs, one.resetAtMs);
  }
  return untilMs;
}

function readLimit(headers: IncomingHttpHeaders, names: Names, nowMs: number): RateLimit | undefined {
  const limit = readCount(headers[names.limit]);
  const remaining = readCount(headers[names.remaining]);
  if (limit === undefined && remaining === undefined) return undefined;
  const reset = names.reset === undefined ? undefined : headers[names.reset];
  return {
    limit,
    remaining,
    resetAtMs: typeof reset === 'string' ? readResetMs(reset, nowMs) : undefined,
  };
}

function readCount(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SPAN = /(\d+(?:\.\d+)?)(ms|[smhd])/g;

/**
 * When a limit is whole again: a span (`6m0s`, `1d2h`, `579ms`), seconds, or a date.
 * @returns epoch milliseconds
 */
export function readResetMs(text: string, nowMs: number): number | undefined {
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return nowMs + Number(text) * 1000;
  if (text !== '' && text.replace(SPAN, '') === '') {
    let spanMs = 0;
    for (const [, count, unit = 's'] of text.matchAll(SPAN)) spanMs += Number(count) * (UNIT_MS[unit] ?? 0);
    return nowMs + spanMs;
  }
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : dateMs;
}
