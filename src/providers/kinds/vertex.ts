import { readFileSync } from 'node:fs';
import type { AuthClient } from 'google-auth-library';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { type JsonObject, parseObject } from '../../core/json.ts';
import type { Operation } from '../../dialects/dialect.ts';
import { type AccessToken, AccessTokens } from '../access-tokens.ts';
import type { Provider, UpstreamRequest } from '../provider.ts';
import { diagnoseClaude } from './anthropic.ts';
import { countPath, diagnoseGoogle, generatePath } from './gemini.ts';
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
  ['gemini_count_tokens', (model) => `/publishers/google${countPath(model)}`],
  ['chat', '/endpoints/openapi/chat/completions'],
]);
const GEMINI = new Set<Operation>(['gemini', 'gemini_count_tokens']);
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
        'Key of a service account or configuration of workload identity, as JSON or as the path of its file; or an access token. Without it, what the machine has.',
      ),
    token_url: baseUrl
      .optional()
      .describe(
        "Where service accounts get their tokens, in place of Google's address: for private networks.",
      ),
    base_url: baseUrl.optional().describe('In place of the address of the location, version included.'),
  }),
  open(name, settings, surroundings): Provider {
    const { project, location, credentials } = settings;
    const secret = credentials === undefined ? MACHINE : accountText(credentials);
    const { clock } = surroundings;
    const sources = new Map<string, AccessTokens>();
    const sourceOf = (account: string): AccessTokens => {
      let source = sources.get(account);
      if (source === undefined) {
        const fetched = { account, ours: account === secret, tokenUrl: settings.token_url };
        source = new AccessTokens(() => fetchToken(fetched, clock), clock);
        sources.set(account, source);
      }
      return source;
    };
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
        const token = sourceOf(account).get();
        return typeof token === 'string' ? bearer(token) : token.then(bearer);
      },
      renew: (account, { authorization = '' }, { status }) =>
        status === 401 && sources.get(account)?.refused(authorization.slice(BEARER.length)) === true,
      usageOnRequest: true,
      diagnose: (status, said) => diagnoseGoogle(status, said) ?? diagnoseClaude(status, said),
    });
  },
});

/** As `gcloud auth print-access-token` prints it: good for an hour's trial. */
const ACCESS_TOKEN = /^ya29\.\S+$/;
/** Stands for the credentials that the machine has by itself; no organisation can bring it as a key. */
const MACHINE = '\0machine';
const BEARER = 'Bearer ';

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

interface Account {
  readonly account: string;
  /** It stands in the configuration: no organisation has brought it along. */
  readonly ours: boolean;
  readonly tokenUrl: string | undefined;
}

async function fetchToken(account: Account, clock: Clock): Promise<AccessToken> {
  const client = await clientOf(account);
  const { token } = await client.getAccessToken();
  if (!token) throw new Error('Google gave no access token');
  return { token, expiresAtMs: client.credentials.expiry_date ?? clock.now() + 600_000 };
}

/** The library is large and slow to load: only who calls Vertex has it. */
async function clientOf({ account, ours, tokenUrl }: Account): Promise<AuthClient> {
  const { GoogleAuth, JWT } = await import('google-auth-library');
  if (account === MACHINE) return new GoogleAuth({ scopes: SCOPE }).getClient();
  const credentials = parseObject(account);
  // Other kinds of credentials name addresses and programs, which a tenant must not choose.
  if (ours && credentials?.type === 'external_account') {
    return new GoogleAuth({ scopes: SCOPE, credentials: { ...credentials } }).getClient();
  }
  const client = new JWT({ ...serviceAccount(credentials), scopes: [SCOPE] });
  if (tokenUrl !== undefined) {
    client.transporter.interceptors.request.add({
      resolved: async (request) => Object.assign(request, { url: new URL(tokenUrl) }),
    });
  }
  return client;
}

const accountSchema = z.looseObject({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
});

function serviceAccount(credentials: JsonObject | undefined): { email: string; key: string } {
  const account = accountSchema.safeParse(credentials);
  if (!account.success) throw new Error('the credentials are not the JSON key of a service account');
  return { email: account.data.client_email, key: account.data.private_key };
}
