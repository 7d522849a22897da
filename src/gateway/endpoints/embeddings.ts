import { openAiEmbeddings } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const embeddings: Endpoint = {
  method: 'POST',
  path: '/v1/embeddings',
  operation: 'embeddings',
  dialect: openAiEmbeddings,
};
