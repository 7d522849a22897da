import { z } from 'zod';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { basics, httpProvider } from './http.ts';
import { apiKeys, httpFields, providerKind } from './kind.ts';
import { bearer, OPENAI_FORWARDS, openAiPaths } from './openai-api.ts';

const OPERATIONS = ['chat', 'completions', 'embeddings', 'responses', 'messages'] as const;

export const ollama = providerKind({
  id: 'ollama',
  summary: 'Ollama, on this machine or another.',
  operations: OPERATIONS,
  patterns: ['*'],
  knownModels: [],
  forwards: OPENAI_FORWARDS,
  regions: [],
  capabilities: ['tools', 'images', 'json_schema', 'reasoning'],
  environment: { needs: { host: 'OLLAMA_HOST' } },
  settings: z.strictObject({
    kind: z.literal('ollama'),
    ...httpFields,
    host: z
      .string()
      .regex(/^(https?:\/\/)?[\w.:[\]-]+\/?$/, 'must be host:port or a URL without a path')
      .default('127.0.0.1:11434')
      .describe('Where it listens, as in its own variable OLLAMA_HOST.'),
    api_key: apiKeys.optional().describe('Sent as Authorization: Bearer, where a proxy before it wants one.'),
  }),
  open: (name, settings, surroundings): Provider =>
    httpProvider({
      ...basics(ollama, name, settings, surroundings),
      baseUrl: `${addressOf(settings.host)}/v1`,
      paths: openAiPaths(OPERATIONS),
      keys: configuredKeys(name, settings.api_key),
      needsKey: false,
      authorize: bearer,
      usageOnRequest: true,
    }),
});

/** `0.0.0.0` is where a server listens, not where it is found. */
function addressOf(host: string): string {
  const url = host.includes('://') ? host : `http://${host}`;
  return url.replace(/\/$/, '').replace('//0.0.0.0', '//127.0.0.1');
}
