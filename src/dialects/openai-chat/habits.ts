import { words } from '../canonical/trail.ts';

/**
 * What providers that follow chat completions do otherwise than OpenAI, by their kind. Members that a provider does
 * not know are mostly ignored; those listed here are answered with 4xx.
 */
interface Habits {
  readonly refuses: ReadonlySet<string>;
  /** Knows the role `developer`; others know `system` only. */
  readonly developer: boolean;
}

const NOTHING: ReadonlySet<string> = new Set();
const OPENAI: Habits = { refuses: NOTHING, developer: true };
const FOLLOWER: Habits = { refuses: NOTHING, developer: false };

const HABITS: ReadonlyMap<string, Habits> = new Map([
  ['openai', OPENAI],
  ['azure-openai', OPENAI],
  ['openrouter', OPENAI],
  [
    'mistral',
    {
      refuses: words(`user metadata service_tier store verbosity prompt_cache_retention prompt_cache_options
        moderation logprobs top_logprobs logit_bias reasoning_effort`),
      developer: false,
    },
  ],
  [
    'groq',
    { refuses: words('logprobs top_logprobs logit_bias verbosity prompt_cache_retention'), developer: false },
  ],
  [
    'cerebras',
    { refuses: words('frequency_penalty presence_penalty logit_bias store metadata'), developer: false },
  ],
]);

export function habitsOf(kind: string): Habits {
  return HABITS.get(kind) ?? FOLLOWER;
}
