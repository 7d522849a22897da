import { openAiResponses } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const responses: Endpoint = {
  method: 'POST',
  path: '/v1/responses',
  operation: 'responses',
  dialect: openAiResponses,
};
