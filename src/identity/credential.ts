import type { IncomingHttpHeaders } from 'node:http';
import { Fault } from '../core/fault.ts';

/** Where the SDKs put their key, beside `authorization: Bearer`. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const;
const BEARER = /^bearer +(\S.*)$/i;

/**
 * The one credential of a request. The same one in several headers is fine; different ones are refused, since
 * whichever was taken, somebody would have meant the other.
 *
 * @throws Fault `invalid_api_key` when there is none, several, or a scheme other than Bearer.
 */
export function readCredential(headers: IncomingHttpHeaders): string {
  const authorization = headers.authorization ?? '';
  let found = BEARER.exec(authorization)?.[1]?.trim();
  for (const name of KEY_HEADERS) {
    const value = headers[name];
    const text = typeof value === 'string' ? value.trim() : undefined;
    if (!text) continue;
    if (found !== undefined && found !== text) {
      throw new Fault(
        'invalid_api_key',
        'The request carries several different keys. Send exactly one, as `Authorization: Bearer <key>` or `x-api-key`.',
      );
    }
    found = text;
  }
  if (found !== undefined) return found;
  if (authorization !== '' && !/^bearer\b/i.test(authorization)) {
    throw new Fault(
      'invalid_api_key',
      'The Authorization header must have the scheme Bearer: `Authorization: Bearer <key>`.',
    );
  }
  throw new Fault(
    'invalid_api_key',
    'No key was sent. Send a virtual key as `Authorization: Bearer slk_…` or `x-api-key: slk_…`.',
  );
}

/** Three base64url parts of which the first begins like a JSON object: a signed JWT, not a key. */
export function looksLikeJwt(credential: string): boolean {
  if (!credential.startsWith('eyJ')) return false;
  const first = credential.indexOf('.');
  const second = credential.indexOf('.', first + 1);
  return first > 0 && second > 0 && !credential.includes('.', second + 1);
}
