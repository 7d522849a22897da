/** Recorded exchanges with providers, read from a folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, parseObject } from '../../src/core/json.ts';
import type { Target } from '../../src/dialects/canonical/features.ts';
import { isClaude } from '../../src/dialects/models.ts';

/** Formats of embeddings that are not OpenAI's. */
export type Embeddings = 'gemini_embeddings' | 'cohere_embeddings';

/** Formats of OpenAI's that nothing is translated to: followers speak them as they are. */
export type Plain = 'completions' | 'embeddings' | 'moderations';
/** Formats of token counts. */
export type Counts =
  | 'count_tokens'
  | 'gemini_count_tokens'
  | 'converse_count_tokens'
  | 'responses_count_tokens';

export interface Exchange {
  readonly name: string;
  readonly provider: string;
  /** The provider's dialect; undefined where it is none that is translated. */
  readonly dialect: Target | undefined;
  readonly embeddings: Embeddings | undefined;
  readonly plain: Plain | undefined;
  readonly counts: Counts | undefined;
  readonly model: string;
  readonly features: readonly string[];
  readonly request: JsonObject | undefined;
  readonly status: number;
  /** The answer as it was on the wire. */
  readonly bytes: Buffer;
  readonly framing: 'json' | 'sse' | 'eventstream' | 'ndjson' | 'other';
  /** False where the recording itself says that the stream broke. */
  readonly complete: boolean;
}

const BY_NAME: Readonly<Record<string, Target>> = {
  'openai.chat': 'chat',
  'openai.responses': 'responses',
  'anthropic.messages': 'messages',
  'gemini.generateContent': 'gemini',
  'bedrock.converse': 'converse',
  'cohere.v2': 'cohere_chat',
  'ollama.native': 'ollama_chat',
};

const EMBEDDINGS: Readonly<Record<string, Embeddings>> = {
  'gemini.embed': 'gemini_embeddings',
  'cohere.embeddings': 'cohere_embeddings',
};

const PLAIN: Readonly<Record<string, Plain>> = {
  'openai.completions': 'completions',
  'openai.moderations': 'moderations',
  'openai.embeddings': 'embeddings',
  'azure-openai.embeddings': 'embeddings',
  'mistral.embeddings': 'embeddings',
  'ollama.embeddings': 'embeddings',
};
/** By the address that was asked. */
const COUNTS: readonly (readonly [RegExp, Counts])[] = [
  [/\/messages\/count_tokens/, 'count_tokens'],
  [/:countTokens/, 'gemini_count_tokens'],
  [/\/count-tokens/, 'converse_count_tokens'],
  [/\/responses\/input_tokens/, 'responses_count_tokens'],
];

/** Recordings without a request do not say their dialect: their answers do. */
const BY_ANSWER: readonly (readonly [RegExp, Target])[] = [
  [/"object":\s*"chat\.completion|"object":\s*""/, 'chat'],
  [/"object":\s*"response"|"type":\s*"response\.created"/, 'responses'],
  [/"type":\s*"message(?:_start)?"/, 'messages'],
  [/"candidates":\s*\[/, 'gemini'],
  [/"type":\s*"message-start"|"billed_units"/, 'cohere_chat'],
  [/"done":\s*(?:true|false)/, 'ollama_chat'],
  [/"choices":\s*\[/, 'chat'],
];

/** Every exchange in the folder and below; what is no exchange is passed over. */
export function readExchanges(folder: string): Exchange[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return readExchanges(path);
    if (!entry.name.endsWith('.json')) return [];
    const json = parseObject(readFileSync(path, 'utf8'));
    const found = json !== undefined ? exchangeOf(json, entry.name.slice(0, -5)) : undefined;
    return found === undefined ? [] : [found];
  });
}

function exchangeOf(json: JsonObject, name: string): Exchange | undefined {
  const response = isJsonObject(json.response) ? json.response : undefined;
  if (response === undefined) return undefined;
  const asked = isJsonObject(json.request) ? json.request : {};
  const request = isJsonObject(asked.body) ? asked.body : undefined;
  const url = String(asked.url ?? '');
  const bytes = bytesOf(response);
  return {
    name,
    provider: String(json.provider ?? 'unknown'),
    dialect: dialectOf(json, bytes.toString('utf8', 0, 20_000)),
    embeddings: EMBEDDINGS[String(json.dialect)],
    plain: PLAIN[String(json.dialect)],
    counts: COUNTS.find(([pattern]) => pattern.test(url))?.[1],
    model: String(json.model ?? request?.model ?? 'unknown'),
    features: Array.isArray(json.features) ? json.features.map(String) : [],
    request,
    status: Number(response.status),
    bytes,
    framing: framingOf(String(response.kind), bytes),
    complete: json.stream_complete !== false,
  };
}

function framingOf(kind: string, bytes: Buffer): Exchange['framing'] {
  if (kind === 'json' || kind === 'sse' || kind === 'eventstream' || kind === 'ndjson') return kind;
  const start = bytes.toString('utf8', 0, 200).trimStart();
  if (/^(?:data|event|:)/.test(start)) return 'sse';
  return kind === 'text' && start.startsWith('{') ? 'json' : 'other';
}

function bytesOf(response: JsonObject): Buffer {
  if (typeof response.body_base64 === 'string') return Buffer.from(response.body_base64, 'base64');
  if (typeof response.body_text === 'string') return Buffer.from(response.body_text);
  return Buffer.from(response.body === undefined ? '' : JSON.stringify(response.body));
}

function dialectOf(json: JsonObject, answer: string): Target | undefined {
  if (typeof json.dialect === 'string') {
    // InvokeModel has the dialect of the model.
    if (json.dialect === 'bedrock.invoke') return isClaude(String(json.model)) ? 'messages' : undefined;
    return json.operation === 'responses.item' ? undefined : BY_NAME[json.dialect];
  }
  return BY_ANSWER.find(([pattern]) => pattern.test(answer))?.[1];
}
