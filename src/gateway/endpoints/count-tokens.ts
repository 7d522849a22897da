import { anthropicCountTokens } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const countTokens: Endpoint = {
  method: 'POST',
  path: '/v1/messages/count_tokens',
  operation: 'count_tokens',
  dialect: anthropicCountTokens,
};
