/**
 * What models accept, where it differs within a dialect. Data: the first line that matches counts, and what no
 * line knows is given the benefit of the doubt. Collected from the vendors' pages and SDKs in November 2026.
 */

/** From little to much; `none` turns reasoning off. */
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

export interface ModelTraits {
  /** False: `temperature`, `top_p` and `top_k` are refused with 400. */
  readonly sampling: boolean;
  /** How it is asked to reason. `effort`: OpenAI's; `adaptive`, `budget`: Claude's; `level`: Gemini 3. */
  readonly thinking: 'none' | 'effort' | 'adaptive' | 'budget' | 'level';
  /** Efforts that it accepts; what it does not is rounded to the next one below, or above where none is. */
  readonly efforts: readonly Effort[];
  /** The most it writes, where Anthropic must be told a cap. */
  readonly maxOutputTokens: number;
  /** False: stop sequences, penalties and log probabilities are refused as well. */
  readonly stops: boolean;
  /** JSON schemas are taken as such; else through a tool that must be called. */
  readonly schemas: boolean;
  /** False: chat completions refuse tools beside an effort; responses take both. */
  readonly chatToolsReason: boolean;
}

const EVERY: readonly Effort[] = EFFORTS;
const CLASSIC: readonly Effort[] = ['low', 'medium', 'high'];
const CLAUDE_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'max'];
const CLAUDE_EFFORTS_5: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const GPT_EFFORTS: readonly Effort[] = ['none', 'low', 'medium', 'high', 'xhigh'];

const UNKNOWN: ModelTraits = {
  sampling: true,
  thinking: 'effort',
  efforts: EVERY,
  maxOutputTokens: 32_000,
  stops: true,
  schemas: true,
  chatToolsReason: true,
};

function traits(more: Partial<ModelTraits>): ModelTraits {
  return { ...UNKNOWN, ...more };
}

const NO_REASONING = { thinking: 'none', efforts: [] } as const;
const CLAUDE_BUDGET = { thinking: 'budget', efforts: CLASSIC } as const;
const CLAUDE_ADAPTIVE = { thinking: 'adaptive', efforts: CLAUDE_EFFORTS } as const;
const CLAUDE_5 = { sampling: false, thinking: 'adaptive', efforts: CLAUDE_EFFORTS_5 } as const;
const GPT_5: Partial<ModelTraits> = { sampling: false, stops: false, maxOutputTokens: 128_000 };

/** Names as the vendors write them, whatever a reseller puts before them (`us.anthropic.`, `openai/`). */
const TRAITS: readonly (readonly [RegExp, ModelTraits])[] = [
  [
    /claude-(?:opus|sonnet|haiku|fable|mythos)-(?:[5-9]|4-[7-9])(?!\d)/,
    traits({ ...CLAUDE_5, maxOutputTokens: 128_000 }),
  ],
  [/claude-(?:opus|sonnet)-4-6/, traits({ ...CLAUDE_ADAPTIVE, maxOutputTokens: 64_000 })],
  [/claude-(?:opus|sonnet|haiku)-4-5/, traits({ ...CLAUDE_BUDGET, maxOutputTokens: 64_000 })],
  [/claude-opus-4/, traits({ ...CLAUDE_BUDGET, maxOutputTokens: 32_000, schemas: false })],
  [/claude-sonnet-4/, traits({ ...CLAUDE_BUDGET, maxOutputTokens: 64_000, schemas: false })],
  [/claude-3-7/, traits({ ...CLAUDE_BUDGET, maxOutputTokens: 64_000, schemas: false })],
  [/claude-3-5/, traits({ ...NO_REASONING, maxOutputTokens: 8_192, schemas: false })],
  [/claude-(?:3|2|v2|instant)/, traits({ ...NO_REASONING, maxOutputTokens: 4_096, schemas: false })],
  [/gpt-5(?:-chat|\.\d+-chat)/, traits({ ...NO_REASONING, maxOutputTokens: 16_384 })],
  [/gpt-5-codex|gpt-5\.1-codex/, traits({ ...GPT_5, efforts: CLASSIC })],
  [/gpt-5(?![.\d])/, traits({ ...GPT_5, efforts: ['minimal', 'low', 'medium', 'high'] })],
  [/gpt-5\.1/, traits({ ...GPT_5, efforts: ['none', 'low', 'medium', 'high'] })],
  [/gpt-5\.[23]/, traits({ ...GPT_5, efforts: GPT_EFFORTS })],
  [/gpt-(?:5\.[4-9]|[6-9])/, traits({ ...GPT_5, efforts: GPT_EFFORTS, chatToolsReason: false })],
  [/gpt-(?:3|4)|chatgpt-4/, traits({ ...NO_REASONING, maxOutputTokens: 16_384 })],
  [/grok-3-mini/, traits({ efforts: ['low', 'high'] })],
  [/grok-(?:2|3|4(?:-\d+)?$)/, traits({ ...NO_REASONING })],
  [/mistral-|ministral|magistral|codestral|pixtral|devstral/, traits({ ...NO_REASONING })],
  [/gpt-oss/, traits({ efforts: CLASSIC })],
  [/(?:^|[./])o1-(?:mini|preview)/, traits({ ...NO_REASONING, sampling: false, stops: false })],
  [/(?:^|[./])o\d/, traits({ sampling: false, stops: false, efforts: CLASSIC, maxOutputTokens: 100_000 })],
  [
    /gemini-3[^/]*pro/,
    traits({ thinking: 'level', efforts: ['low', 'medium', 'high'], maxOutputTokens: 65_536 }),
  ],
  [
    /gemini-[3-9]/,
    traits({ thinking: 'level', efforts: ['minimal', 'low', 'medium', 'high'], maxOutputTokens: 65_536 }),
  ],
  [/gemini-2\.5-pro/, traits({ thinking: 'budget', efforts: CLASSIC, maxOutputTokens: 65_536 })],
  [/gemini-2\.5/, traits({ thinking: 'budget', efforts: EVERY, maxOutputTokens: 65_536 })],
  [/gemini-|gemma/, traits({ ...NO_REASONING, maxOutputTokens: 8_192 })],
  [/command-a-reasoning/, traits({ thinking: 'budget', maxOutputTokens: 32_768 })],
  [/command-a/, traits({ ...NO_REASONING, maxOutputTokens: 8_192 })],
  [/nova-2/, traits({ thinking: 'effort', efforts: CLASSIC, maxOutputTokens: 65_536 })],
  [/nova-|titan|llama|mixtral|command-r/, traits({ ...NO_REASONING, maxOutputTokens: 8_192 })],
];

const KEPT = new Map<string, ModelTraits>();
const KEPT_MOST = 1_000;

/** The traits of a model by its name at the provider. */
export function modelTraits(model: string): ModelTraits {
  const kept = KEPT.get(model);
  if (kept !== undefined) return kept;
  const found = TRAITS.find(([pattern]) => pattern.test(model))?.[1] ?? UNKNOWN;
  // Clients name models, so the memory has an end.
  if (KEPT.size >= KEPT_MOST) KEPT.clear();
  KEPT.set(model, found);
  return found;
}

/** True for the model family that Anthropic makes, whoever serves it. */
export function isClaude(model: string): boolean {
  return model.includes('claude');
}

/** True where a line of the table is about this model. */
export function isKnownModel(model: string): boolean {
  return modelTraits(model) !== UNKNOWN;
}
