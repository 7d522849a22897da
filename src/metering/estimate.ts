import type { Json, JsonObject } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';
import { NO_USAGE, type Usage } from '../core/usage.ts';

/** What vendors add that no byte of the body shows: chat template, hidden tool prompt (Anthropic: ≤ 804 tokens). */
const HIDDEN_TOKENS = 1_024;
/** The dearest documented image: OpenAI gpt-4o-mini, 2,833 + 8 tiles × 5,667 tokens. */
const IMAGE_TOKENS = 48_169;
/** A file, a stored conversation or a server-side tool can fill the context window; the largest one sold is 1M. */
const CONTEXT_TOKENS = 1_050_000;

const IMAGE_TYPES = new Set(['image_url', 'input_image', 'image']);
const FILE_TYPES = new Set(['file', 'input_file', 'document', 'container_upload', 'video_url']);
const STORED_CONTEXT = ['previous_response_id', 'conversation', 'prompt'] as const;
const SERVER_TOOL =
  /^(web_search|web_fetch|file_search|code_interpreter|code_execution|mcp|image_generation|tool_search)/;

/**
 * An upper bound of the input tokens of a request. Text: a token of any byte-level tokenizer covers at least one
 * byte, and the JSON around a text is longer than the template tokens around it, so the bytes of the body are a
 * bound. Images and files cost what their content says, not their bytes: their data is taken out and a bound of
 * the vendors' documentation is put in its place.
 *
 * @param bodyBytes length of the serialised body
 */
export function inputUpperBound(body: JsonObject, bodyBytes: number): number {
  let bound = bodyBytes + HIDDEN_TOKENS;
  bound += mediaOf(body, UPPER_BOUND);
  if (STORED_CONTEXT.some((member) => body[member] !== undefined && body[member] !== null)) {
    bound += CONTEXT_TOKENS;
  }
  if (hasServerTool(body.tools)) bound += CONTEXT_TOKENS;
  return bound;
}

/** What stands for the media parts of a body: tokens for each, and for each byte of inline data. */
interface MediaTokens {
  readonly image: number;
  readonly file: number;
  readonly inlineByte: number;
}

/** Text is bounded by its bytes; inline data is taken out of them. */
const UPPER_BOUND: MediaTokens = { image: IMAGE_TOKENS, file: CONTEXT_TOKENS, inlineByte: -1 };

function mediaOf(body: JsonObject, tokens: MediaTokens): number {
  return (
    mediaTokens(body.messages, tokens) + mediaTokens(body.input, tokens) + mediaTokens(body.system, tokens)
  );
}

function mediaTokens(value: Json | undefined, tokens: MediaTokens): number {
  if (Array.isArray(value)) {
    let sum = 0;
    for (const item of value) if (typeof item === 'object') sum += mediaTokens(item, tokens);
    return sum;
  }
  if (!isJsonObject(value)) return 0;
  const type = value.type;
  if (typeof type === 'string') {
    if (IMAGE_TYPES.has(type)) return tokens.image + tokens.inlineByte * inlineBytes(value);
    if (FILE_TYPES.has(type)) return tokens.file + tokens.inlineByte * inlineBytes(value);
  }
  return mediaTokens(value.content, tokens) + mediaTokens(value.output, tokens);
}

/** The length of base64 data inside a media part: strings that need no escaping, one byte a character. */
function inlineBytes(part: JsonObject): number {
  let bytes = 0;
  for (const value of Object.values(part)) {
    if (typeof value === 'string' && value.startsWith('data:')) bytes += value.length;
    else if (isJsonObject(value)) {
      if (value.type === 'base64' && typeof value.data === 'string') bytes += value.data.length;
      else bytes += inlineBytes(value);
    }
  }
  return bytes;
}

function hasServerTool(tools: Json | undefined): boolean {
  return (
    Array.isArray(tools) &&
    tools.some((tool) => isJsonObject(tool) && typeof tool.type === 'string' && SERVER_TOOL.test(tool.type))
  );
}

/** English and code run at about four bytes a token in today's tokenizers. */
const BYTES_PER_TOKEN = 4;
/** OpenAI bills 765 for an image of 1024 × 1024 in detail, Anthropic 1,600 at most. */
const USUAL: MediaTokens = { image: 1_000, file: 3_000, inlineByte: -1 / BYTES_PER_TOKEN };

/**
 * Usage of an answer that reports none, from the request and the length of the text that came; marked as estimated.
 * Nobody waits for a tokenizer: `docs/prices.md` says how far off this is.
 *
 * @param bodyBytes length of the serialised body
 * @param outputLength UTF-16 units of the text that came, as far as it came
 */
export function estimateUsage(body: JsonObject, bodyBytes: number, outputLength: number): Usage {
  return {
    ...NO_USAGE,
    inputTokens: Math.max(1, Math.ceil(bodyBytes / BYTES_PER_TOKEN + mediaOf(body, USUAL))),
    outputTokens: Math.ceil(outputLength / BYTES_PER_TOKEN),
    source: 'estimated',
  };
}
