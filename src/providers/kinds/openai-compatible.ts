import { z } from 'zod';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { OPENAI_LIMITS } from '../rate-limits.ts';
import { basics, httpProvider } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';
import { bearer, OPENAI_FORWARDS, OPENAI_PATHS, type OpenAiOperation, openAiPaths } from './openai-api.ts';

const SERVABLE = Object.keys(OPENAI_PATHS) as [OpenAiOperation, ...OpenAiOperation[]];
const FORWARDS = [...OPENAI_FORWARDS, 'anthropic-version', 'anthropic-beta'] as const;

export const openaiCompatible = providerKind({
  id: 'openai-compatible',
  summary: 'Any other server that speaks the OpenAI API: SGLang, LM Studio, LiteLLM, another Sluice, …',
  operations: SERVABLE,
  patterns: ['*'],
  knownModels: [],
  forwards: FORWARDS,
  regions: [],
  capabilities: ['tools', 'images', 'json_schema', 'reasoning'],
  environment: {
    name: 'compatible',
    needs: { base_url: 'SLUICE_COMPATIBLE_URL' },
    takes: { api_key: 'SLUICE_COMPATIBLE_KEY' },
  },
  settings: z.strictObject({
    kind: z.literal('openai-compatible'),
    ...httpFields,
    base_url: baseUrl.describe('Base URL, as the SDKs take it: http://127.0.0.1:11434/v1'),
    api_key: apiKeys
      .optional()
      .describe('Sent as Authorization: Bearer, where the server wants one; or several, as above.'),
    operations: z
      .array(z.enum(SERVABLE))
      .min(1)
      .default(['chat', 'completions', 'embeddings'])
      .describe('What the server can do.'),
    stream_options: z
      .boolean()
      .default(true)
      .describe('The server knows stream_options.include_usage; false where it refuses the field.'),
  }),
  open: (name, settings, surroundings): Provider =>
    httpProvider({
      ...basics(openaiCompatible, name, settings, surroundings),
      baseUrl: settings.base_url,
      paths: openAiPaths(settings.operations),
      keys: configuredKeys(name, settings.api_key),
      needsKey: false,
      authorize: bearer,
      usageOnRequest: settings.stream_options,
      rateLimits: OPENAI_LIMITS,
    }),
});
