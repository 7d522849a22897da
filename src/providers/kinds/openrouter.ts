import { openAiKind } from './openai-api.ts';

export const openrouter = openAiKind({
  id: 'openrouter',
  summary: 'OpenRouter, a marketplace of other providers: where a model runs, it decides.',
  variable: 'OPENROUTER_API_KEY',
  baseUrl: 'https://openrouter.ai/api/v1',
  operations: ['chat', 'completions', 'embeddings', 'responses', 'messages'],
  patterns: ['*/*'],
  knownModels: [],
  regions: [],
  capabilities: ['tools', 'images', 'files', 'json_schema', 'reasoning'],
  usageOnRequest: false,
  rateLimits: undefined,
  // 403: its moderation refused the input, which another key would not change.
  diagnose: (status, { message }) =>
    status === 403 && /moderation|flagged/i.test(message ?? '') ? 'rejected' : undefined,
});
