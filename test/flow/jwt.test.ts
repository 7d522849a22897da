import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type Test, t } from 'tap';
import { OPERATOR_KEY, populate, startAdmin } from '../support/admin.ts';

const ISSUER = 'https://login.example.com';
const AUDIENCE = 'sluice';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

async function signingKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
  };
}

/** An issuer's key set on loopback; `keys` is what it serves now. */
async function issuerServer(t: Test, keys: SigningKey[]) {
  const state = { keys, fetches: 0, down: false };
  const server = createServer((_request, response) => {
    state.fetches += 1;
    response.statusCode = state.down ? 503 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: state.keys.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json` };
}

type Claims = Record<string, unknown>;

function sign(key: SigningKey, claims: Claims, alg = 'ES256'): Promise<string> {
  return new SignJWT({ iss: ISSUER, aud: AUDIENCE, org: 'acme', sub: 'sub-1', ...claims })
    .setProtectedHeader({ alg, kid: key.kid })
    .sign(key.privateKey);
}

const seconds = (ms: number) => Math.trunc(ms / 1000);

async function world(t: Test, issuer: object = {}) {
  const key = await signingKey('first');
  const jwks = await issuerServer(t, [key]);
  const time = { nowMs: Date.now() };
  const clock = { now: () => time.nowMs, elapsed: () => performance.now() };
  const settings = {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks_url: jwks.url,
    jwks_cooldown_seconds: 0,
    algorithms: ['ES256'],
    claims: { team: 'team' },
    ...issuer,
  };
  const admin = await startAdmin(t, { issuers: [settings], clock, tokenCacheSeconds: 60 });
  const acme = await populate(admin, 'acme');
  const token = (claims: Claims = {}) =>
    sign(key, { exp: seconds(time.nowMs) + 600, email: 'Member@acme.example', ...claims });
  const me = (bearer: string) => admin.call('GET', '/me', bearer);
  return { key, jwks, time, admin, acme, token, me };
}

t.test('a token stands for the user it names, with that user’s roles', async (t) => {
  const { admin, acme, token, me } = await world(t);
  t.match((await me(await token())).body, {
    kind: 'jwt',
    actor: `user/${acme.users.member}`,
    org: { slug: 'acme' },
    role: 'member',
    team_id: acme.teams.red,
  });
  t.match((await me(await token({ org: acme.id, email: 'owner@acme.example' }))).body, {
    role: 'owner',
    team_id: null,
  });
  await admin.ok('PATCH', `/orgs/acme/users/${acme.users.admin}`, OPERATOR_KEY, { external_id: 'sub-9' });
  t.match((await me(await token({ sub: 'sub-9', email: 'else@where.example' }))).body, { role: 'admin' });
  t.equal((await me(await token({ team: 'red' }))).body.team_id, acme.teams.red);
  t.match((await me(await token({ team: 'blue' }))).body.error.message, /not a member of the team/);
});

t.test('an address does not open a user who is bound to another subject', async (t) => {
  const { admin, acme, token, me } = await world(t);
  await admin.ok('PATCH', `/orgs/acme/users/${acme.users.member}`, OPERATOR_KEY, { external_id: 'real' });
  t.equal((await me(await token({ sub: 'impostor' }))).status, 401);
  t.equal((await me(await token({ sub: 'real' }))).status, 200);
  const unverified = { sub: 'x', email: 'owner@acme.example', email_verified: false };
  t.equal((await me(await token(unverified))).status, 401);
});

t.test('each unsound token is refused with its own reason', async (t) => {
  const { key, time, token, me } = await world(t);
  const now = seconds(time.nowMs);
  const stranger = await signingKey('first');
  const elsewhere = await signingKey('unknown-kid');
  const exp = now + 600;
  const spki = await exportSPKI(key.publicKey);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = part({ iss: ISSUER, aud: AUDIENCE, org: 'acme', sub: 'sub-1', exp });
  const hmacInput = `${part({ alg: 'HS256', kid: 'first' })}.${payload}`;
  const confused = `${hmacInput}.${createHmac('sha256', spki).update(hmacInput).digest('base64url')}`;
  const cases: Record<string, [string, RegExp]> = {
    expired: [await token({ exp: now - 60 }), /has expired/],
    'without expiry': [await token({ exp: undefined }), /does not say when it expires/],
    'not valid yet': [await token({ nbf: now + 60 }), /not valid yet/],
    'wrong audience': [await token({ aud: 'another' }), /another audience/],
    'no audience': [await token({ aud: undefined }), /another audience/],
    'wrong issuer': [await token({ iss: 'https://evil.example' }), /does not trust/],
    'forged signature': [await sign(stranger, { exp }), /signature of the token is not valid/],
    'unknown kid': [await sign(elsewhere, { exp }), /No key of the issuer matches/],
    'HMAC with the public key': [confused, /algorithm that is not accepted; accepted: ES256/],
    'alg none': [`${part({ alg: 'none' })}.${payload}.`, /algorithm that is not accepted|well-formed/],
    'no organisation': [await token({ org: undefined }), /lacks the claim org/],
    'organisation as number': [await token({ org: 7 }), /lacks the claim org/],
    'unknown organisation': [await token({ org: 'globex' }), /organisation that the token names/],
    'unknown user': [await token({ email: 'nobody@acme.example' }), /not a user of this organisation/],
    garbage: ['eyJx.eyJx.eyJx', /not a readable JWT/],
  };
  for (const [name, [bearer, reason]] of Object.entries(cases)) {
    const reply = await me(bearer);
    t.equal(reply.status, 401, name);
    t.equal(reply.body.error.code, 'invalid_api_key', name);
    t.match(reply.body.error.message, reason, name);
    t.notOk(reply.body.error.message.includes(bearer), `${name}: the token is not repeated`);
  }
});

t.test('a user who is blocked is refused though the token was verified before', async (t) => {
  const { admin, acme, token, me } = await world(t);
  const bearer = await token();
  t.equal((await me(bearer)).status, 200);
  await admin.ok('POST', `/orgs/acme/users/${acme.users.member}/block`, OPERATOR_KEY);
  t.match((await me(bearer)).body.error.message, /user of this credential is blocked/);
  await admin.ok('POST', `/orgs/acme/users/${acme.users.member}/unblock`, OPERATOR_KEY);
  t.equal((await me(bearer)).status, 200);
});

t.test('a kept token ends with its expiry', async (t) => {
  const { time, token, me } = await world(t);
  const bearer = await token({ exp: seconds(time.nowMs) + 30 });
  t.equal((await me(bearer)).status, 200);
  time.nowMs += 60_000;
  t.match((await me(bearer)).body.error.message, /has expired/);
});

t.test(
  'keys rotate: a new one is fetched when first seen, a withdrawn one ends with the cache',
  async (t) => {
    const { key, jwks, time, token, me } = await world(t);
    const old = await token();
    t.equal((await me(old)).status, 200);
    t.equal((await me(old)).status, 200);
    t.equal(jwks.state.fetches, 1, 'keys are fetched once');
    const next = await signingKey('second');
    jwks.state.keys = [next];
    const fresh = await sign(next, { exp: seconds(time.nowMs) + 600, email: 'member@acme.example' });
    t.equal((await me(fresh)).status, 200);
    t.equal(jwks.state.fetches, 2);
    time.nowMs += 61_000;
    t.match((await me(old)).body.error.message, /No key of the issuer matches/);
    t.equal(key.kid, 'first');
  },
);

t.test('an issuer that is away is neither trust nor refusal', async (t) => {
  const { jwks, token, me } = await world(t);
  jwks.state.down = true;
  const bearer = await token();
  t.match(await me(bearer), { status: 503, body: { error: { code: 'issuer_unavailable' } } });
  jwks.state.down = false;
  t.equal((await me(bearer)).status, 200);
});

t.test(
  'an issuer of one organisation cannot speak for another, and its keys may lie in a file',
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-jwks-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const file = join(folder, 'jwks.json');
    const key = await signingKey('first');
    await writeFile(file, JSON.stringify({ keys: [key.jwk] }));
    const { time, admin, me } = await world(t, { jwks_url: undefined, jwks_file: file, org: 'acme' });
    await populate(admin, 'globex');
    const exp = seconds(time.nowMs) + 600;
    const reply = await me(await sign(key, { exp, org: 'globex', email: 'owner@acme.example' }));
    t.match(reply.body, { org: { slug: 'acme' }, role: 'owner' });
    t.equal((await me(await sign(key, { exp, org: 'globex', email: 'owner@globex.example' }))).status, 401);

    const next = await signingKey('second');
    await writeFile(file, JSON.stringify({ keys: [next.jwk] }));
    t.equal(
      (await me(await sign(next, { exp, email: 'owner@acme.example' }))).status,
      200,
      'the file is read again',
    );
  },
);
