import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import type { Diagnosis, Said } from '../diagnosis.ts';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { basics, httpProvider, type Path } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';

const modelPath = (model: string): string => `/models/${encodeURIComponent(model.replace(/^models\//, ''))}`;

/** The model is in the path; a stream is another method of it, and server-sent events only where `alt` asks for them. */
export const generatePath = (model: string, stream: boolean): string =>
  `${modelPath(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;

export const countPath = (model: string): string => `${modelPath(model)}:countTokens`;

const PATHS = new Map<Operation, Path>([
  ['gemini', generatePath],
  ['gemini_embeddings', (model) => `${modelPath(model)}:batchEmbedContents`],
  ['gemini_embed', (model) => `${modelPath(model)}:embedContent`],
  ['gemini_count_tokens', countPath],
]);

/** A bad key is a 400 whose details say so; a model's refusal to answer from somewhere is one as well. */
export function diagnoseGoogle(status: number, { code, message }: Said): Diagnosis | undefined {
  if (status !== 400) return undefined;
  const expired = /api key (?:expired|not found)/i.test(message ?? '');
  return code === 'API_KEY_INVALID' || expired ? 'credentials' : undefined;
}

export const gemini = providerKind({
  id: 'gemini',
  summary: 'The Gemini API of Google AI Studio (generateContent).',
  operations: [...PATHS.keys()],
  patterns: ['gemini-*', 'gemma-*'],
  knownModels: [
    'gemini-3.1-pro',
    'gemini-3-flash',
    'gemini-2.5-pro',
    'gemini-2.5-flash',
    'gemini-embedding-001',
  ],
  forwards: [],
  regions: [],
  capabilities: ['tools', 'images', 'files', 'audio', 'json_schema', 'reasoning'],
  environment: { needs: { api_key: 'GEMINI_API_KEY' } },
  settings: z.strictObject({
    kind: z.literal('gemini'),
    ...httpFields,
    api_key: apiKeys.describe('API key of Google AI Studio; or several, each with name, key and weight.'),
    base_url: baseUrl
      .default('https://generativelanguage.googleapis.com/v1beta')
      .describe('Base URL, version included.'),
  }),
  open: (name, settings, surroundings): Provider =>
    httpProvider({
      ...basics(gemini, name, settings, surroundings),
      baseUrl: settings.base_url,
      paths: PATHS,
      keys: configuredKeys(name, settings.api_key),
      needsKey: true,
      authorize: (secret) => ({ 'x-goog-api-key': secret }),
      usageOnRequest: false,
      diagnose: diagnoseGoogle,
    }),
});
