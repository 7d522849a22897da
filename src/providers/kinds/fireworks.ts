import { OPENAI_LIMITS } from '../rate-limits.ts';
import { openAiKind } from './openai-api.ts';

export const fireworks = openAiKind({
  id: 'fireworks',
  summary: 'Fireworks AI; it speaks the Anthropic dialect at the same address.',
  variable: 'FIREWORKS_API_KEY',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  operations: ['chat', 'completions', 'embeddings', 'responses', 'messages'],
  patterns: ['accounts/fireworks/*'],
  knownModels: ['accounts/fireworks/models/kimi-k2-instruct', 'accounts/fireworks/models/deepseek-v3p1'],
  regions: [],
  capabilities: ['tools', 'images', 'json_schema', 'reasoning'],
  usageOnRequest: false,
  rateLimits: OPENAI_LIMITS,
});
