import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import type { Provider } from '../provider.ts';
import { httpProvider } from './http.ts';
import { apiKey, baseUrl, httpFields, providerKind } from './kind.ts';

/** Paths of the OpenAI API below its base URL. */
export const OPENAI_PATHS = new Map<Operation, string>([
  ['chat', '/chat/completions'],
  ['completions', '/completions'],
  ['embeddings', '/embeddings'],
  ['responses', '/responses'],
  ['moderations', '/moderations'],
]);

export const OPENAI_FORWARDS = ['openai-beta', 'idempotency-key', 'x-client-request-id'] as const;

export const openai = providerKind({
  id: 'openai',
  summary: 'The OpenAI API.',
  operations: [...OPENAI_PATHS.keys()],
  patterns: ['gpt-*', 'chatgpt-*', 'o1*', 'o3*', 'o4*', 'codex-*', 'text-embedding-*', 'omni-moderation-*'],
  knownModels: [
    'gpt-6-astra',
    'gpt-6.1-sol',
    'gpt-6.1-terra',
    'gpt-6-luna',
    'gpt-5.5',
    'gpt-5.4',
    'gpt-5.4-mini',
    'gpt-5.4-nano',
    'text-embedding-3-large',
    'text-embedding-3-small',
    'omni-moderation-latest',
  ],
  forwards: OPENAI_FORWARDS,
  settings: z.strictObject({
    kind: z.literal('openai'),
    ...httpFields,
    api_key: apiKey.describe('API key of the project that is billed.'),
    base_url: baseUrl.default('https://api.openai.com/v1').describe('Base URL, as the SDKs take it.'),
    organization: z.string().min(1).optional().describe('Sent as OpenAI-Organization.'),
    project: z.string().min(1).optional().describe('Sent as OpenAI-Project.'),
  }),
  open(name, settings): Provider {
    const headers: Record<string, string> = {
      ...settings.headers,
      authorization: `Bearer ${settings.api_key}`,
    };
    if (settings.organization !== undefined) headers['openai-organization'] = settings.organization;
    if (settings.project !== undefined) headers['openai-project'] = settings.project;
    return httpProvider({
      name,
      kind: 'openai',
      region: settings.region,
      patterns: settings.models ?? openai.patterns,
      knownModels: openai.knownModels,
      baseUrl: settings.base_url,
      paths: OPENAI_PATHS,
      defaults: {},
      headers,
      forwards: OPENAI_FORWARDS,
      timeouts: settings.timeouts_ms,
      maxConnections: settings.max_connections,
      usageOnRequest: true,
      diagnose: () => undefined,
    });
  },
});
