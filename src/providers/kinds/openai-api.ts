/** What the many kinds have in common that speak the OpenAI API; each says in its own file where it differs. */
import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import type { VendorWords } from '../../dialects/index.ts';
import type { Diagnosis, Said } from '../diagnosis.ts';
import { configuredKeys } from '../key-ring.ts';
import type { Capability } from '../provider.ts';
import type { RateLimitHeaders } from '../rate-limits.ts';
import { basics, httpProvider, type Path } from './http.ts';
import { apiKeys, baseUrl, httpFields, type ProviderKind } from './kind.ts';

/** Paths of the OpenAI API below its base URL; vLLM, LM Studio and others speak Anthropic's at the same one. */
export const OPENAI_PATHS = {
  chat: '/chat/completions',
  completions: '/completions',
  embeddings: '/embeddings',
  responses: '/responses',
  moderations: '/moderations',
  messages: '/messages',
  count_tokens: '/messages/count_tokens',
  responses_count_tokens: '/responses/input_tokens',
} as const satisfies Partial<Record<Operation, Path>>;
export type OpenAiOperation = keyof typeof OPENAI_PATHS;

export const OPENAI_FORWARDS = ['openai-beta', 'idempotency-key', 'x-client-request-id'] as const;

/** The paths of some operations. */
export function openAiPaths(operations: readonly OpenAiOperation[]): Map<Operation, Path> {
  return new Map(operations.map((operation) => [operation, OPENAI_PATHS[operation]]));
}

/** A key as most providers want it. */
export const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

export interface OpenAiTraits<Id extends string> {
  readonly id: Id;
  readonly summary: string;
  /** The variable in which its key is usually found. */
  readonly variable: string;
  readonly baseUrl: string;
  readonly operations: readonly OpenAiOperation[];
  readonly patterns: readonly string[];
  readonly knownModels: readonly string[];
  readonly regions: readonly string[];
  readonly capabilities: readonly Capability[];
  /** A stream's usage comes only where `stream_options.include_usage` asks for it; false where it always comes. */
  readonly usageOnRequest: boolean;
  readonly rateLimits: RateLimitHeaders | undefined;
  /** Its own words in answers. */
  readonly words?: VendorWords;
  /** What its refusals mean where the general reading would be wrong. */
  readonly diagnose?: (status: number, said: Said) => Diagnosis | undefined;
}

const settingsOf = <const Id extends string>({ id, variable, baseUrl: url }: OpenAiTraits<Id>) =>
  z.strictObject({
    kind: z.literal(id),
    ...httpFields,
    api_key: apiKeys.describe(
      `API key, usually \${env:${variable}}; or several, each with name, key and weight.`,
    ),
    base_url: baseUrl.default(url).describe('Base URL, as the SDKs take it.'),
  });

/** A kind that is the OpenAI API with these traits. */
export function openAiKind<const Id extends string>(
  traits: OpenAiTraits<Id>,
): ProviderKind<Id, ReturnType<typeof settingsOf<Id>>> {
  const { id, summary, operations, patterns, knownModels, regions, capabilities } = traits;
  const kind: ProviderKind<Id, ReturnType<typeof settingsOf<Id>>> = {
    id,
    summary,
    settings: settingsOf(traits),
    operations,
    patterns,
    knownModels,
    forwards: OPENAI_FORWARDS,
    regions,
    capabilities,
    environment: { needs: { api_key: traits.variable } },
    open: (name, settings, surroundings) =>
      httpProvider({
        ...basics(kind, name, settings, surroundings),
        baseUrl: settings.base_url,
        paths: openAiPaths(traits.operations),
        keys: configuredKeys(name, settings.api_key),
        needsKey: true,
        authorize: bearer,
        usageOnRequest: traits.usageOnRequest,
        ...(traits.diagnose ? { diagnose: traits.diagnose } : {}),
        rateLimits: traits.rateLimits,
        words: traits.words,
      }),
  };
  return kind;
}
