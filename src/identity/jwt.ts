import { readFile } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { hashKey } from './key.ts';
import type { TokenSubject } from './keyring.ts';
import type { IdentitySettings, IssuerSettings } from './settings.ts';

const FETCH_TIMEOUT_MS = 5000;
const JWKS_MAX_AGE_MS = 600_000;

/** Turns a signed token into what it says of its bearer. */
export interface TokenVerifier {
  /**
   * Answers at once for a token that was verified before. Whoever asks still has to look the person up: a
   * verified token says nothing of whether they may still come in.
   *
   * @returns rejects with Fault `invalid_api_key`, or `issuer_unavailable` when its keys cannot be fetched
   */
  verify(token: string): TokenSubject | Promise<TokenSubject>;
}

interface Issuer {
  readonly settings: IssuerSettings;
  readonly keys: JWTVerifyGetKey;
}

interface KeptToken {
  readonly subject: TokenSubject;
  readonly untilMs: number;
}

export function openTokenVerifier(settings: IdentitySettings, clock: Clock): TokenVerifier {
  const issuers = new Map<string, Issuer>();
  for (const issuer of settings.issuers) {
    issuers.set(issuer.issuer, { settings: issuer, keys: keySource(issuer, clock) });
  }
  // A Map keeps the order of insertion: the first entry is the one least recently used.
  const kept = new Map<string, KeptToken>();

  const verifyAnew = async (token: string, hash: string): Promise<TokenSubject> => {
    const issuer = issuerOf(token, issuers);
    const payload = await checked(token, issuer, clock.now());
    const subject = subjectOf(payload, issuer.settings);
    const expiresAtMs = (payload.exp ?? 0) * 1000;
    const untilMs = Math.min(expiresAtMs, clock.now() + settings.token_cache_seconds * 1000);
    kept.set(hash, { subject, untilMs });
    for (const oldest of kept.keys()) {
      if (kept.size <= settings.token_cache_entries) break;
      kept.delete(oldest);
    }
    return subject;
  };

  return {
    verify(token) {
      const hash = hashKey(token);
      const known = kept.get(hash);
      if (known === undefined) return verifyAnew(token, hash);
      kept.delete(hash);
      if (clock.now() >= known.untilMs) return verifyAnew(token, hash);
      kept.set(hash, known);
      return known.subject;
    },
  };
}

function refused(message: string, cause?: unknown): Fault {
  return new Fault('invalid_api_key', message, { cause });
}

/** Which configured issuer the token claims to be from; nothing of it is believed before the signature. */
function issuerOf(token: string, issuers: ReadonlyMap<string, Issuer>): Issuer {
  let claimed: unknown;
  try {
    claimed = decodeJwt(token).iss;
  } catch (error) {
    throw refused('The token is not a readable JWT.', error);
  }
  const issuer = typeof claimed === 'string' ? issuers.get(claimed) : undefined;
  if (issuer === undefined) {
    throw refused('The token comes from an issuer that this gateway does not trust (claim iss).');
  }
  return issuer;
}

async function checked(token: string, { settings, keys }: Issuer, nowMs: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: [...settings.algorithms],
      clockTolerance: settings.clock_tolerance_seconds,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (error) {
    throw tokenFault(error, settings);
  }
}

/** What is wrong with the token, in words that give nothing away but what its holder can read in it. */
function tokenFault(error: unknown, { algorithms }: IssuerSettings): Fault {
  if (error instanceof errors.JWTExpired) {
    return refused('The token has expired (claim exp). Get a new one from its issuer.', error);
  }
  if (error instanceof errors.JWTClaimValidationFailed) return claimFault(error);
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return refused(
      `The token is signed with an algorithm that is not accepted; accepted: ${algorithms.join(', ')}.`,
      error,
    );
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return refused('No key of the issuer matches the token (header kid).', error);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return refused('The signature of the token is not valid.', error);
  }
  const malformed =
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSENotSupported;
  if (malformed) return refused('The token is not a well-formed signed JWT.', error);
  return new Fault(
    'issuer_unavailable',
    'The keys of the token issuer cannot be fetched right now. Try again shortly.',
    { cause: error, internal: error instanceof Error ? error.message : String(error) },
  );
}

function claimFault(error: errors.JWTClaimValidationFailed): Fault {
  switch (error.claim) {
    case 'aud':
      return refused('The token is meant for another audience (claim aud).', error);
    case 'nbf':
      return refused('The token is not valid yet (claim nbf).', error);
    case 'exp':
      return refused('The token does not say when it expires (claim exp).', error);
    default:
      return refused(`The claim ${error.claim} of the token is missing or not acceptable.`, error);
  }
}

function subjectOf(payload: JWTPayload, { org: onlyOrg, claims }: IssuerSettings): TokenSubject {
  const email = payload.email_verified === false ? undefined : optionalClaim(payload, claims.email);
  return {
    org: onlyOrg ?? requiredClaim(payload, claims.org),
    subject: requiredClaim(payload, claims.subject),
    email,
    team: claims.team === undefined ? undefined : optionalClaim(payload, claims.team),
  };
}

function optionalClaim(payload: JWTPayload, name: string): string | undefined {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function requiredClaim(payload: JWTPayload, name: string): string {
  const value = optionalClaim(payload, name);
  if (value === undefined) throw refused(`The token lacks the claim ${name}, or it is not a text.`);
  return value;
}

function keySource(issuer: IssuerSettings, clock: Clock): JWTVerifyGetKey {
  const cooldownMs = issuer.jwks_cooldown_seconds * 1000;
  if (issuer.jwks_url !== undefined) {
    return createRemoteJWKSet(new URL(issuer.jwks_url), {
      cooldownDuration: cooldownMs,
      cacheMaxAge: JWKS_MAX_AGE_MS,
      timeoutDuration: FETCH_TIMEOUT_MS,
    });
  }
  return fileKeySource(issuer.jwks_file ?? '', cooldownMs, clock);
}

/** The keys of a file, read when first needed and again for an unknown key id, at most once per cool-down. */
function fileKeySource(path: string, cooldownMs: number, clock: Clock): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  let readAtMs = 0;
  const read = async (): Promise<JWTVerifyGetKey> => {
    const set: JSONWebKeySet = JSON.parse(await readFile(path, 'utf8'));
    readAtMs = clock.elapsed();
    keys = createLocalJWKSet(set);
    return keys;
  };
  return async (header, token) => {
    const known = keys ?? (await read());
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || clock.elapsed() - readAtMs < cooldownMs)
        throw error;
      const fresh = await read();
      return fresh(header, token);
    }
  };
}
