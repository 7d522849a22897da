/** Temporary keys of AWS, from where the machine gets them: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseObject } from '../core/json.ts';
import type { AccessToken } from './access-tokens.ts';
import { baseUrl } from './kinds/kind.ts';

const path = z.string().min(1);

export const awsCredentials = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('container').describe('Tasks of ECS, pods of EKS with Pod Identity.'),
    url: z
      .url({ protocol: /^https?$/ })
      .describe(
        'http://169.254.170.2${env:AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} or ${env:AWS_CONTAINER_CREDENTIALS_FULL_URI}',
      ),
    token_file: path
      .optional()
      .describe('${env:AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE}, where there is one.'),
  }),
  z.strictObject({
    from: z
      .literal('web_identity')
      .describe('Pods of EKS with a role of their service account, and other OpenID Connect issuers.'),
    role_arn: z.string().regex(/^arn:/, 'must be the ARN of a role').describe('${env:AWS_ROLE_ARN}'),
    token_file: path.describe('${env:AWS_WEB_IDENTITY_TOKEN_FILE}'),
    sts_url: baseUrl.optional().describe('In place of the address of STS in the region.'),
  }),
  z.strictObject({
    from: z.literal('instance').describe('Instances of EC2 with a role, by the metadata service (IMDSv2).'),
    url: baseUrl.default('http://169.254.169.254').describe('Of the metadata service.'),
  }),
]);

export type AwsCredentialsSettings = z.output<typeof awsCredentials>;

/** Names the session in CloudTrail. */
const SESSION = 'sluice';
const METADATA_TTL_S = '21600';
const TIMEOUT_MS = 5_000;
const MOST_BYTES = 65_536;

const named = z.looseObject({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
  Expiration: z.iso.datetime({ offset: true }),
});

/**
 * Keys as one secret (see `readAwsKeys`), with their end.
 * @throws Error that says who refused what; never a secret
 */
export function fetchAwsKeys(settings: AwsCredentialsSettings, region: string): Promise<AccessToken> {
  switch (settings.from) {
    case 'container':
      return fromContainer(settings.url, settings.token_file);
    case 'web_identity':
      return fromWebIdentity(settings, settings.sts_url ?? `https://sts.${region}.amazonaws.com`);
    case 'instance':
      return fromInstance(settings.url);
  }
}

async function fromContainer(url: string, tokenFile: string | undefined): Promise<AccessToken> {
  // It is renewed in its file.
  const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim();
  return keysIn(await ask(url, { headers: token === undefined ? {} : { authorization: token } }), url);
}

async function fromInstance(root: string): Promise<AccessToken> {
  const token = await ask(`${root}/latest/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': METADATA_TTL_S },
  });
  const headers = { 'x-aws-ec2-metadata-token': token };
  const roles = `${root}/latest/meta-data/iam/security-credentials/`;
  const [role = ''] = (await ask(roles, { headers })).trim().split('\n');
  return keysIn(await ask(`${roles}${encodeURIComponent(role)}`, { headers }), roles);
}

async function fromWebIdentity(
  { role_arn: role, token_file: file }: AwsCredentialsSettings & { from: 'web_identity' },
  stsUrl: string,
): Promise<AccessToken> {
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: SESSION,
    WebIdentityToken: (await readFile(file, 'utf8')).trim(),
  });
  const xml = await ask(`${stsUrl}/`, { method: 'POST', body });
  const member = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  return asToken(
    {
      AccessKeyId: member('AccessKeyId'),
      SecretAccessKey: member('SecretAccessKey'),
      Token: member('SessionToken'),
      Expiration: member('Expiration'),
    },
    stsUrl,
  );
}

function keysIn(text: string, url: string): AccessToken {
  return asToken(parseObject(text), url);
}

function asToken(value: unknown, url: string): AccessToken {
  const keys = named.safeParse(value);
  if (!keys.success) throw new Error(`${url} answered with something that holds no keys`);
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = keys.data;
  return { token: `${AccessKeyId}:${SecretAccessKey}:${Token}`, expiresAtMs: Date.parse(Expiration) };
}

async function ask(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, {
    ...init,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${codeIn(text)}`);
  if (text.length > MOST_BYTES) throw new Error(`${url} answered with more than ${MOST_BYTES} characters`);
  return text;
}

/** What STS and the endpoints call the reason; their messages may quote the token. */
function codeIn(text: string): string {
  return /<Code>([A-Za-z]{1,80})<\/Code>/.exec(text)?.[1] ?? 'no reason that can be read';
}
