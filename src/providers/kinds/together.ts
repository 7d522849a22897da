import { TOGETHER_LIMITS } from '../rate-limits.ts';
import { openAiKind } from './openai-api.ts';

export const together = openAiKind({
  id: 'together',
  summary: 'Together AI.',
  variable: 'TOGETHER_API_KEY',
  baseUrl: 'https://api.together.xyz/v1',
  operations: ['chat', 'completions', 'embeddings'],
  patterns: ['meta-llama/*', 'Qwen/*', 'deepseek-ai/*', 'mistralai/*', 'moonshotai/*', 'zai-org/*'],
  knownModels: ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'deepseek-ai/DeepSeek-V3.1'],
  regions: ['us'],
  capabilities: ['tools', 'images', 'json_schema', 'reasoning'],
  usageOnRequest: false,
  rateLimits: TOGETHER_LIMITS,
});
