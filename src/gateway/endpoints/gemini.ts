import { Fault } from '../../core/fault.ts';
import {
  type Dialect,
  geminiCountTokens,
  geminiEmbed,
  geminiEmbeddings,
  geminiGenerate,
  type Operation,
} from '../../dialects/index.ts';
import type { Endpoint } from '../stage.ts';

/** Google's SDKs ask under either version. */
export const GEMINI_ROOTS = ['/v1beta/models/', '/v1/models/'] as const;
const ROOT = '/v1beta/models/{model}';

interface Method {
  readonly operation: Operation;
  readonly dialect: (model: string, query: string) => Dialect;
}

const METHODS: Readonly<Record<string, Method>> = {
  generateContent: { operation: 'gemini', dialect: (model) => geminiGenerate(model, false) },
  streamGenerateContent: { operation: 'gemini', dialect: streaming },
  countTokens: { operation: 'gemini_count_tokens', dialect: geminiCountTokens },
  embedContent: { operation: 'gemini_embed', dialect: geminiEmbed },
  batchEmbedContents: { operation: 'gemini_embeddings', dialect: geminiEmbeddings },
};

/** As the documentation and the list of what is served name them. */
export const GEMINI_PATHS = Object.keys(METHODS).map((method) => `${ROOT}:${method}`);

const CALL = /^(.+):([A-Za-z]+)$/;

/**
 * The endpoint of one call.
 * @param rest of the path after the root: `gemini-2.5-flash:generateContent`; model names may hold slashes
 * @param query of the URL, without `?`
 * @returns undefined where the method is another one
 */
export function geminiEndpoint(rest: string, query: string): Endpoint | undefined {
  const [, model = '', name = ''] = CALL.exec(rest) ?? [];
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) return undefined;
  const dialect = method.dialect(model, query);
  return { method: 'POST', path: `${ROOT}:${name}`, operation: method.operation, dialect };
}

/** Without `alt=sse` Google streams one JSON array, which nobody here writes. */
function streaming(model: string, query: string): Dialect {
  const dialect = geminiGenerate(model, true);
  if (/(?:^|&)alt=sse(?:&|$)/.test(query)) return dialect;
  return {
    ...dialect,
    describe() {
      throw new Fault('invalid_request', 'Streams are sent as server-sent events only; ask for ?alt=sse.', {
        param: 'alt',
      });
    },
  };
}
