/** The admin API over a real socket and a real database, with two organisations full of people. */
import Fastify from 'fastify';
import type { Test } from 'tap';
import { type AdminEntry, type AdminRoute, adminApi } from '../../src/admin/index.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { systemRandom, uuidv7 } from '../../src/core/ids.ts';
import {
  authenticator,
  findOrgId,
  type Keyring,
  openKeyring,
  openTokenVerifier,
} from '../../src/identity/index.ts';
import { identityRoutes } from '../../src/identity/routes.ts';
import { identitySettings } from '../../src/identity/settings.ts';
import type { Database } from '../../src/storage/database.ts';
import { freshDatabase } from './database.ts';

export const OPERATOR_KEY = 'operator-key-of-the-tests';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export interface Admin {
  readonly url: string;
  readonly db: Database;
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  readonly entries: AdminEntry[];
  /** @param body undefined sends none. */
  call(method: string, path: string, key: string | undefined, body?: unknown): Promise<Reply>;
  /** As `call`, but fails unless the answer is a 2xx, and gives its body. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  ok(method: string, path: string, key: string, body?: unknown): Promise<any>;
}

export interface AdminOptions {
  readonly issuers?: unknown[];
  readonly extraRoutes?: readonly AdminRoute[];
  readonly clock?: Clock;
  readonly tokenCacheSeconds?: number;
}

/** Clock and settings are the test's; everything else is what serves in production. */
export async function startAdmin(t: Test, options: AdminOptions = {}): Promise<Admin> {
  const { db, url: databaseUrl } = await freshDatabase(t);
  const clock = options.clock ?? systemClock;
  const settings = identitySettings.parse({
    issuers: options.issuers ?? [],
    token_cache_seconds: options.tokenCacheSeconds ?? 300,
  });
  const keyring = openKeyring({ db, clock, adminKey: OPERATOR_KEY });
  await keyring.reload();
  const entries: AdminEntry[] = [];
  const app = Fastify({ genReqId: () => `req_${uuidv7(Date.now())}` });
  await adminApi(app, {
    routes: [
      ...identityRoutes({ db, clock, random: systemRandom, reload: keyring.reload }),
      ...(options.extraRoutes ?? []),
    ],
    authenticator: authenticator(keyring, openTokenVerifier(settings, clock)),
    findOrg: (reference) => findOrgId(db, reference),
    recordAdmin: (entry) => {
      entries.push(entry);
    },
    logFault: (fault) => t.comment(`fault: ${fault.details.internal ?? fault.message}`),
    clock,
    version: '0.0.0-test',
    strictAnswers: true,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());

  const call: Admin['call'] = async (method, path, key, body) => {
    const response = await fetch(`${url}${path.startsWith('/docs') ? '' : '/api/v1'}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  };
  const ok: Admin['ok'] = async (method, path, key, body) => {
    const reply = await call(method, path, key, body);
    if (reply.status >= 300)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  return { url, db, databaseUrl, keyring, entries, call, ok };
}

export interface PopulatedOrg {
  readonly id: string;
  readonly slug: string;
  readonly teams: { readonly red: string; readonly blue: string };
  /** The manager manages red; the member is in red. */
  readonly users: Readonly<Record<'owner' | 'admin' | 'manager' | 'member', string>>;
  /** Admin keys, each standing for the user of that role. */
  readonly keys: Readonly<Record<'owner' | 'admin' | 'manager' | 'member', string>>;
  /** Ids of those keys. */
  readonly keyIds: Readonly<Record<'owner' | 'admin' | 'manager' | 'member', string>>;
}

/** An organisation with two teams and a person of every role, each with an admin key. */
export async function populate({ ok }: Admin, slug: string): Promise<PopulatedOrg> {
  const base = `/orgs/${slug}`;
  const { id } = await ok('POST', '/orgs', OPERATOR_KEY, { slug, name: slug });
  const red = (await ok('POST', `${base}/teams`, OPERATOR_KEY, { name: 'red' })).id;
  const blue = (await ok('POST', `${base}/teams`, OPERATOR_KEY, { name: 'blue' })).id;
  const person = async (name: string, role: string, team?: { id: string; role: string }) => {
    const email = `${name}@${slug}.example`;
    const user = await ok('POST', `${base}/users`, OPERATOR_KEY, { email, name, role });
    if (team !== undefined)
      await ok('PUT', `${base}/users/${user.id}/teams/${team.id}`, OPERATOR_KEY, { role: team.role });
    const key = await ok('POST', `${base}/keys`, OPERATOR_KEY, {
      name: `admin key of ${name}`,
      kind: 'admin',
      user_id: user.id,
    });
    return { userId: user.id as string, key: key.key as string, keyId: key.id as string };
  };
  const owner = await person('owner', 'owner');
  const admin = await person('admin', 'admin');
  const manager = await person('manager', 'member', { id: red, role: 'manager' });
  const member = await person('member', 'member', { id: red, role: 'member' });
  const all = { owner, admin, manager, member };
  const pick = (field: 'userId' | 'key' | 'keyId') => ({
    owner: all.owner[field],
    admin: all.admin[field],
    manager: all.manager[field],
    member: all.member[field],
  });
  return { id, slug, teams: { red, blue }, users: pick('userId'), keys: pick('key'), keyIds: pick('keyId') };
}
