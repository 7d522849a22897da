/**
 * Tokens of one upstream attempt, in one meaning for all providers: `inputTokens` is everything that was
 * read (cached and cache-write included), `outputTokens` everything that was written (reasoning included).
 * The other members say how much of those totals is of a special price class.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  /** Of `cacheWriteTokens`, those with a one-hour life (Anthropic). */
  readonly cacheWrite1hTokens: number;
  readonly audioInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly audioOutputTokens: number;
  /** Reported by the provider, or estimated by the gateway where it reported none. */
  readonly source: 'reported' | 'estimated';
}

export const NO_USAGE: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  audioInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioOutputTokens: 0,
  source: 'estimated',
};
