import { OPENAI_LIMITS } from '../rate-limits.ts';
import { openAiKind } from './openai-api.ts';

export const groq = openAiKind({
  id: 'groq',
  summary: 'GroqCloud.',
  variable: 'GROQ_API_KEY',
  baseUrl: 'https://api.groq.com/openai/v1',
  operations: ['chat', 'responses'],
  patterns: ['llama-*', 'openai/gpt-oss-*', 'qwen/*', 'groq/*', 'meta-llama/llama-4-*'],
  knownModels: ['llama-3.3-70b-versatile', 'llama-3.1-8b-instant', 'openai/gpt-oss-120b'],
  regions: [],
  capabilities: ['tools', 'images', 'json_schema', 'reasoning'],
  // It reports in `x_groq.usage` of the last chunk unasked.
  usageOnRequest: false,
  rateLimits: OPENAI_LIMITS,
  words: { tier: { on_demand: 'default', performance: 'priority' } },
  // 498: the flex tier has no room now.
  diagnose: (status) => (status === 498 ? 'overloaded' : undefined),
});
