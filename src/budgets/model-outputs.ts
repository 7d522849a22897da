import { namePatterns } from '../core/pattern.ts';
import type { BudgetSettings } from './settings.ts';

/** What must be known of a model to bound an answer that the client did not cap. */
export interface ModelOutput {
  /** The most tokens it writes in one answer; undefined where nobody said. */
  readonly mostTokens: number | undefined;
  /** It bills more than it streams: reasoning that stays with the vendor. */
  readonly unseen: boolean;
}

const UNKNOWN: ModelOutput = { mostTokens: undefined, unseen: false };

/** The vendors' own pages, November 2026: platform.openai.com/docs/models/<name>, "max output tokens". */
const KNOWN = [
  { models: ['o1-mini*'], max_output_tokens: 65_536, unseen_reasoning: true },
  { models: ['o1*', 'o3*', 'o4-*'], max_output_tokens: 100_000, unseen_reasoning: true },
  { models: ['gpt-5*'], max_output_tokens: 128_000, unseen_reasoning: true },
  { models: ['gpt-4.1*'], max_output_tokens: 32_768, unseen_reasoning: false },
  { models: ['gpt-4o*', 'chatgpt-4o*'], max_output_tokens: 16_384, unseen_reasoning: false },
  { models: ['gpt-4-turbo*', 'gpt-3.5-turbo*'], max_output_tokens: 4_096, unseen_reasoning: false },
  {
    models: [
      '*/o1*',
      '*/o3*',
      '*/o4-*',
      '*gpt-5*',
      'codex-*',
      'grok-4*',
      '*/grok-4*',
      '*gemini-2.5*',
      '*gemini-3*',
    ],
    unseen_reasoning: true,
  },
] as const satisfies readonly Entry[];

type Entry = BudgetSettings['model_outputs'][number];

/** Own entries first, then what the gateway knows. A name that none of them has is taken to show all it writes. */
export function modelOutputs(own: readonly Entry[]): (model: string) => ModelOutput {
  const entries = [...own, ...KNOWN].map((entry: Entry) => ({
    matches: namePatterns(entry.models),
    output: { mostTokens: entry.max_output_tokens, unseen: entry.unseen_reasoning },
  }));
  return (model) => entries.find(({ matches }) => matches(model))?.output ?? UNKNOWN;
}
