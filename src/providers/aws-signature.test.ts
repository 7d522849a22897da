import { createHash, createHmac } from 'node:crypto';
import t from 'tap';
import { type AwsKeys, awsSignature, readAwsKeys, type SignedCall } from './aws-signature.ts';

/**
 * The example account, time and service of AWS's Signature Version 4 test suite (aws-sig-v4-test-suite, Apache-2.0;
 * in botocore under tests/unit/auth/aws4_testsuite), and the signatures that it publishes.
 */
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SCOPE = { service: 'service', region: 'us-east-1' };
const AT_MS = Date.UTC(2015, 7, 30, 12, 36, 0);
const ROOT = 'https://example.amazonaws.com';

const PUBLISHED: Readonly<Record<string, [method: string, url: string, signature: string]>> = {
  'get-vanilla': ['GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  'get-vanilla-empty-query-key': [
    'GET',
    '/?Param1=value1',
    'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  ],
  'get-vanilla-query-order-key-case': [
    'GET',
    '/?Param2=value2&Param1=value1',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  'post-vanilla': ['POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  'post-vanilla-query': [
    'POST',
    '/?Param1=value1',
    '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  ],
};

const signatureIn = ({ authorization = '' }: Readonly<Record<string, string>>) =>
  /Signature=([0-9a-f]{64})$/.exec(authorization)?.[1];

for (const [name, [method, url, signature]] of Object.entries(PUBLISHED)) {
  t.test(`AWS's vector ${name}`, async (t) => {
    const headers = await awsSignature(KEYS, SCOPE, { method, url: `${ROOT}${url}`, body: null }, AT_MS);
    t.equal(signatureIn(headers), signature);
    t.equal(headers['x-amz-date'], '20150830T123600Z');
  });
}

t.test('a session token is signed along, as in AWS’s vector post-sts-header-before', async (t) => {
  const sessionToken =
    'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
  const call = { method: 'POST', url: `${ROOT}/`, body: null };
  const headers = await awsSignature({ ...KEYS, sessionToken }, SCOPE, call, AT_MS);
  t.equal(signatureIn(headers), '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead');
  t.equal(headers['x-amz-security-token'], sessionToken);
});

const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Uint8Array | string, data: string) => createHmac('sha256', key).update(data).digest();

/** The specification once more, in its own steps, sharing no code with what is tried. */
function bySpecification(keys: AwsKeys, { method, url, body }: SignedCall, region: string): string {
  const { host, pathname } = new URL(url);
  const path = pathname
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment).replace(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
  const signed = {
    host,
    'x-amz-date': '20150830T123600Z',
    ...(keys.sessionToken ? { 'x-amz-security-token': keys.sessionToken } : {}),
  };
  const canonical = [
    method,
    path,
    '',
    ...Object.entries(signed).map(([name, value]) => `${name}:${value}`),
    '',
    Object.keys(signed).join(';'),
    sha256(body ?? ''),
  ].join('\n');
  const scope = `20150830/${region}/bedrock/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', '20150830T123600Z', scope, sha256(canonical)].join('\n');
  const key = ['20150830', region, 'bedrock', 'aws4_request'].reduce<Uint8Array | string>(
    hmac,
    `AWS4${keys.secretAccessKey}`,
  );
  return hmac(key, text).toString('hex');
}

t.test('Bedrock’s paths, whose models have colons and slashes, as the specification has them', async (t) => {
  for (const model of [
    'anthropic.claude-sonnet-4-20250514-v1:0',
    'arn:aws:bedrock:eu-west-1:1:inference-profile/x y',
  ]) {
    for (const sessionToken of [undefined, 'temporary/+=']) {
      const url = `https://bedrock-runtime.eu-west-1.amazonaws.com/model/${encodeURIComponent(model)}/converse`;
      const call = { method: 'POST', url, body: Buffer.from('{"messages":[{"role":"user"}]}') };
      const keys = { ...KEYS, sessionToken };
      const headers = await awsSignature(keys, { service: 'bedrock', region: 'eu-west-1' }, call, AT_MS);
      t.equal(signatureIn(headers), bySpecification(keys, call, 'eu-west-1'), model);
    }
  }
});

t.test('keys as one secret', async (t) => {
  t.same(readAwsKeys('AKIAIOSFODNN7EXAMPLE:wJalr/K7+x'), {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalr/K7+x',
  });
  t.equal(readAwsKeys('ASIAIOSFODNN7EXAMPLE:wJalr:to:ken')?.sessionToken, 'to:ken');
  t.equal(readAwsKeys('bedrock-api-key-YWJj'), undefined);
});
