import { inArray } from 'drizzle-orm';
import fc from 'fast-check';
import { t } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { Fault } from '../../src/core/fault.ts';
import { systemRandom, uuidv7 } from '../../src/core/ids.ts';
import { ensureDemo, openKeyring } from '../../src/identity/index.ts';
import { hashKey, mintKey } from '../../src/identity/key.ts';
import { organisations, virtualKeys } from '../../src/identity/schema.ts';
import { watchChanges } from '../../src/storage/changes.ts';
import { OPERATOR_KEY, populate, startAdmin } from '../support/admin.ts';
import { freshDatabase, silent } from '../support/database.ts';

/** What the keyring says to a key: the principal's actor, or the text of the refusal. */
function answerTo(keyring: ReturnType<typeof openKeyring>, key: string, address = '192.0.2.1'): string {
  try {
    return keyring.byKey(key, address).actor;
  } catch (error) {
    return error instanceof Fault ? `${error.code}: ${error.message}` : String(error);
  }
}

t.test(
  'a key is shown once, listed without its secret, renamed, blocked, unblocked and revoked',
  async (t) => {
    const { call, ok, keyring, entries } = await startAdmin(t);
    const before = Date.now();
    await ok('POST', '/orgs', OPERATOR_KEY, { slug: 'acme', name: 'Acme' });
    const created = await ok('POST', '/orgs/acme/keys', OPERATOR_KEY, {
      name: 'billing bot',
      models: ['gpt-*'],
      tags: { env: 'prod' },
    });
    const { key, id } = created;
    t.match(key, /^slk_/);
    t.match(created, { kind: 'inference', role: 'member', status: 'active', hint: key.slice(0, 10) });
    t.equal(answerTo(keyring, key), `key/${id}`, 'it works as soon as the answer is there');
    t.match(keyring.byKey(key, '::1'), { orgSlug: 'acme', models: ['gpt-*'], tags: { env: 'prod' } });

    const listed = await call('GET', '/orgs/acme/keys', OPERATOR_KEY);
    t.notOk(JSON.stringify(listed.body).includes(key), 'the secret is never shown again');
    t.notOk(JSON.stringify(listed.body).includes(hashKey(key)), 'nor its hash');
    t.match(await ok('PATCH', `/orgs/acme/keys/${id}`, OPERATOR_KEY, { name: 'invoice bot' }), {
      name: 'invoice bot',
      models: ['gpt-*'],
    });

    const step = (verb: string, body?: unknown) =>
      call('POST', `/orgs/acme/keys/${id}/${verb}`, OPERATOR_KEY, body);
    t.equal((await step('block')).body.status, 'blocked');
    t.match(answerTo(keyring, key), /blocked/);
    t.equal((await step('block')).status, 200, 'blocking twice is blocking once');
    t.equal((await step('unblock')).body.status, 'active');
    t.equal(answerTo(keyring, key), `key/${id}`);
    t.equal((await step('revoke')).body.status, 'revoked');
    t.match(answerTo(keyring, key), /revoked/);
    t.match(await step('unblock'), { status: 409, body: { error: { code: 'conflict' } } });
    t.match(await step('rotate', { grace_seconds: 0 }), { status: 409 });

    const told = JSON.stringify(entries);
    t.notOk(told.includes(key), 'the audit trail holds no key');
    t.match(entries.at(-1), {
      action: 'keys.rotate',
      outcome: 'refused',
      fault: 'conflict',
      actor: 'platform/config',
    });
    const made = entries.find(({ action }) => action === 'keys.create');
    t.match(made, { outcome: 'done', status: 201, resource: `key/${id}`, changes: { name: 'billing bot' } });
    t.ok(made !== undefined && made.atMs >= before - 1000);
  },
);

