import { z } from 'zod';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { basics, httpProvider } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';
import { bearer, OPENAI_FORWARDS, openAiPaths } from './openai-api.ts';

const OPERATIONS = ['chat', 'completions', 'embeddings', 'responses', 'messages', 'count_tokens'] as const;

export const vllm = providerKind({
  id: 'vllm',
  summary: 'A vLLM server.',
  operations: OPERATIONS,
  patterns: ['*'],
  knownModels: [],
  forwards: OPENAI_FORWARDS,
  regions: [],
  capabilities: ['tools', 'images', 'audio', 'json_schema', 'reasoning'],
  environment: { needs: { base_url: 'VLLM_BASE_URL' }, takes: { api_key: 'VLLM_API_KEY' } },
  settings: z.strictObject({
    kind: z.literal('vllm'),
    ...httpFields,
    base_url: baseUrl.describe('Base URL of the vLLM server: http://127.0.0.1:8000/v1'),
    api_key: apiKeys.optional().describe('What the server was started with as --api-key.'),
    operations: z
      .array(z.enum(OPERATIONS))
      .min(1)
      .default([...OPERATIONS])
      .describe('What the server can do; older ones have neither responses nor messages.'),
  }),
  open: (name, settings, surroundings): Provider =>
    httpProvider({
      ...basics(vllm, name, settings, surroundings),
      baseUrl: settings.base_url,
      paths: openAiPaths(settings.operations),
      keys: configuredKeys(name, settings.api_key),
      needsKey: false,
      authorize: bearer,
      usageOnRequest: true,
    }),
});
