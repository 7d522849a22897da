import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import type { Provider } from '../provider.ts';
import { httpProvider } from './http.ts';
import { apiKey, baseUrl, httpFields, providerKind } from './kind.ts';

const PATHS = new Map<Operation, string>([
  ['messages', '/v1/messages'],
  ['count_tokens', '/v1/messages/count_tokens'],
]);
const FORWARDS = ['anthropic-version', 'anthropic-beta', 'idempotency-key'] as const;

export const anthropic = providerKind({
  id: 'anthropic',
  summary: 'The Anthropic API, in its own dialect.',
  operations: [...PATHS.keys()],
  patterns: ['claude-*'],
  knownModels: [
    'claude-fable-5-2',
    'claude-opus-5-5',
    'claude-sonnet-5-5',
    'claude-haiku-5-5',
    'claude-opus-4-8',
    'claude-sonnet-4-6',
    'claude-haiku-4-5',
  ],
  forwards: FORWARDS,
  settings: z.strictObject({
    kind: z.literal('anthropic'),
    ...httpFields,
    api_key: apiKey.describe('API key of the workspace that is billed.'),
    base_url: baseUrl.default('https://api.anthropic.com').describe('Base URL, without /v1.'),
    version: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date, YYYY-MM-DD')
      .default('2023-06-01')
      .describe('anthropic-version for clients that send none; a version that the client sends is kept.'),
  }),
  open(name, settings): Provider {
    return httpProvider({
      name,
      kind: 'anthropic',
      region: settings.region,
      patterns: settings.models ?? anthropic.patterns,
      knownModels: anthropic.knownModels,
      baseUrl: settings.base_url,
      paths: PATHS,
      defaults: { 'anthropic-version': settings.version },
      headers: { ...settings.headers, 'x-api-key': settings.api_key },
      forwards: FORWARDS,
      timeouts: settings.timeouts_ms,
      maxConnections: settings.max_connections,
      usageOnRequest: false,
      // Overload is also seen as a 500 `api_error` that only says so in words.
      diagnose: (status, said) =>
        status >= 500 && /overloaded/i.test(`${said.type} ${said.message}`) ? 'overloaded' : undefined,
    });
  },
});
