import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { basics, httpProvider, type Path } from './http.ts';
import { apiKeys, httpFields, providerKind } from './kind.ts';
import { bearer, OPENAI_FORWARDS, OPENAI_PATHS } from './openai-api.ts';

const COMPATIBLE = ['chat', 'completions', 'embeddings', 'responses', 'messages'] as const;
/** Besides its own chat, which takes more of what Ollama can do. */
const BESIDE_NATIVE = ['completions', 'embeddings'] as const;

const below = (operations: readonly (typeof COMPATIBLE)[number][]): [Operation, Path][] =>
  operations.map((operation) => [operation, `/v1${OPENAI_PATHS[operation]}`]);

const APIS = {
  compatible: new Map<Operation, Path>(below(COMPATIBLE)),
  native: new Map<Operation, Path>([['ollama_chat', '/api/chat'], ...below(BESIDE_NATIVE)]),
} as const;

export const ollama = providerKind({
  id: 'ollama',
  summary: 'Ollama, on this machine or another.',
  operations: [...COMPATIBLE, 'ollama_chat'],
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
    api: z
      .enum(['compatible', 'native'])
      .default('compatible')
      .describe('Which of its APIs answers chat: the OpenAI-compatible one, or its own (/api/chat).'),
    api_key: apiKeys.optional().describe('Sent as Authorization: Bearer, where a proxy before it wants one.'),
  }),
  open: (name, settings, surroundings): Provider =>
    httpProvider({
      ...basics(ollama, name, settings, surroundings),
      baseUrl: addressOf(settings.host),
      paths: APIS[settings.api],
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
