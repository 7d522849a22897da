import type { JsonObject } from '../../core/json.ts';
import type { Effort } from '../models.ts';

/**
 * A request without a wire format: what the five dialects have words for. Readers fill it, writers write what
 * their dialect can say; `features.ts` says what happens to the rest.
 */
export interface CanonicalRequest {
  stream: boolean;
  turns: Turn[];
  tools: ToolDefinition[];
  toolChoice?: ToolChoice;
  /** False where the model must call one tool at a time. */
  parallelTools?: boolean;
  format?: OutputFormat;
  reasoning?: Reasoning;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  seed?: number;
  choices?: number;
  logprobs?: boolean;
  topLogprobs?: number;
  stop?: string[];
  /** The application's name for its end user. */
  user?: string;
  /** Members that chat completions and responses share and nobody else knows, under their own names. */
  openAi: JsonObject;
}

/** Neighbours of one role stay apart; writers merge where their dialect wants that. */
export interface Turn {
  role: 'system' | 'user' | 'assistant';
  /** OpenAI's newer word for system. */
  developer?: boolean;
  parts: Part[];
}

export type Part = TextPart | MediaPart | ThoughtPart | CallPart | ResultPart;

interface Placed {
  /** Where it stands in the client's body: `messages[2].content[0]`. */
  readonly path: string;
  /** The provider is asked to cache everything up to here. */
  cache?: CacheTtl;
}

export type CacheTtl = '5m' | '1h';

export interface TextPart extends Placed {
  kind: 'text';
  text: string;
  seal?: Seal;
}

export interface MediaPart extends Placed {
  kind: 'image' | 'file' | 'audio' | 'video';
  source: MediaSource;
  /** Of files. */
  name?: string;
  /** OpenAI's resolution of images. */
  detail?: string;
}

export type MediaSource =
  | { readonly from: 'inline'; readonly mime: string /** base64 */; readonly data: string }
  | { readonly from: 'url'; readonly url: string; readonly mime?: string }
  | { readonly from: 'text'; readonly text: string };

export interface ThoughtPart extends Placed {
  kind: 'thought';
  text: string;
  seal?: Seal;
}

export interface CallPart extends Placed {
  kind: 'call';
  id: string;
  name: string;
  /** JSON text where the client sent text, so that its spelling survives. */
  args: string | JsonObject;
  /** A custom tool of OpenAI's: `args` is free text. */
  custom?: boolean;
  seal?: Seal;
}

export interface ResultPart extends Placed {
  kind: 'result';
  id: string;
  parts: (TextPart | MediaPart)[];
  failed: boolean;
  custom?: boolean;
}

/**
 * A provider's signature on its own reasoning, opaque to everybody else. It goes back to nobody but those who
 * made it.
 */
export interface Seal {
  readonly format: 'anthropic' | 'openai' | 'gemini';
  readonly data: string;
  /** The reasoning itself is inside, encrypted (`redacted_thinking`, `encrypted_content`). */
  readonly whole?: boolean;
  /** The provider's id of the sealed item. */
  readonly id?: string;
}

export interface ToolDefinition extends Placed {
  name: string;
  description?: string;
  schema?: JsonObject;
  strict?: boolean;
  /** OpenAI's custom tool, as it was declared: free text instead of a schema. */
  custom?: JsonObject;
}

export interface ToolChoice {
  mode: 'auto' | 'none' | 'required' | 'tool';
  /** The tool of mode `tool`. */
  name?: string;
  /** Only these may be called. */
  allowed?: string[];
}

export type OutputFormat =
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly schema: JsonObject;
      readonly name?: string;
      readonly description?: string;
      readonly strict?: boolean;
    };

export interface Reasoning {
  off?: boolean;
  effort?: Effort;
  budgetTokens?: number;
  /** False where the client wants no thoughts in the answer. */
  shown?: boolean;
}

/** The arguments of a call as an object. What is no JSON object is kept under `raw_arguments`. */
export function argsObject(args: string | JsonObject): JsonObject {
  if (typeof args !== 'string') return args;
  if (args.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(args);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // A model wrote it, so it may be anything; the conversation must be able to go on.
  }
  return { raw_arguments: args };
}

export function argsText(args: string | JsonObject): string {
  return typeof args === 'string' ? args || '{}' : JSON.stringify(args);
}
