import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import type { Provider } from '../provider.ts';
import { httpProvider } from './http.ts';
import { apiKey, baseUrl, httpFields, providerKind } from './kind.ts';
import { OPENAI_FORWARDS, OPENAI_PATHS } from './openai.ts';

/** Beside OpenAI's own paths, vLLM, LM Studio and others speak Anthropic's at the same base URL. */
const PATHS = new Map<Operation, string>([
  ...OPENAI_PATHS,
  ['messages', '/messages'],
  ['count_tokens', '/messages/count_tokens'],
]);
const SERVABLE = [...PATHS.keys()] as [Operation, ...Operation[]];
const FORWARDS = [...OPENAI_FORWARDS, 'anthropic-version', 'anthropic-beta'] as const;

export const openaiCompatible = providerKind({
  id: 'openai-compatible',
  summary:
    'Any server that speaks the OpenAI API: vLLM, Ollama, SGLang, LM Studio, Groq, Together, Mistral, …',
  operations: SERVABLE,
  patterns: ['*'],
  knownModels: [],
  forwards: FORWARDS,
  settings: z.strictObject({
    kind: z.literal('openai-compatible'),
    ...httpFields,
    base_url: baseUrl.describe('Base URL, as the SDKs take it: http://127.0.0.1:11434/v1'),
    api_key: apiKey.optional().describe('Sent as Authorization: Bearer, where the server wants one.'),
    operations: z
      .array(z.enum(SERVABLE))
      .min(1)
      .default(['chat', 'completions', 'embeddings'])
      .describe('What the server can do.'),
    stream_options: z
      .boolean()
      .default(true)
      .describe('The server knows stream_options.include_usage; false where it refuses the field.'),
  }),
  open(name, settings): Provider {
    const headers: Record<string, string> = { ...settings.headers };
    if (settings.api_key !== undefined) headers.authorization = `Bearer ${settings.api_key}`;
    return httpProvider({
      name,
      kind: 'openai-compatible',
      region: settings.region,
      patterns: settings.models ?? openaiCompatible.patterns,
      knownModels: openaiCompatible.knownModels,
      baseUrl: settings.base_url,
      paths: new Map([...PATHS].filter(([operation]) => settings.operations.includes(operation))),
      defaults: {},
      headers,
      forwards: FORWARDS,
      timeouts: settings.timeouts_ms,
      maxConnections: settings.max_connections,
      usageOnRequest: settings.stream_options,
      diagnose: () => undefined,
    });
  },
});
