import type { IncomingHttpHeaders } from 'node:http';
import { looksLikeJwt, readCredential } from './credential.ts';
import type { TokenVerifier } from './jwt.ts';
import type { Keyring } from './keyring.ts';
import type { Principal } from './principal.ts';

/**
 * Who is this? For inference and for the admin API alike. A promise only where a token must be verified.
 *
 * @throws Fault `invalid_api_key`, `ip_not_allowed`, `issuer_unavailable`
 */
export type Authenticator = (
  headers: IncomingHttpHeaders,
  remoteAddress: string,
) => Principal | Promise<Principal>;

export function authenticator(keyring: Keyring, tokens: TokenVerifier): Authenticator {
  return (headers, remoteAddress) => {
    const credential = readCredential(headers);
    if (!looksLikeJwt(credential)) return keyring.byKey(credential, remoteAddress);
    const verified = tokens.verify(credential);
    return verified instanceof Promise
      ? verified.then((subject) => keyring.byToken(subject))
      : keyring.byToken(verified);
  };
}
