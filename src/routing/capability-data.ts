/** What families of models can do, as their vendors document it; the first pattern that matches a name counts. */

export interface Family {
  /** Of the model's name without a vendor before it (`meta-llama/llama-4-scout` is `llama-4-scout`). */
  readonly pattern: string;
  readonly contextTokens?: number;
  readonly vision?: boolean;
  readonly tools?: boolean;
}

export const FAMILIES: readonly Family[] = [
  { pattern: 'sim-*', contextTokens: 128_000, vision: true, tools: true },
  { pattern: 'text-embedding-*', contextTokens: 8_191, vision: false, tools: false },
  { pattern: 'omni-moderation*', vision: true, tools: false },
  { pattern: 'o1-mini*', contextTokens: 128_000, vision: false, tools: false },
  { pattern: 'o3-mini*', contextTokens: 200_000, vision: false, tools: true },
  { pattern: 'o1*', contextTokens: 200_000, vision: true, tools: true },
  { pattern: 'o3*', contextTokens: 200_000, vision: true, tools: true },
  { pattern: 'o4-mini*', contextTokens: 200_000, vision: true, tools: true },
  { pattern: 'gpt-3.5*', contextTokens: 16_385, vision: false, tools: true },
  { pattern: 'gpt-4-turbo*', contextTokens: 128_000, vision: true, tools: true },
  { pattern: 'gpt-4o*', contextTokens: 128_000, vision: true, tools: true },
  { pattern: 'gpt-4.1*', contextTokens: 1_047_576, vision: true, tools: true },
  { pattern: 'gpt-4*', contextTokens: 8_192, vision: false, tools: true },
  { pattern: 'gpt-oss*', contextTokens: 131_072, vision: false, tools: true },
  { pattern: 'gpt-*', vision: true, tools: true },
  { pattern: 'claude-*', contextTokens: 200_000, vision: true, tools: true },
  { pattern: 'gemini-*', contextTokens: 1_048_576, vision: true, tools: true },
  { pattern: 'llama-4*', vision: true, tools: true },
  { pattern: 'llama-3.2-*vision*', contextTokens: 131_072, vision: true },
  { pattern: 'llama-3*', contextTokens: 131_072, vision: false, tools: true },
  { pattern: 'deepseek-*', vision: false },
  { pattern: 'mixtral-*', vision: false },
];
