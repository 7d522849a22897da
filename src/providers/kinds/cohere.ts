import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { basics, httpProvider, type Path } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';
import { bearer, OPENAI_FORWARDS, openAiPaths } from './openai-api.ts';

/** Its APIs: the one that follows OpenAI's, and its own. */
const APIS = {
  compatible: {
    url: 'https://api.cohere.ai/compatibility/v1',
    paths: openAiPaths(['chat', 'embeddings']),
  },
  v2: {
    url: 'https://api.cohere.com/v2',
    paths: new Map<Operation, Path>([
      ['cohere_chat', '/chat'],
      ['cohere_embeddings', '/embed'],
    ]),
  },
} as const;

export const cohere = providerKind({
  id: 'cohere',
  summary: 'Cohere, by its OpenAI-compatible API or its own.',
  operations: [...APIS.compatible.paths.keys(), ...APIS.v2.paths.keys()],
  patterns: ['command-*', 'embed-*', 'c4ai-*'],
  knownModels: ['command-a-03-2025', 'command-r-plus-08-2024', 'command-r-08-2024', 'embed-v4.0'],
  forwards: OPENAI_FORWARDS,
  regions: ['us'],
  capabilities: ['tools', 'json_schema', 'reasoning'],
  environment: { needs: { api_key: 'COHERE_API_KEY' } },
  settings: z.strictObject({
    kind: z.literal('cohere'),
    ...httpFields,
    api_key: apiKeys.describe(
      `API key, usually \${env:COHERE_API_KEY}; or several, each with name, key and weight.`,
    ),
    api: z
      .enum(['compatible', 'v2'])
      .default('compatible')
      .describe(
        'Which of its APIs is asked: the OpenAI-compatible one, or its own (v2), which carries more.',
      ),
    base_url: baseUrl.optional().describe('In place of the address of that API, version included.'),
  }),
  open: (name, settings, surroundings): Provider =>
    httpProvider({
      ...basics(cohere, name, settings, surroundings),
      baseUrl: settings.base_url ?? APIS[settings.api].url,
      paths: APIS[settings.api].paths,
      keys: configuredKeys(name, settings.api_key),
      needsKey: true,
      authorize: bearer,
      usageOnRequest: settings.api === 'compatible',
      // 400 with a type of its own where the context is too long, and 498 where a filter refused the text.
      diagnose: (status) => (status === 498 ? 'rejected' : undefined),
    }),
});
