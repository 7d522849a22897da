import { openAiChat } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const chatCompletions: Endpoint = {
  method: 'POST',
  path: '/v1/chat/completions',
  operation: 'chat',
  dialect: openAiChat,
};