t.test('after a rotation the old key works until its grace ends', async (t) => {
  let nowMs = Date.now();
  const { ok, keyring } = await startAdmin(t, { clock: { now: () => nowMs, elapsed: () => nowMs } });
  await ok('POST', '/orgs', OPERATOR_KEY, { slug: 'acme', name: 'Acme' });
  const first = await ok('POST', '/orgs/acme/keys', OPERATOR_KEY, { name: 'bot' });
  const rotate = (grace: number) =>
    ok('POST', `/orgs/acme/keys/${first.id}/rotate`, OPERATOR_KEY, { grace_seconds: grace });
  const second = await rotate(60);
  t.not(second.key, first.key);
  nowMs += 59_000;
  t.equal(answerTo(keyring, first.key), `key/${first.id}`);
  t.equal(answerTo(keyring, second.key), `key/${first.id}`);
  t.equal(keyring.byKey(first.key, '::1'), keyring.byKey(second.key, '::1'), 'one principal for both');
  nowMs += 1_000;
  t.match(answerTo(keyring, first.key), /rotated and its grace period is over/);
  t.equal(answerTo(keyring, second.key), `key/${first.id}`);
  const third = await rotate(0);
  t.match(answerTo(keyring, second.key), /not known here/, 'no grace: gone at once');
  t.equal(answerTo(keyring, third.key), `key/${first.id}`);
});

t.test('expiry, addresses, users and organisations are checked at use, with the reason', async (t) => {
  let nowMs = Date.now();
  const admin = await startAdmin(t, { clock: { now: () => nowMs, elapsed: () => nowMs } });
  const { keyring, ok, call } = admin;
  const { users } = await populate(admin, 'acme');
  const make = (more: object) => ok('POST', '/orgs/acme/keys', OPERATOR_KEY, { name: 'k', ...more });

  const expiring = await make({ expires_at: new Date(nowMs + 5000).toISOString() });
  t.equal(answerTo(keyring, expiring.key), `key/${expiring.id}`);
  nowMs += 5000;
  t.match(answerTo(keyring, expiring.key), /^invalid_api_key: This key expired at 2/);
  t.match(
    await call('POST', '/orgs/acme/keys', OPERATOR_KEY, {
      name: 'k',
      expires_at: new Date(nowMs).toISOString(),
    }),
    { status: 400, body: { error: { code: 'invalid_request', param: 'expires_at' } } },
    'a key that would never work is not made',
  );

  const office = await make({ ip_ranges: ['10.0.0.0/8'] });
  t.equal(answerTo(keyring, office.key, '::ffff:10.1.2.3'), `key/${office.id}`);
  t.match(answerTo(keyring, office.key, '192.0.2.1'), /^ip_not_allowed: .*192\.0\.2\.1/);

  const personal = await make({ user_id: users.member });
  await ok('POST', `/orgs/acme/users/${users.member}/block`, OPERATOR_KEY);
  t.match(answerTo(keyring, personal.key), /user of this credential is blocked/);
  await ok('DELETE', `/orgs/acme/users/${users.member}`, OPERATOR_KEY);
  t.match(answerTo(keyring, personal.key), /user of this credential is deleted/);

  await ok('PATCH', '/orgs/acme', OPERATOR_KEY, { status: 'suspended' });
  t.match(answerTo(keyring, office.key, '10.0.0.1'), /organisation of this credential is suspended/);

  const stranger = answerTo(keyring, mintKey('inference', systemRandom).plaintext);
  t.equal(stranger, answerTo(keyring, mintKey('admin', systemRandom).plaintext), 'unknown is unknown');
  t.match(stranger, /not known here/);
  t.match(answerTo(keyring, `${office.key.slice(0, -1)}!`), /malformed/);
});

