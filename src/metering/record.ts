/** What metering reads of a journal record: names are those of the table `usage_events`. */

import type { Attempt } from '../core/attempt.ts';
import { isoTime } from '../core/iso-time.ts';
import { storableText } from '../core/json.ts';
import type { Saving } from '../core/saving.ts';
import { NO_USAGE, type ServiceTier } from '../core/usage.ts';

/** The part of a request's journal record that its usage lines share. */
export interface MeteredRequest {
  readonly id: string;
  /** Null where nobody was recognised; such a request has no usage lines. */
  readonly org_id: string | null;
  readonly team_id: string | null;
  readonly user_id: string | null;
  readonly key_id: string | null;
  /** The operation. */
  readonly action: string;
  readonly details: {
    readonly model: string | null;
    readonly stream: boolean;
    readonly prompt: { readonly name: string; readonly version: number } | null;
    readonly tags: Readonly<Record<string, string>>;
    readonly end_user: string | null;
  };
  /** One per attempt, in order. */
  readonly usage: readonly UsageLine[];
}

export interface UsageLine {
  readonly id: string;
  /** ISO 8601, UTC: the start of the attempt. */
  readonly occurred_at: string;
  readonly attempt: number;
  readonly provider: string;
  readonly model: string;
  readonly region: string | null;
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_write_1h_tokens: number;
  readonly audio_input_tokens: number;
  readonly image_input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly audio_output_tokens: number;
  readonly image_output_tokens: number;
  readonly web_searches: number;
  readonly file_searches: number;
  readonly service_tier: ServiceTier;
  /** Kept inside a region, for which the vendor takes more. */
  readonly regional: boolean;
  readonly usage_source: 'reported' | 'estimated';
  /** A whole number; null = unpriced. */
  readonly cost_pico_usd: string | null;
  readonly price_version: string | null;
  /** A whole number; null where nothing was saved, or the price of it was not known. */
  readonly saved_pico_usd: string | null;
  readonly outcome: 'answered' | 'failed' | 'cancelled' | 'cached';
  readonly reason: string | null;
  readonly status: number | null;
  readonly first_byte_ms: number | null;
  readonly duration_ms: number | null;
}

/** @param index counts the attempts of one request from 0 */
export function usageLine(attempt: Attempt, index: number): UsageLine {
  const { usage, cost } = attempt;
  // An attempt that nobody ended was cut off with the request.
  const unsettled = attempt.outcome === 'running';
  return {
    id: attempt.id,
    occurred_at: isoTime(attempt.startedAtMs),
    attempt: index + 1,
    provider: attempt.provider,
    model: storableText(attempt.model, 256),
    region: attempt.region ?? null,
    input_tokens: count(usage.inputTokens),
    cached_input_tokens: count(usage.cachedInputTokens),
    cache_write_tokens: count(usage.cacheWriteTokens),
    cache_write_1h_tokens: count(usage.cacheWrite1hTokens),
    audio_input_tokens: count(usage.audioInputTokens),
    image_input_tokens: count(usage.imageInputTokens),
    output_tokens: count(usage.outputTokens),
    reasoning_tokens: count(usage.reasoningTokens),
    audio_output_tokens: count(usage.audioOutputTokens),
    image_output_tokens: count(usage.imageOutputTokens),
    web_searches: count(usage.webSearches),
    file_searches: count(usage.fileSearches),
    service_tier: usage.serviceTier,
    regional: usage.regional,
    usage_source: usage.source,
    cost_pico_usd: cost ? cost.picoUsd.toString() : null,
    price_version: cost ? cost.priceVersion : null,
    saved_pico_usd: null,
    outcome: attempt.outcome === 'running' ? 'cancelled' : attempt.outcome,
    reason: unsettled ? 'unsettled' : attempt.reason === undefined ? null : storableText(attempt.reason, 128),
    status: attempt.status ?? null,
    first_byte_ms: attempt.firstByteMs === undefined ? null : count(attempt.firstByteMs),
    duration_ms: attempt.durationMs === undefined ? null : count(attempt.durationMs),
  };
}

/**
 * The line of an answer from the cache: free of charge and without tokens, because no provider was asked; with what
 * the answer had cost.
 *
 * @param id UUIDv7; the identity of the line
 */
export function savedLine({ target, picoUsd }: Saving, id: string, atMs: number): UsageLine {
  const attempt: Attempt = {
    id,
    ...target,
    role: 'first',
    startedAtMs: atMs,
    firstByteMs: undefined,
    durationMs: undefined,
    status: undefined,
    outcome: 'answered',
    reason: 'cache_hit',
    usage: { ...NO_USAGE, source: 'reported' },
    responseId: undefined,
    cost: { picoUsd: 0n, priceVersion: 'cache' },
  };
  const saved = picoUsd === undefined ? null : picoUsd.toString();
  return { ...usageLine(attempt, 0), saved_pico_usd: saved, outcome: 'cached' };
}

const INT4_MAX = 2_147_483_647;

/** What a provider reports may be anything; a column takes whole numbers of 31 bits. */
function count(value: number): number {
  return value > 0 ? Math.min(Math.round(value), INT4_MAX) : 0;
}
