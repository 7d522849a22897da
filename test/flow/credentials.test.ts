/** Tokens and temporary keys: fetched once, renewed before they end, renewed once where they are refused. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import t, { type Test } from 'tap';
import { drain, testExchange } from '../support/exchange.ts';
import { until } from '../support/until.ts';
import { testGateway } from '../upstream/gateway.ts';
import { type Received, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-credentials-'));
t.teardown(() => rmSync(folder, { recursive: true }));

const json = (value: unknown): UpstreamReply => ({ chunks: [JSON.stringify(value)] });
const GEMINI = json({
  candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5 },
});
const CONVERSE = json({
  output: { message: { role: 'assistant', content: [{ text: 'hi' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 7, outputTokens: 5 },
});

interface Issuer {
  /** Every n-th set of credentials, from 1. */
  issue(n: number, request: Received): UpstreamReply;
  answer(request: Received): UpstreamReply;
  readonly issues: (request: Received) => boolean;
}

/** A gateway whose one provider and its issuer are one server. */
async function world(t: Test, issuer: Issuer, settings: (url: string) => object, model: string) {
  let issued = 0;
  const server = await startUpstream(t, (request) =>
    issuer.issues(request) ? issuer.issue(++issued, request) : issuer.answer(request),
  );
  const gateway = testGateway(t, { p: settings(server.url) });
  const ask = async () => {
    const body = { model, messages: [{ role: 'user', content: 'hello' }], max_tokens: 9 };
    const x = testExchange({ body, targets: [{ provider: 'p', model, region: undefined }] });
    const fault = await gateway.call(x);
    const text = x.answer === null ? '' : (await drain(x.answer.source)).text;
    return { fault, text, attempts: x.attempts };
  };
  const calls = () => server.requests.filter((request) => !issuer.issues(request));
  return { ask, calls, issued: () => issued, requests: server.requests };
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ACCOUNT = JSON.stringify({
  type: 'service_account',
  client_email: 'sluice@proj.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
});
const vertex = (url: string) => ({
  kind: 'vertex',
  project: 'proj',
  location: 'europe-west4',
  credentials: ACCOUNT,
  token_url: `${url}/token`,
  base_url: `${url}/v1`,
});
const isToken = ({ path }: Received) => path === '/token';
const token = (n: number, seconds = 3600) =>
  json({ access_token: `ya29.${n}`, expires_in: seconds, token_type: 'Bearer' });

t.test('Google: an assertion signed by the account buys one token for all who wait', async (t) => {
  const { ask, calls, issued, requests } = await world(
    t,
    { issues: isToken, issue: (n) => token(n), answer: () => GEMINI },
    vertex,
    'gemini-2.5-flash',
  );
  const all = await Promise.all(Array.from({ length: 8 }, ask));
  t.ok(all.every(({ fault }) => fault === undefined));
  t.equal(issued(), 1);
  t.ok(calls().every(({ headers }) => headers.authorization === 'Bearer ya29.1'));
  const asked = new URLSearchParams(requests.find(isToken)?.body);
  t.equal(asked.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const { payload, protectedHeader } = await jwtVerify(asked.get('assertion') ?? '', publicKey, {
    issuer: 'sluice@proj.iam.gserviceaccount.com',
    audience: 'https://oauth2.googleapis.com/token',
  });
  t.equal(protectedHeader.alg, 'RS256');
  t.equal(payload.scope, 'https://www.googleapis.com/auth/cloud-platform');
});

t.test('Google: a token is renewed before it ends, while calls go on with the old one', async (t) => {
  const { ask, calls, issued } = await world(
    t,
    { issues: isToken, issue: (n) => token(n, n === 1 ? 200 : 3600), answer: () => GEMINI },
    vertex,
    'gemini-2.5-flash',
  );
  await ask();
  await ask();
  t.strictSame(
    calls().map(({ headers }) => headers.authorization),
    ['Bearer ya29.1', 'Bearer ya29.1'],
  );
  await until(() => issued() === 2);
  await until(async () => (await ask()) && calls().at(-1)?.headers.authorization === 'Bearer ya29.2');
  t.equal(issued(), 2);
});

t.test('Google: a token that is refused is renewed once, each call an attempt of its own', async (t) => {
  const refuses = new Set(['Bearer ya29.1']);
  const { ask, issued } = await world(
    t,
    {
      issues: isToken,
      issue: (n) => token(n),
      answer: ({ headers }) =>
        refuses.has(headers.authorization ?? '')
          ? { status: 401, ...json({ error: { code: 401, status: 'UNAUTHENTICATED', message: 'expired' } }) }
          : GEMINI,
    },
    vertex,
    'gemini-2.5-flash',
  );
  const { fault, attempts } = await ask();
  t.equal(fault, undefined);
  t.match(attempts, [{ outcome: 'failed', reason: 'provider_auth_failed' }, { status: 200 }]);
  t.equal(issued(), 2);
  refuses.add('Bearer ya29.2');
  const again = await ask();
  t.match(again.fault, { code: 'provider_auth_failed' });
  t.equal(issued(), 2, 'an issuer is not asked by every call that is refused');
});

t.test('Google: an account that gets no token says so, and nothing of its key', async (t) => {
  const refusal = { error: 'invalid_grant', error_description: 'account not found' };
  const { ask, calls } = await world(
    t,
    { issues: isToken, issue: () => ({ status: 400, ...json(refusal) }), answer: () => GEMINI },
    vertex,
    'gemini-2.5-flash',
  );
  const { fault } = await ask();
  t.match(fault, { code: 'provider_auth_failed', message: /no valid credentials for the provider p/ });
  t.match(fault?.details.internal, /invalid_grant: account not found/);
  t.notMatch(JSON.stringify([fault?.message, fault?.details.internal]), /PRIVATE KEY/);
  t.equal(calls().length, 0);
});

const AWS_KEYS = (n: number, minutes = 60) => ({
  Code: 'Success',
  AccessKeyId: `ASIAIOSFODNN7EXAMPL${n}`,
  SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  Token: `session${n}`,
  Expiration: new Date(Date.now() + minutes * 60_000).toISOString(),
});
const bedrock = (credentials: object) => (url: string) => ({
  kind: 'bedrock',
  aws_region: 'eu-central-1',
  base_url: url,
  credentials: { ...credentials, ...('sts_url' in credentials ? { sts_url: url } : { url: `${url}/creds` }) },
});
const MODEL = 'anthropic.claude-sonnet-4-20250514-v1:0';
const isConverse = ({ path }: Received) => path.startsWith('/model/');
const signedBy = (request: Received | undefined) => [
  /Credential=([A-Z0-9]+)\//.exec(request?.headers.authorization ?? '')?.[1],
  request?.headers['x-amz-security-token'],
];
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

t.test('AWS: a container’s keys, with the token of its file', async (t) => {
  const tokenFile = file('container', 'pod-token\n');
  const { ask, calls, issued, requests } = await world(
    t,
    {
      issues: (request) => !isConverse(request),
      issue: (n) => json(AWS_KEYS(n, n === 1 ? 4 : 60)),
      answer: () => CONVERSE,
    },
    bedrock({ from: 'container', token_file: tokenFile }),
    MODEL,
  );
  const all = await Promise.all(Array.from({ length: 5 }, ask));
  t.strictSame(new Set(all.map(({ fault }) => fault)), new Set([undefined]));
  t.match(requests[0], { path: '/creds', headers: { authorization: 'pod-token' } });
  t.strictSame(signedBy(calls()[0]), ['ASIAIOSFODNN7EXAMPL1', 'session1']);
  // it ends within five minutes, so it is renewed beside the next call
  await ask();
  await until(() => issued() === 2);
  await until(async () => (await ask()) && signedBy(calls().at(-1))[1] === 'session2');
  t.equal(issued(), 2);
});

t.test('AWS: an instance’s role, by tokens of the metadata service (IMDSv2)', async (t) => {
  const { ask, calls, requests } = await world(
    t,
    {
      issues: (request) => !isConverse(request),
      issue: (_n, { path }) =>
        path.endsWith('/token')
          ? { chunks: ['metadata-token'] }
          : path.endsWith('/')
            ? { chunks: ['the role\n'] }
            : json(AWS_KEYS(1)),
      answer: () => CONVERSE,
    },
    bedrock({ from: 'instance' }),
    MODEL,
  );
  t.equal((await ask()).fault, undefined);
  const roles = '/creds/latest/meta-data/iam/security-credentials/';
  t.match(requests.slice(0, 3), [
    {
      method: 'PUT',
      path: '/creds/latest/api/token',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' },
    },
    { method: 'GET', path: roles, headers: { 'x-aws-ec2-metadata-token': 'metadata-token' } },
    { method: 'GET', path: `${roles}the%20role`, headers: { 'x-aws-ec2-metadata-token': 'metadata-token' } },
  ]);
  t.strictSame(signedBy(calls()[0]), ['ASIAIOSFODNN7EXAMPL1', 'session1']);
});

const sts = (n: number): UpstreamReply => {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = AWS_KEYS(n);
  const keys = `<AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey><SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration>`;
  return {
    headers: { 'content-type': 'text/xml' },
    chunks: [
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>${keys}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    ],
  };
};

t.test('AWS: a role by web identity; keys that have expired are renewed once', async (t) => {
  const identity = file('identity', 'eyJ.identity');
  const { ask, issued, requests } = await world(
    t,
    {
      issues: (request) => !isConverse(request),
      issue: sts,
      answer: ({ headers }) =>
        headers['x-amz-security-token'] === 'session1'
          ? {
              status: 403,
              headers: { 'x-amzn-errortype': 'ExpiredTokenException:http://internal.amazon.com/' },
              chunks: ['{"message":"The security token included in the request is expired"}'],
            }
          : CONVERSE,
    },
    bedrock({
      from: 'web_identity',
      role_arn: 'arn:aws:iam::1:role/sluice',
      token_file: identity,
      sts_url: '',
    }),
    MODEL,
  );
  const { fault, attempts } = await ask();
  t.equal(fault, undefined);
  t.equal(attempts.length, 2);
  t.equal(issued(), 2);
  t.strictSame(Object.fromEntries(new URLSearchParams(requests[0]?.body)), {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: 'arn:aws:iam::1:role/sluice',
    RoleSessionName: 'sluice',
    WebIdentityToken: 'eyJ.identity',
  });
});

t.test('AWS: who gets no keys is told why, without what it asked with', async (t) => {
  const identity = file('refused', 'eyJ.secret');
  const { ask, calls } = await world(
    t,
    {
      issues: (request) => !isConverse(request),
      issue: () => ({
        status: 400,
        chunks: [
          '<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>eyJ.secret</Message></Error></ErrorResponse>',
        ],
      }),
      answer: () => CONVERSE,
    },
    bedrock({
      from: 'web_identity',
      role_arn: 'arn:aws:iam::1:role/sluice',
      token_file: identity,
      sts_url: '',
    }),
    MODEL,
  );
  const { fault } = await ask();
  t.match(fault, { code: 'provider_auth_failed', details: { internal: /400: InvalidIdentityToken/ } });
  t.notMatch(fault?.details.internal, /eyJ/);
  t.equal(calls().length, 0);
});

t.test('AWS: keys and a way to get them are one too many', async (t) => {
  const both = { ...bedrock({ from: 'instance' })('http://127.0.0.1:1'), api_key: 'k' };
  t.throws(() => testGateway(t, { p: both }), /set one of them/);
});

t.test('Google: workload identity, where the configuration says so and nowhere else', async (t) => {
  const identity = file('google-identity', 'eyJ.identity');
  const federation = (url: string) =>
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/o',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/token`,
      credential_source: { file: identity },
    });
  const { ask, calls, requests } = await world(
    t,
    { issues: isToken, issue: (n) => token(n), answer: () => GEMINI },
    (url) => ({ ...vertex(url), credentials: federation(url) }),
    'gemini-2.5-flash',
  );
  t.equal((await ask()).fault, undefined);
  t.equal(new URLSearchParams(requests.find(isToken)?.body).get('subject_token'), 'eyJ.identity');
  t.equal(calls()[0]?.headers.authorization, 'Bearer ya29.1');

  // an organisation's own key that names an address of its choice, or the machine, is none
  const gateway = testGateway(t, { p: vertex('http://127.0.0.1:1') });
  for (const secret of [federation('http://127.0.0.1:1'), 'machine']) {
    const org = testExchange().principal.orgId;
    const brought = { id: 'own', name: 'own', secret, weight: 1 };
    gateway.providers.byName.get('p')?.keys?.useOrgKeys(new Map([[org, [brought]]]));
    const x = testExchange({ targets: [{ provider: 'p', model: 'gemini-2.5-flash', region: undefined }] });
    t.match(await gateway.call(x), { details: { internal: /not the JSON key of a service account/ } });
  }
});
