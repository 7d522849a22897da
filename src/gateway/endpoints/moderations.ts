import { openAiModerations } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const moderations: Endpoint = {
  method: 'POST',
  path: '/v1/moderations',
  operation: 'moderations',
  dialect: openAiModerations,
};
