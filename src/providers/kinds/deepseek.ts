import { openAiKind } from './openai-api.ts';

export const deepseek = openAiKind({
  id: 'deepseek',
  summary: 'DeepSeek.',
  variable: 'DEEPSEEK_API_KEY',
  baseUrl: 'https://api.deepseek.com',
  operations: ['chat', 'responses'],
  patterns: ['deepseek-*'],
  knownModels: ['deepseek-chat', 'deepseek-reasoner'],
  regions: ['cn'],
  capabilities: ['tools', 'reasoning'],
  usageOnRequest: false,
  rateLimits: undefined,
});
