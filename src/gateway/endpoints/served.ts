import { GEMINI_PATHS } from './gemini.ts';
import { ENDPOINTS } from './index.ts';
import { GEMINI_MODELS_PATH, MODELS_PATH } from './models.ts';
import { STORED_RESPONSE_METHODS, STORED_RESPONSE_PATH } from './stored-responses.ts';

/** Everything that callers of models may ask for, as a person reads it. */
export const SERVED: readonly { readonly method: string; readonly path: string }[] = [
  ...ENDPOINTS.map(({ method, path }) => ({ method, path })),
  ...STORED_RESPONSE_METHODS.map((method) => ({ method, path: STORED_RESPONSE_PATH })),
  { method: 'GET', path: MODELS_PATH },
  ...GEMINI_PATHS.map((path) => ({ method: 'POST', path })),
  { method: 'GET', path: GEMINI_MODELS_PATH },
];
