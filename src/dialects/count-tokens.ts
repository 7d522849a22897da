/** Counting tokens asked for in one vendor's words, of providers that count in their own. */
import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import { readMessagesRequest } from './anthropic-messages/read-request.ts';
import { writeMessagesRequest } from './anthropic-messages/write-request.ts';
import { writeConverseRequest } from './bedrock-converse/write-request.ts';
import type { Target } from './canonical/features.ts';
import type { CanonicalRequest } from './canonical/request.ts';
import { Trail, words } from './canonical/trail.ts';
import { beginWriting, type Writing } from './canonical/writing.ts';
import type { Operation } from './dialect.ts';
import { readObject } from './fields.ts';
import { member } from './gemini/members.ts';
import { readGeminiRequest } from './gemini/read-request.ts';
import { writeGeminiRequest } from './gemini/write-request.ts';
import { writeResponsesRequest } from './openai-responses/write-request.ts';
import { firstCount } from './tokens.ts';
import type { TranslatedCall, TranslationTarget } from './translation.ts';

interface Client {
  readonly request: (body: JsonObject, trail: Trail) => CanonicalRequest;
  readonly told: (tokens: number) => JsonObject;
}

interface Provider {
  /** Whose requests it counts. */
  readonly target: Target;
  readonly request: (request: CanonicalRequest, writing: Writing) => JsonObject;
  /** Members of such a request that weigh something; others are refused where tokens are counted. */
  readonly weighs: ReadonlySet<string>;
  readonly wrap: (body: JsonObject, target: TranslationTarget) => JsonObject;
  readonly counted: string;
}

const CLIENTS = {
  count_tokens: { request: readMessagesRequest, told: (tokens) => ({ input_tokens: tokens }) },
  gemini_count_tokens: {
    request: (body, trail) =>
      readGeminiRequest(readObject(member(body, 'generateContentRequest')) ?? body, trail),
    told: (tokens) => ({ totalTokens: tokens }),
  },
} as const satisfies Partial<Record<Operation, Client>>;

const asItIs = (body: JsonObject): JsonObject => body;

const PROVIDERS = {
  count_tokens: {
    target: 'messages',
    request: writeMessagesRequest,
    weighs: words('model messages system tools tool_choice thinking output_config'),
    wrap: asItIs,
    counted: 'input_tokens',
  },
  gemini_count_tokens: {
    target: 'gemini',
    request: writeGeminiRequest,
    weighs: words('contents systemInstruction tools toolConfig generationConfig'),
    // Vertex counts the request itself, the Gemini API one inside; it takes no configuration beside bare contents.
    wrap: (body, { kind, model }) =>
      kind === 'vertex'
        ? withoutChoice(body)
        : { generateContentRequest: { model: `models/${model}`, ...body } },
    counted: 'totalTokens',
  },
  converse_count_tokens: {
    target: 'converse',
    request: writeConverseRequest,
    weighs: words('messages system toolConfig additionalModelRequestFields'),
    wrap: (body) => ({ input: { converse: body } }),
    counted: 'inputTokens',
  },
  responses_count_tokens: {
    target: 'responses',
    request: writeResponsesRequest,
    weighs: words('model input instructions tools tool_choice parallel_tool_calls text reasoning'),
    wrap: asItIs,
    counted: 'input_tokens',
  },
} as const satisfies Partial<Record<Operation, Provider>>;

export type CountingClient = keyof typeof CLIENTS;
export type CountingProvider = keyof typeof PROVIDERS;
export const COUNTING_CLIENTS = Object.keys(CLIENTS) as CountingClient[];
export const COUNTING_PROVIDERS = Object.keys(PROVIDERS) as CountingProvider[];

function withoutChoice({ toolConfig: _, ...body }: JsonObject): JsonObject {
  return body;
}

/** @throws Fault `invalid_request` naming the field, for what can be neither carried nor dropped */
export function openCount(
  from: CountingClient,
  to: CountingProvider,
  asked: JsonObject,
  target: TranslationTarget,
): TranslatedCall {
  const client: Client = CLIENTS[from];
  const provider: Provider = PROVIDERS[to];
  const trail = new Trail(provider.target);
  const written = provider.request(client.request(asked, trail), beginWriting(target, trail));
  const weighing = Object.fromEntries(Object.entries(written).filter(([name]) => provider.weighs.has(name)));
  return {
    body: provider.wrap(weighing, target),
    dropped: trail.dropped,
    answer(given) {
      const tokens = firstCount(given, provider.counted);
      if (tokens === undefined)
        throw new Fault('provider_error', 'The provider answered without a count of tokens.');
      return { body: client.told(tokens), usage: undefined };
    },
    stream() {
      throw new Fault('provider_error', 'The provider streamed a count of tokens, which has no stream.');
    },
  };
}