t.test('a revoked key stops working on another node within a second (litellm#9820)', async (t) => {
  const { db, ok, databaseUrl } = await startAdmin(t);
  const changes = watchChanges({ url: databaseUrl, db, log: silent });
  t.teardown(() => changes.close());
  const otherNode = openKeyring({ db, clock: systemClock });
  await changes.watch('identity', otherNode.reload);
  await ok('POST', '/orgs', OPERATOR_KEY, { slug: 'acme', name: 'Acme' });
  const { key, id } = await ok('POST', '/orgs/acme/keys', OPERATOR_KEY, { name: 'bot' });
  const until = async (wanted: RegExp) => {
    const startedMs = performance.now();
    while (!wanted.test(answerTo(otherNode, key))) {
      if (performance.now() - startedMs > 30_000) throw new Error(`never came to ${wanted}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return performance.now() - startedMs;
  };
  await until(/^key\//);
  await ok('POST', `/orgs/acme/keys/${id}/revoke`, OPERATOR_KEY);
  const tookMs = await until(/revoked/);
  t.comment(`seen by the other node after ${tookMs.toFixed(1)} ms`);
  t.ok(tookMs < 30_000);
});

t.test('a keyring that followed every change knows what a new one reads', async (t) => {
  const { db, keyring } = await startAdmin(t);
  const orgId = uuidv7(0);
  await db.platform((tx) => tx.insert(organisations).values({ id: orgId, slug: 'acme', name: 'Acme' }));
  const keys = Array.from({ length: 40 }, () => ({
    id: uuidv7(0),
    orgId,
    name: 'k',
    createdBy: 'test',
    ...mintKey('inference', systemRandom),
  }));
  const some = fc.array(fc.nat({ max: keys.length - 1 }), { minLength: 1, maxLength: 8 });
  const change = fc.oneof(
    fc.record({ of: some, status: fc.constantFrom('active' as const, 'blocked' as const) }),
    fc.record({ of: some, models: fc.constantFrom<string[] | null>(null, ['gpt-*']) }),
    fc.record({ of: some, remove: fc.constant(true) }),
  );
  const idsOf = (numbers: readonly number[]) => numbers.flatMap((n) => keys[n]?.id ?? []);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      await db.withOrg(orgId, (tx) => tx.insert(virtualKeys).values(keys).onConflictDoNothing());
      for (const { of, ...set } of changes) {
        const which = inArray(virtualKeys.id, idsOf(of));
        await db.withOrg(orgId, async (tx) => {
          if ('remove' in set) await tx.delete(virtualKeys).where(which);
          else await tx.update(virtualKeys).set(set).where(which);
        });
        await keyring.reload();
      }
      const fresh = openKeyring({ db, clock: systemClock });
      await fresh.reload();
      const told = (ring: typeof fresh) =>
        keys.map(({ plaintext }) => {
          const answer = answerTo(ring, plaintext);
          return answer.startsWith('key/') ? ring.byKey(plaintext, '::1').models : answer;
        });
      return JSON.stringify(told(keyring)) === JSON.stringify(told(fresh));
    }),
    { numRuns: 15 },
  );
});

t.test('a failed reload leaves the last good snapshot in force', async (t) => {
  const { db, ok, keyring } = await startAdmin(t);
  await ok('POST', '/orgs', OPERATOR_KEY, { slug: 'acme', name: 'Acme' });
  const { key, id } = await ok('POST', '/orgs/acme/keys', OPERATOR_KEY, { name: 'bot' });
  let broken = false;
  const failing = openKeyring({
    clock: systemClock,
    db: { ...db, load: (work) => (broken ? Promise.reject(new Error('gone')) : db.load(work)) },
  });
  await failing.reload();
  broken = true;
  await t.rejects(failing.reload(), /gone/);
  t.equal(answerTo(failing, key), `key/${id}`);
  broken = false;
  await failing.reload();
  t.equal(answerTo(keyring, key), `key/${id}`);
});

t.test('the demo is set up once, even by several nodes at once, and its keys work', async (t) => {
  const { db } = await freshDatabase(t);
  const made = await Promise.all([1, 2, 3].map(() => ensureDemo(db, systemRandom, systemClock)));
  const [demo, ...others] = made.filter((result) => result !== undefined);
  t.equal(others.length, 0);
  t.equal(await ensureDemo(db, systemRandom, systemClock), undefined);
  const keyring = openKeyring({ db, clock: systemClock });
  await keyring.reload();
  const caller = keyring.byKey(demo?.inferenceKey ?? '', '127.0.0.1');
  t.match(caller, { orgSlug: 'demo', role: 'owner', uses: { inference: true, admin: false } });
  t.match(keyring.byKey(demo?.adminKey ?? '', '127.0.0.1'), { role: 'platform', orgId: '' });
});
