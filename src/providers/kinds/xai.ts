import { OPENAI_LIMITS } from '../rate-limits.ts';
import { openAiKind } from './openai-api.ts';

export const xai = openAiKind({
  id: 'xai',
  summary: 'xAI.',
  variable: 'XAI_API_KEY',
  baseUrl: 'https://api.x.ai/v1',
  operations: ['responses', 'chat', 'completions', 'messages'],
  patterns: ['grok-*'],
  knownModels: ['grok-5', 'grok-4.3', 'grok-4-fast'],
  regions: ['us'],
  capabilities: ['tools', 'images', 'json_schema', 'reasoning'],
  usageOnRequest: true,
  rateLimits: OPENAI_LIMITS,
  // A bad key is a 400 whose code speaks of an argument, and whose message of the key.
  diagnose: (status, { message }) =>
    status === 400 && /incorrect api key/i.test(message ?? '') ? 'credentials' : undefined,
});
