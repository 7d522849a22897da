import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import { configuredKeys } from '../key-ring.ts';
import type { Provider } from '../provider.ts';
import { OPENAI_LIMITS } from '../rate-limits.ts';
import { basics, httpProvider, type Path } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';
import { bearer, OPENAI_FORWARDS, OPENAI_PATHS } from './openai-api.ts';

const OPERATIONS = ['responses', 'chat', 'completions', 'embeddings'] as const;

export const azureOpenai = providerKind({
  id: 'azure-openai',
  summary: 'Azure OpenAI: the v1 API, or deployments with a dated one.',
  operations: OPERATIONS,
  patterns: ['gpt-*', 'o1*', 'o3*', 'o4*', 'codex-*', 'text-embedding-*'],
  knownModels: [],
  forwards: OPENAI_FORWARDS,
  regions: [],
  capabilities: ['tools', 'images', 'files', 'audio', 'json_schema', 'reasoning'],
  environment: { needs: { api_key: 'AZURE_OPENAI_API_KEY', endpoint: 'AZURE_OPENAI_ENDPOINT' } },
  settings: z.strictObject({
    kind: z.literal('azure-openai'),
    ...httpFields,
    endpoint: baseUrl.describe('Endpoint of the resource: https://my-resource.openai.azure.com'),
    api_key: apiKeys.describe(
      'Key of the resource, or an Entra ID token; or several, each with name, key and weight.',
    ),
    api_version: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, 'must be a date, YYYY-MM-DD, with or without -preview')
      .optional()
      .describe('Of the API with deployments in its paths; without it, the v1 API is used.'),
    deployments: z
      .record(z.string().min(1), z.string().regex(/^[\w.-]{1,64}$/, 'must be the name of a deployment'))
      .default({})
      .describe('Model → deployment, where a deployment is not named like its model.'),
  }),
  open(name, settings, surroundings): Provider {
    const { api_version: version, deployments } = settings;
    const aliased = Object.keys(deployments);
    const known = { ...azureOpenai, knownModels: aliased };
    return httpProvider({
      ...basics(aliased.length > 0 ? { ...known, patterns: aliased } : known, name, settings, surroundings),
      baseUrl: `${settings.endpoint.replace(/\/+$/, '')}/openai`,
      paths: version === undefined ? V1_PATHS : deploymentPaths(version),
      wireModel: (model) => (Object.hasOwn(deployments, model) ? (deployments[model] ?? model) : model),
      keys: configuredKeys(name, settings.api_key),
      needsKey: true,
      authorize: (secret) => (secret.startsWith('eyJ') ? bearer(secret) : { 'api-key': secret }),
      usageOnRequest: true,
      rateLimits: OPENAI_LIMITS,
    });
  },
});

const V1_PATHS = new Map<Operation, Path>(
  OPERATIONS.map((operation) => [operation, `/v1${OPENAI_PATHS[operation]}`]),
);

/** Responses were never below a deployment. */
function deploymentPaths(version: string): Map<Operation, Path> {
  const query = `?api-version=${version}`;
  return new Map(
    OPERATIONS.map((operation) => [
      operation,
      operation === 'responses'
        ? `/responses${query}`
        : (deployment: string) =>
            `/deployments/${encodeURIComponent(deployment)}${OPENAI_PATHS[operation]}${query}`,
    ]),
  );
}
