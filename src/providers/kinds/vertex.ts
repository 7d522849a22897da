import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Operation } from '../../dialects/dialect.ts';
import { type AccessToken, AccessTokens } from '../access-tokens.ts';
import type { Provider, UpstreamRequest } from '../provider.ts';
import { diagnoseClaude } from './anthropic.ts';
import { diagnoseGoogle, generatePath } from './gemini.ts';
import { basics, httpProvider, type Path } from './http.ts';
import { baseUrl, httpFields, providerKind } from './kind.ts';
import { bearer } from './openai-api.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const ANTHROPIC = '/publishers/anthropic/models';

const PATHS = new Map<Operation, Path>([
  ['gemini', (model, stream) => `/publishers/google${generatePath(model, stream)}`],
  [
    'messages',
    (model, stream) =>
      `${ANTHROPIC}/${encodeURIComponent(model)}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
  ],
  ['count_tokens', `${ANTHROPIC}/count-tokens:rawPredict`],
  ['chat', '/endpoints/openapi/chat/completions'],
]);
const GEMINI = new Set<Operation>(['gemini']);
const CLAUDE = new Set<Operation>(['messages', 'count_tokens']);
const OTHERS = new Set<Operation>(['chat']);

export const vertex = providerKind({
  id: 'vertex',
  summary: 'Vertex AI of Google Cloud: Gemini, Claude, and `publisher/model` names of others.',
  operations: [...PATHS.keys()],
  patterns: ['gemini-*', 'claude-*@*'],
  knownModels: ['gemini-3.1-pro', 'gemini-3-flash', 'gemini-2.5-pro', 'gemini-2.5-flash'],
  forwards: ['anthropic-beta'],
  regions: [],
  capabilities: ['tools', 'images', 'files', 'audio', 'json_schema', 'reasoning'],
  environment: {
    needs: { project: 'GOOGLE_CLOUD_PROJECT', credentials: 'GOOGLE_APPLICATION_CREDENTIALS' },
    takes: { location: 'GOOGLE_CLOUD_LOCATION' },
  },
  settings: z.strictObject({
    kind: z.literal('vertex'),
    ...httpFields,
    project: z
      .string()
      .regex(/^[a-z0-9:.-]+$/, 'must be the id of a project')
      .describe('Id of the Google Cloud project that is billed.'),
    location: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'must be a location such as europe-west4, or global')
      .default('global')
      .describe('Where the models run; also the region where none is named.'),
    credentials: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Key of a service account, as JSON or as the path of its file; or an access token. Without it, what the machine has.',
      ),
    base_url: baseUrl.optional().describe('In place of the address of the location, version included.'),
  }),
  open(name, settings, surroundings): Provider {
    const { project, location, credentials } = settings;
    const secret = credentials === undefined ? MACHINE : accountText(credentials);
    const sources = new Map<string, AccessTokens>();
    return httpProvider({
      ...basics(
        { ...vertex, regions: location === 'global' ? [] : [location] },
        name,
        settings,
        surroundings,
      ),
      baseUrl: `${settings.base_url ?? addressOf(location)}/projects/${project}/locations/${location}`,
      paths: PATHS,
      operationsOf: (model) => (model.startsWith('claude') ? CLAUDE : model.includes('/') ? OTHERS : GEMINI),
      bodyOf,
      keys: [{ id: `${name}/default`, name: 'default', secret, weight: 1 }],
      needsKey: true,
      authorize: (account) => {
        if (ACCESS_TOKEN.test(account)) return bearer(account);
        const token = sourceOf(sources, account, surroundings.clock).get();
        return typeof token === 'string' ? bearer(token) : token.then(bearer);
      },
      usageOnRequest: true,
      diagnose: (status, said) => diagnoseGoogle(status, said) ?? diagnoseClaude(status, said),
    });
  },
});

/** As `gcloud auth print-access-token` prints it: good for an hour's trial. */
const ACCESS_TOKEN = /^ya29\.\S+$/;
/** Stands for the credentials that the machine has by itself. */
const MACHINE = 'machine';

function addressOf(location: string): string {
  return `https://${location === 'global' ? '' : `${location}-`}aiplatform.googleapis.com/v1`;
}

/** @throws Error where the file cannot be read */
function accountText(credentials: string): string {
  const isPath = !credentials.trimStart().startsWith('{') && !ACCESS_TOKEN.test(credentials);
  return isPath ? readFileSync(credentials, 'utf8') : credentials;
}

/** Claude's model is in the path, and the version of its API in the body. */
function bodyOf({ operation, body }: UpstreamRequest): Uint8Array | undefined {
  if (operation !== 'messages') return undefined;
  const { model: _inPath, ...rest } = body;
  return Buffer.from(JSON.stringify({ anthropic_version: 'vertex-2023-10-16', ...rest }));
}

function sourceOf(sources: Map<string, AccessTokens>, account: string, clock: Clock): AccessTokens {
  let source = sources.get(account);
  if (source === undefined) {
    source = new AccessTokens(fetcherOf(account, clock), clock);
    sources.set(account, source);
  }
  return source;
}

/** The library is large and slow to load: only who calls Vertex has it. */
function fetcherOf(account: string, clock: Clock): () => Promise<AccessToken> {
  return async () => {
    const { GoogleAuth, JWT } = await import('google-auth-library');
    const client =
      account === MACHINE
        ? await new GoogleAuth({ scopes: SCOPE }).getClient()
        : new JWT({ ...serviceAccount(account), scopes: [SCOPE] });
    const { token } = await client.getAccessToken();
    if (!token) throw new Error('Google gave no access token');
    return { token, expiresAtMs: client.credentials.expiry_date ?? clock.now() + 600_000 };
  };
}

const accountSchema = z.looseObject({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
});

/** Service accounts only: other kinds of credentials name addresses and programs, which a tenant must not choose. */
function serviceAccount(text: string): { email: string; key: string } {
  const account = accountSchema.safeParse(parsed(text));
  if (!account.success) throw new Error('the credentials are not the JSON key of a service account');
  return { email: account.data.client_email, key: account.data.private_key };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
