import { openAiKind } from './openai-api.ts';

export const perplexity = openAiKind({
  id: 'perplexity',
  summary: 'Perplexity: answers with a search of the web.',
  variable: 'PERPLEXITY_API_KEY',
  baseUrl: 'https://api.perplexity.ai',
  operations: ['chat'],
  patterns: ['sonar*'],
  knownModels: ['sonar', 'sonar-pro', 'sonar-reasoning-pro', 'sonar-deep-research'],
  regions: ['us'],
  capabilities: ['images', 'json_schema', 'reasoning'],
  usageOnRequest: false,
  rateLimits: undefined,
});
