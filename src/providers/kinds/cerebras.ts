import { openAiKind } from './openai-api.ts';

/** Its limits are per day for requests and per minute for tokens, and named so. */
const LIMITS = {
  requests: {
    limit: 'x-ratelimit-limit-requests-day',
    remaining: 'x-ratelimit-remaining-requests-day',
    reset: 'x-ratelimit-reset-requests-day',
  },
  tokens: {
    limit: 'x-ratelimit-limit-tokens-minute',
    remaining: 'x-ratelimit-remaining-tokens-minute',
    reset: 'x-ratelimit-reset-tokens-minute',
  },
} as const;

export const cerebras = openAiKind({
  id: 'cerebras',
  summary: 'Cerebras Inference.',
  variable: 'CEREBRAS_API_KEY',
  baseUrl: 'https://api.cerebras.ai/v1',
  operations: ['chat', 'completions'],
  patterns: ['llama3.1-*', 'qwen-3-*', 'gpt-oss-*', 'zai-glm-*'],
  knownModels: ['gpt-oss-120b', 'qwen-3-235b-a22b-instruct-2507', 'llama3.1-8b'],
  regions: [],
  capabilities: ['tools', 'json_schema', 'reasoning'],
  usageOnRequest: true,
  rateLimits: LIMITS,
});
