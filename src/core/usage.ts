import type { PicoUsd } from './money.ts';

/**
 * The service that a provider gave an answer, as far as it decides the price. Vendors' own words for them are read
 * in `dialects/service-tier.ts`; `other` is a service that nobody here knows, and so has no price.
 */
export const SERVICE_TIERS = ['standard', 'flex', 'priority', 'batch', 'fast', 'other'] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

/**
 * What one upstream attempt used, in one meaning for all providers: `inputTokens` is everything that was
 * read (cached and cache-write included), `outputTokens` everything that was written (reasoning included).
 * The other token counts say how much of those totals is of a special price class.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  /** Of `cacheWriteTokens`, those with a one-hour life (Anthropic). */
  readonly cacheWrite1hTokens: number;
  readonly audioInputTokens: number;
  readonly imageInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly audioOutputTokens: number;
  readonly imageOutputTokens: number;
  /** Searches of the web that the provider ran itself. */
  readonly webSearches: number;
  /** Searches in stored files that the provider ran itself. */
  readonly fileSearches: number;
  readonly serviceTier: ServiceTier;
  /** Kept inside one region at the client's wish, for which the vendor takes more (Anthropic's `inference_geo`). */
  readonly regional: boolean;
  /** What the provider itself says that it charges; undefined where it says nothing. */
  readonly providerCost: PicoUsd | undefined;
  /** Reported by the provider, or estimated (in whole or in part) by the gateway where it reported none. */
  readonly source: 'reported' | 'estimated';
}

export const NO_USAGE: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  audioInputTokens: 0,
  imageInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioOutputTokens: 0,
  imageOutputTokens: 0,
  webSearches: 0,
  fileSearches: 0,
  serviceTier: 'standard',
  regional: false,
  providerCost: undefined,
  source: 'estimated',
};
