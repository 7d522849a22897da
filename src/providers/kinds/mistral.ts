import { MISTRAL_LIMITS } from '../rate-limits.ts';
import { openAiKind } from './openai-api.ts';

export const mistral = openAiKind({
  id: 'mistral',
  summary: 'Mistral AI, La Plateforme.',
  variable: 'MISTRAL_API_KEY',
  baseUrl: 'https://api.mistral.ai/v1',
  operations: ['chat', 'embeddings', 'moderations'],
  patterns: [
    'mistral-*',
    'ministral-*',
    'magistral-*',
    'codestral-*',
    'devstral-*',
    'pixtral-*',
    'voxtral-*',
  ],
  knownModels: ['mistral-large-latest', 'mistral-medium-latest', 'mistral-small-latest', 'mistral-embed'],
  regions: ['eu'],
  capabilities: ['tools', 'images', 'files', 'audio', 'json_schema', 'reasoning'],
  usageOnRequest: false,
  rateLimits: MISTRAL_LIMITS,
});
