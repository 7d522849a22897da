import { openAiCompletions } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const completions: Endpoint = {
  method: 'POST',
  path: '/v1/completions',
  operation: 'completions',
  dialect: openAiCompletions,
};
