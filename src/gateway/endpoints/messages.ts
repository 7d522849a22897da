import { anthropicMessages } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const messages: Endpoint = {
  method: 'POST',
  path: '/v1/messages',
  operation: 'messages',
  dialect: anthropicMessages,
};
