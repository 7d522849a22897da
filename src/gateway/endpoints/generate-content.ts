import { Fault } from '../../core/fault.ts';
import { geminiGenerate } from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

/** Google's SDKs ask under either version. */
export const GEMINI_ROOTS = ['/v1beta/models/', '/v1/models/'] as const;

/** As the documentation and the list of what is served name them. */
export const GEMINI_PATHS = [
  '/v1beta/models/{model}:generateContent',
  '/v1beta/models/{model}:streamGenerateContent',
] as const;

const CALL = /^(.+):(generateContent|streamGenerateContent)$/;

/**
 * The endpoint of one call.
 * @param rest of the path after the root: `gemini-2.5-flash:generateContent`; model names may hold slashes
 * @param query of the URL, without `?`
 * @returns undefined where the method is another one
 */
export function generateContent(rest: string, query: string): Endpoint | undefined {
  const [, model = '', method] = CALL.exec(rest) ?? [];
  if (method === undefined) return undefined;
  const stream = method === 'streamGenerateContent';
  const dialect = geminiGenerate(model, stream);
  const path = GEMINI_PATHS[stream ? 1 : 0];
  return {
    method: 'POST',
    path,
    operation: 'gemini',
    dialect: stream && !/(?:^|&)alt=sse(?:&|$)/.test(query) ? withoutStream(dialect) : dialect,
  };
}

/** Without `alt=sse` Google streams one JSON array, which nobody here writes. */
function withoutStream(dialect: Endpoint['dialect']): Endpoint['dialect'] {
  return {
    ...dialect,
    describe() {
      throw new Fault('invalid_request', 'Streams are sent as server-sent events only; ask for ?alt=sse.', {
        param: 'alt',
      });
    },
  };
}
