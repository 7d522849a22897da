import { openAiResponses } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

export const STORED_RESPONSE_PATH = '/v1/responses/{id}';
export const STORED_RESPONSE_METHODS = ['GET', 'DELETE'] as const;

/**
 * Reading back or deleting a response that a provider keeps.
 * @param query of the URL, without `?`; '' where there is none
 */
export function storedResponse(method: 'GET' | 'DELETE', id: string, query: string): Endpoint {
  const action = method === 'GET' ? 'responses.retrieve' : 'responses.delete';
  return {
    method,
    path: STORED_RESPONSE_PATH,
    operation: 'responses',
    dialect: openAiResponses,
    stored: { action, method, id, query },
  };
}
