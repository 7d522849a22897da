import { z } from 'zod';

/** Asymmetric only: a public key must never serve as the secret of an HMAC, and `none` is no signature. */
const JWT_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const jwksUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => text.startsWith('https:') || isLoopback(text), 'must be https, except on loopback');

const claims = z
  .strictObject({
    org: z
      .string()
      .min(1)
      .default('org')
      .describe('Claim that names the organisation, by slug or id; not read where `org` is set.'),
    subject: z
      .string()
      .min(1)
      .default('sub')
      .describe("Claim that identifies the person; matched with the user's external_id."),
    email: z
      .string()
      .min(1)
      .default('email')
      .describe(
        'Claim with the e-mail address; matched where the user has no external_id. A token that says `email_verified: false` is not matched by it.',
      ),
    team: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Claim that names the team, by name or id. Without it, a person of exactly one team stands for that team.',
      ),
  })
  .describe('Which claim means what.');

const issuer = z
  .strictObject({
    issuer: z.string().min(1).describe('Exactly the `iss` of its tokens.'),
    audience: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe('The `aud` that tokens must carry; one of several where it is a list.'),
    jwks_url: jwksUrl.optional().describe('Where its public keys are fetched; https, or http on loopback.'),
    jwks_file: z
      .string()
      .min(1)
      .optional()
      .describe('A file with its public keys (JWKS), instead of jwks_url; read again when a key is unknown.'),
    jwks_cooldown_seconds: z
      .number()
      .min(0)
      .max(3600)
      .default(30)
      .describe('After the keys were read, an unknown key id makes them be read again no sooner than this.'),
    algorithms: z
      .array(z.enum(JWT_ALGORITHMS))
      .min(1)
      .default(['RS256', 'ES256'])
      .describe('Signature algorithms taken; those of shared secrets and `none` cannot be configured.'),
    org: z
      .string()
      .min(1)
      .optional()
      .describe('Slug or id of the only organisation this issuer speaks for; then its tokens need not say.'),
    claims: claims.prefault({}),
    clock_tolerance_seconds: z
      .number()
      .min(0)
      .max(300)
      .default(5)
      .describe('How far the clocks of issuer and gateway may differ.'),
  })
  .refine((value) => (value.jwks_url === undefined) !== (value.jwks_file === undefined), {
    message: 'needs exactly one of jwks_url and jwks_file',
    path: ['jwks_url'],
  });

export const identitySettings = z
  .strictObject({
    issuers: z
      .array(issuer)
      .default([])
      .describe('Issuers whose signed JWTs are accepted in place of a virtual key.')
      .refine(
        (list) => new Set(list.map((entry) => entry.issuer)).size === list.length,
        'names an issuer twice',
      ),
    token_cache_entries: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(10_000)
      .describe(
        'Verified tokens kept, so that each is verified once; the person behind it is checked always.',
      ),
    token_cache_seconds: z
      .int()
      .min(1)
      .max(3600)
      .default(300)
      .describe(
        'A kept token is verified anew after this: the longest that a signing key works after its issuer withdrew it.',
      ),
  })
  .describe('Who may call: issuers of tokens. Virtual keys need no settings.');

export type IdentitySettings = z.output<typeof identitySettings>;
export type IssuerSettings = z.output<typeof issuer>;

function isLoopback(text: string): boolean {
  const host = URL.canParse(text) ? new URL(text).hostname : '';
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
}
