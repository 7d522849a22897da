import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import {
  anthropicCountTokens,
  anthropicMessages,
  geminiGenerate,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiModerations,
  openAiResponses,
} from '../../src/dialects/index.ts';

/** Recorded exchanges with providers; they stay where they are and tests that need them say so by name. */
const FOLDER = join(import.meta.dirname, '../../../shared/data/exchanges');

export const WITHOUT_RECORDINGS = existsSync(FOLDER)
  ? false
  : 'skipped: needs the recorded exchanges in ../shared/data/exchanges';

export interface Recording {
  readonly name: string;
  readonly dialect: Dialect;
  readonly status: number;
  readonly request: JsonObject | undefined;
  /** The body as text, for streams and whole answers alike. */
  readonly answer: string;
  readonly stream: boolean;
  /** False where the recording itself says that the stream broke. */
  readonly complete: boolean;
}

const BY_NAME: Readonly<Record<string, Dialect>> = {
  'openai.chat': openAiChat,
  'gemini.generateContent': geminiGenerate('gemini', false),
  'openai.completions': openAiCompletions,
  'openai.embeddings': openAiEmbeddings,
  'openai.moderations': openAiModerations,
  'openai.responses': openAiResponses,
  'anthropic.messages': anthropicMessages,
  'anthropic.count_tokens': anthropicCountTokens,
};

/** Recordings without a request do not say their dialect: their answers do. */
const BY_ANSWER: readonly [RegExp, Dialect][] = [
  [/"chat\.completion/, openAiChat],
  [/"object":\s*"response"|"response\.created"/, openAiResponses],
  [/"type":\s*"message(?:_start)?"/, anthropicMessages],
];

export function recordings(): Recording[] {
  if (WITHOUT_RECORDINGS !== false) return [];
  return [FOLDER, join(FOLDER, 'response-only'), join(FOLDER, 'issue-reported')].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.json') && file !== 'index.json')
      .flatMap((file) => recording(join(folder, file), file) ?? []),
  );
}

function recording(path: string, name: string): Recording | undefined {
  const exchange: JsonObject = JSON.parse(readFileSync(path, 'utf8'));
  const response = isJsonObject(exchange.response) ? exchange.response : {};
  const request = isJsonObject(exchange.request) ? exchange.request.body : undefined;
  const answer = typeof response.body_text === 'string' ? response.body_text : JSON.stringify(response.body);
  const dialect = dialectOf(exchange, answer ?? '');
  if (dialect === undefined || answer === undefined) return undefined;
  return {
    name,
    dialect,
    status: Number(response.status),
    request: isJsonObject(request) ? request : undefined,
    answer,
    stream: response.kind === 'sse',
    complete: exchange.stream_complete !== false,
  };
}

function dialectOf(exchange: JsonObject, answer: string): Dialect | undefined {
  if (typeof exchange.dialect === 'string') {
    const foreign = exchange.provider === 'bedrock' || exchange.operation === 'responses.item';
    const usage = answer.includes('num_model_requests');
    return foreign || usage ? undefined : BY_NAME[exchange.dialect];
  }
  return BY_ANSWER.find(([pattern]) => pattern.test(answer))?.[1];
}

const CLIENT_REQUESTS = join(FOLDER, '../client-requests');

const BY_PATH: readonly [RegExp, Dialect][] = [
  [/\/chat\/completions$/, openAiChat],
  [/\/v1\/responses$/, openAiResponses],
  [/\/v1\/embeddings$/, openAiEmbeddings],
  [/\/v1\/moderations$/, openAiModerations],
  [/\/v1\/messages(?:\?beta=true)?$/, anthropicMessages],
  [/\/v1\/messages\/count_tokens(?:\?beta=true)?$/, anthropicCountTokens],
];

/** Requests as client libraries really send them. */
export function clientRequests(): { name: string; dialect: Dialect; body: JsonObject }[] {
  if (WITHOUT_RECORDINGS !== false) return [];
  return readdirSync(CLIENT_REQUESTS).flatMap((name) => {
    const captured: JsonObject = JSON.parse(readFileSync(join(CLIENT_REQUESTS, name), 'utf8'));
    const { path, body } = isJsonObject(captured.request) ? captured.request : {};
    const dialect = BY_PATH.find(([pattern]) => pattern.test(String(path)))?.[1];
    return dialect !== undefined && isJsonObject(body) ? [{ name, dialect, body }] : [];
  });
}

/** Every string in a tree that reads like prose, found without knowing any format. */
export function proseLike(value: Json, key = ''): string[] {
  if (typeof value === 'string') {
    const barren = /^(?:data|logprobs|signature|tokens|arguments|partial_json)$|^encrypted_|_b64$/.test(key);
    return !barren && /\p{L}\s+\p{L}/u.test(value) ? [value] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => proseLike(item, key));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'logprobs' ? [] : proseLike(member, name),
  );
}
