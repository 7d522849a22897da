import { openAiKind } from './openai-api.ts';

export const cohere = openAiKind({
  id: 'cohere',
  summary: 'Cohere, by its OpenAI-compatible API.',
  variable: 'COHERE_API_KEY',
  baseUrl: 'https://api.cohere.ai/compatibility/v1',
  operations: ['chat', 'embeddings'],
  patterns: ['command-*', 'embed-*', 'c4ai-*'],
  knownModels: ['command-a-03-2025', 'command-r-plus-08-2024', 'command-r-08-2024', 'embed-v4.0'],
  regions: ['us'],
  capabilities: ['tools', 'json_schema', 'reasoning'],
  usageOnRequest: true,
  rateLimits: undefined,
  // 400 with a type of its own where the context is too long, and 498 where a filter refused the text.
  diagnose: (status) => (status === 498 ? 'rejected' : undefined),
});
