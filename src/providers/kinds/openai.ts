import { z } from 'zod';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { OPENAI_LIMITS } from '../rate-limits.ts';
import { basics, httpProvider } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';
import { bearer, OPENAI_FORWARDS, openAiPaths } from './openai-api.ts';

const OPERATIONS = [
  'responses',
  'chat',
  'completions',
  'embeddings',
  'moderations',
  'responses_count_tokens',
] as const;

export const openai = providerKind({
  id: 'openai',
  summary: 'The OpenAI API.',
  operations: OPERATIONS,
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
  regions: ['us', 'eu'],
  capabilities: ['tools', 'images', 'files', 'audio', 'json_schema', 'reasoning'],
  environment: { needs: { api_key: 'OPENAI_API_KEY' } },
  settings: z.strictObject({
    kind: z.literal('openai'),
    ...httpFields,
    api_key: apiKeys.describe(
      'API key of the project that is billed; or several, each with name, key and weight.',
    ),
    base_url: baseUrl.default('https://api.openai.com/v1').describe('Base URL, as the SDKs take it.'),
    organization: z.string().min(1).optional().describe('Sent as OpenAI-Organization.'),
    project: z.string().min(1).optional().describe('Sent as OpenAI-Project.'),
  }),
  open(name, settings, surroundings): Provider {
    const headers: Record<string, string> = { ...settings.headers };
    if (settings.organization !== undefined) headers['openai-organization'] = settings.organization;
    if (settings.project !== undefined) headers['openai-project'] = settings.project;
    return httpProvider({
      ...basics(openai, name, settings, surroundings),
      baseUrl: settings.base_url,
      paths: openAiPaths(OPERATIONS),
      headers,
      keys: configuredKeys(name, settings.api_key),
      needsKey: true,
      authorize: bearer,
      usageOnRequest: true,
      rateLimits: OPENAI_LIMITS,
    });
  },
});
