/** Signature Version 4 of AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
import { AwsV4Signer } from 'aws4fetch';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Where the two are temporary. */
  readonly sessionToken?: string | undefined;
}

export interface SignedCall {
  readonly method: string;
  readonly url: string;
  readonly body: Uint8Array | null;
}

const PARTS = /^((?:AKIA|ASIA)[A-Z0-9]{12,124}):([^:]+)(?::(.+))?$/;

/** `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`, as one secret; undefined where it is none. */
export function readAwsKeys(secret: string): AwsKeys | undefined {
  const [, accessKeyId, secretAccessKey, sessionToken] = PARTS.exec(secret) ?? [];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken };
}

/**
 * The headers that make it a call of whoever holds the keys.
 * @param nowMs epoch milliseconds; AWS takes signatures of the last five minutes
 */
export async function awsSignature(
  keys: AwsKeys,
  { service, region }: { readonly service: string; readonly region: string },
  { method, url, body }: SignedCall,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  const { sessionToken, ...pair } = keys;
  const signer = new AwsV4Signer({
    ...pair,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    method,
    url,
    ...(body === null ? {} : { body }),
    service,
    region,
    datetime: new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers);
}
