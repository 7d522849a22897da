import type { Origin } from '../prose.ts';

/** Who wrote what stands under the top-level members of OpenAI's requests, where no role inside says it. */
export const OPENAI_ORIGINS: Readonly<Record<string, Origin>> = {
  instructions: 'system',
  tools: 'system',
  functions: 'system',
  response_format: 'system',
  text: 'system',
  prediction: 'assistant',
  output: 'assistant',
  metadata: 'metadata',
  // All of these hold whatever the application tells its users apart by: often an e-mail address.
  user: 'metadata',
  user_id: 'metadata',
  safety_identifier: 'metadata',
  prompt_cache_key: 'metadata',
};
