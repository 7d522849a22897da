import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import type { Diagnosis, Said } from '../diagnosis.ts';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { ANTHROPIC_LIMITS } from '../rate-limits.ts';
import { basics, httpProvider } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';

const PATHS = new Map<Operation, string>([
  ['messages', '/v1/messages'],
  ['count_tokens', '/v1/messages/count_tokens'],
]);
const FORWARDS = ['anthropic-version', 'anthropic-beta', 'idempotency-key'] as const;

/** Overload is also seen as a 500 `api_error` that only says so in words. */
export function diagnoseClaude(status: number, { type, message }: Said): Diagnosis | undefined {
  return status >= 500 && /overloaded/i.test(`${type} ${message}`) ? 'overloaded' : undefined;
}

export const anthropic = providerKind({
  id: 'anthropic',
  summary: 'The Anthropic API.',
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
  regions: ['us', 'global'],
  capabilities: ['tools', 'images', 'files', 'json_schema', 'reasoning'],
  environment: { needs: { api_key: 'ANTHROPIC_API_KEY' } },
  settings: z.strictObject({
    kind: z.literal('anthropic'),
    ...httpFields,
    api_key: apiKeys.describe(
      'API key of the workspace that is billed; or several, each with name, key and weight.',
    ),
    base_url: baseUrl.default('https://api.anthropic.com').describe('Base URL, without /v1.'),
    version: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date, YYYY-MM-DD')
      .default('2023-06-01')
      .describe('anthropic-version for clients that send none; a version that the client sends is kept.'),
  }),
  open: (name, settings, surroundings): Provider =>
    httpProvider({
      ...basics(anthropic, name, settings, surroundings),
      baseUrl: settings.base_url,
      paths: PATHS,
      defaults: { 'anthropic-version': settings.version },
      keys: configuredKeys(name, settings.api_key),
      needsKey: true,
      authorize: (secret) => ({ 'x-api-key': secret }),
      usageOnRequest: false,
      diagnose: diagnoseClaude,
      rateLimits: ANTHROPIC_LIMITS,
    }),
});
