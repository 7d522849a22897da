import { z } from 'zod';
import type { Operation } from '../../dialects/dialect.ts';
import { isClaude } from '../../dialects/models.ts';
import { AccessTokens } from '../access-tokens.ts';
import { awsCredentials, fetchAwsKeys } from '../aws-credentials.ts';
import { awsSignature, readAwsKeys, type SignedCall } from '../aws-signature.ts';
import { AwsToSse } from '../aws-sse.ts';
import { configuredKeys } from '../key-ring.ts';
import type { Head, Provider, UpstreamRequest } from '../provider.ts';
import { basics, httpProvider, type Path } from './http.ts';
import { apiKeys, baseUrl, httpFields, providerKind } from './kind.ts';
import { bearer } from './openai-api.ts';

const modelPath = (model: string): string => `/model/${encodeURIComponent(model)}`;
const invoke: Path = (model) => `${modelPath(model)}/invoke`;

const PATHS = new Map<Operation, Path>([
  ['converse', (model, stream) => `${modelPath(model)}/converse${stream ? '-stream' : ''}`],
  ['messages', (model, stream) => `${modelPath(model)}/invoke${stream ? '-with-response-stream' : ''}`],
  // Counted is by the model itself, not by the profile that says where it may run.
  [
    'converse_count_tokens',
    (model) => `${modelPath(model.replace(/^(?:us|eu|apac|global)\./, ''))}/count-tokens`,
  ],
  ['titan_embeddings', invoke],
  ['cohere_embeddings', invoke],
]);
const TALK = new Set<Operation>(['converse', 'converse_count_tokens']);
/** Translated calls go to Converse all the same: it comes first. */
const CLAUDE = new Set<Operation>([...TALK, 'messages']);
const TITAN = new Set<Operation>(['titan_embeddings']);
const COHERE = new Set<Operation>(['cohere_embeddings']);

export const bedrock = providerKind({
  id: 'bedrock',
  summary: 'Amazon Bedrock (Converse), with an API key or signed with access keys.',
  operations: [...PATHS.keys()],
  patterns: [
    ...['anthropic', 'amazon', 'meta', 'mistral', 'cohere', 'ai21', 'deepseek', 'qwen', 'openai'].map(
      (vendor) => `${vendor}.*`,
    ),
    ...['us', 'eu', 'apac', 'global'].map((reach) => `${reach}.*`),
  ],
  knownModels: [
    'anthropic.claude-opus-4-6-v1',
    'anthropic.claude-sonnet-4-6',
    'amazon.nova-2-lite-v1:0',
    'amazon.titan-embed-text-v2:0',
  ],
  forwards: [],
  regions: [],
  capabilities: ['tools', 'images', 'files', 'json_schema', 'reasoning'],
  environment: { needs: { api_key: 'AWS_BEARER_TOKEN_BEDROCK', aws_region: 'AWS_REGION' } },
  settings: z.strictObject({
    kind: z.literal('bedrock'),
    ...httpFields,
    aws_region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')
      .describe(
        'AWS region; also the region where none is named. A model id that begins with global. leaves it.',
      ),
    api_key: apiKeys
      .optional()
      .describe(
        'Bedrock API key, or ACCESS_KEY_ID:SECRET_ACCESS_KEY; or several, each with name, key and weight.',
      ),
    access_key_id: z
      .string()
      .regex(/^[A-Z0-9]{16,128}$/)
      .optional()
      .describe('In place of api_key: calls are signed.'),
    secret_access_key: z.string().min(1).optional().describe('Belongs to access_key_id.'),
    session_token: z.string().min(1).optional().describe('Where the two are temporary.'),
    claude: z
      .enum(['converse', 'messages'])
      .default('converse')
      .describe(
        "How Anthropic's clients reach Claude: translated to Converse, or in their own dialect (InvokeModel), byte for byte.",
      ),
    credentials: awsCredentials
      .optional()
      .describe('In place of keys: temporary ones, fetched and renewed where this machine gets them.'),
    base_url: baseUrl.optional().describe('In place of the address of the region, for VPC endpoints.'),
  }),
  open(name, settings, surroundings): Provider {
    const { aws_region: region, credentials } = settings;
    const { clock } = surroundings;
    const own = ownKeys(settings);
    const temporary = credentials && new AccessTokens(() => fetchAwsKeys(credentials, region), clock);
    const sign = (secret: string, call: SignedCall) => {
      const keys = readAwsKeys(secret);
      if (keys === undefined) return bearer(secret);
      return awsSignature(keys, { service: 'bedrock', region }, call, clock.now());
    };
    return httpProvider({
      ...basics({ ...bedrock, regions: [region] }, name, settings, surroundings),
      baseUrl: settings.base_url ?? `https://bedrock-runtime.${region}.amazonaws.com`,
      paths: PATHS,
      operationsOf(model) {
        if (model.includes('embed')) return model.includes('cohere.') ? COHERE : TITAN;
        return settings.claude === 'messages' && isClaude(model) ? CLAUDE : TALK;
      },
      bodyOf,
      unwrap: (operation, receiver) => (operation === 'messages' ? new AwsToSse(receiver) : receiver),
      streamType: 'application/vnd.amazon.eventstream',
      keys: configuredKeys(name, temporary === undefined ? own : MACHINE),
      needsKey: true,
      authorize(key, call) {
        if (key !== MACHINE || temporary === undefined) return sign(key, call);
        const keys = temporary.get();
        return typeof keys === 'string' ? sign(keys, call) : keys.then((fetched) => sign(fetched, call));
      },
      ...(temporary
        ? {
            renew: (key, sent, refusal) =>
              key === MACHINE && isExpired(refusal) && temporary.refused(sent['x-amz-security-token'] ?? ''),
          }
        : {}),
      usageOnRequest: false,
      // 424: the model failed.
      diagnose: (status) => (status === 424 ? 'transient' : undefined),
    });
  },
});

/** What stands in the settings as keys, as one secret or several. @throws Error where they say two things */
function ownKeys(settings: {
  readonly api_key?: z.output<typeof apiKeys> | undefined;
  readonly access_key_id?: string | undefined;
  readonly secret_access_key?: string | undefined;
  readonly session_token?: string | undefined;
  readonly credentials?: unknown;
}): z.output<typeof apiKeys> | undefined {
  const { access_key_id: id, secret_access_key: secret, session_token: token } = settings;
  const signing = [id, secret, token].filter((part) => part !== undefined).join(':');
  const own = settings.api_key ?? (signing === '' ? undefined : signing);
  if (own !== undefined && settings.credentials !== undefined) {
    throw new Error('credentials stand in place of keys: set one of them');
  }
  return own;
}

/** Claude's model and the wish for a stream are in the path, and the version of its API in the body. */
function bodyOf({ operation, body }: UpstreamRequest): Uint8Array | undefined {
  if (operation !== 'messages') return undefined;
  const { model: _inPath, stream: _too, ...rest } = body;
  return Buffer.from(JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', ...rest }));
}

/** Stands for the keys that the machine gets; no organisation can bring it as a key. */
const MACHINE = '\0machine';

/** Keys that ended, or were withdrawn with the session that they came from. */
function isExpired({ headers }: Head): boolean {
  return /^(?:ExpiredToken|UnrecognizedClient|InvalidClientTokenId)/.test(
    String(headers['x-amzn-errortype']),
  );
}
