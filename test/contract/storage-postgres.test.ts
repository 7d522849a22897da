import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import pg from 'pg';
import t from 'tap';
import { budgetWindows } from '../../src/budgets/schema.ts';
import { organisations, platformKeys } from '../../src/identity/schema.ts';
import type { Tx } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/postgres.ts';
import { QueryError, sqlState, violatedConstraint } from '../../src/storage/query-error.ts';
import { freshDatabase, seeEverything, silent } from '../support/database.ts';

async function value(tx: Tx, query: ReturnType<typeof sql>): Promise<unknown> {
  return (await tx.execute<{ value: unknown }>(query)).rows[0]?.value;
}

t.test('each door opens under its role, and the role does not outlive the transaction', async (t) => {
  const { db } = await freshDatabase(t);
  const role = (tx: Tx) => value(tx, sql`SELECT current_user AS value`);
  const orgId = randomUUID();
  t.equal(await db.withOrg(orgId, role), 'sluice_app');
  t.equal(await db.load(role), 'sluice_loader');
  t.equal(await db.write(role), 'sluice_writer');
  t.equal(await db.platform(role), 'sluice_platform');
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      t.equal(await db.write((tx) => value(tx, sql`SELECT sluice_org() AS value`)), null);
    }),
  );
  await t.rejects(db.withOrg("x' OR true", role), TypeError);
});

t.test(
  'a test may let its login see everything, and the roles of the gateway see no more for it',
  async (t) => {
    const { db, url } = await freshDatabase(t);
    await db.platform((tx) => tx.insert(organisations).values({ id: randomUUID(), slug: 's', name: 'S' }));
    await seeEverything(url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    t.equal((await client.query('SELECT FROM organisations')).rowCount, 1);
    await client.end();
    t.same(await db.withOrg(randomUUID(), (tx) => tx.select().from(organisations)), []);
  },
);

t.test('what work throws rolls back and is thrown on', async (t) => {
  const { db } = await freshDatabase(t);
  const thrown = new Error('mine');
  const outcome = db.platform(async (tx) => {
    await tx.insert(organisations).values({ id: randomUUID(), slug: 'a', name: 'A' });
    throw thrown;
  });
  t.equal(await outcome.catch((error) => error), thrown);
  t.same(await db.load((tx) => tx.select().from(organisations)), []);
});

t.test('a refused statement says which rule it broke and holds no value', async (t) => {
  const { db } = await freshDatabase(t);
  const add = () =>
    db.platform((tx) =>
      tx
        .insert(platformKeys)
        .values({ id: randomUUID(), name: 'secret-name', hint: 'h', hash: Buffer.from('hash') }),
    );
  await add();
  const error = await add().catch((thrown: unknown) => thrown);
  if (!(error instanceof QueryError)) throw error;
  t.equal(sqlState(error), '23505');
  t.equal(violatedConstraint(error), 'platform_keys_hash_unique');
  t.notMatch(
    JSON.stringify({ ...error, message: error.message, stack: error.stack }),
    /secret-name|68617368/,
  );
  t.equal(violatedConstraint(new Error('other')), undefined);
});

t.test('an error inside a nested transaction undoes that part only', async (t) => {
  const { db } = await freshDatabase(t);
  await db.platform(async (tx) => {
    await tx.insert(organisations).values({ id: randomUUID(), slug: 'kept', name: 'A' });
    await tx
      .transaction(async (inner) => {
        await inner.insert(organisations).values({ id: randomUUID(), slug: 'undone', name: 'B' });
        throw new Error('inner');
      })
      .catch(() => undefined);
  });
  const kept = await db.load((tx) => tx.select({ slug: organisations.slug }).from(organisations));
  t.same(kept, [{ slug: 'kept' }]);
});

t.test('deadlocked transactions both succeed in the end (litellm#33873)', async (t) => {
  const { db } = await freshDatabase(t);
  const orgId = randomUUID();
  await db.platform((tx) => tx.insert(organisations).values({ id: orgId, slug: 'd', name: 'D' }));
  const row = { orgId, subjectId: orgId, windowStart: new Date(0), amount: 100n, hard: true };
  await db.write((tx) =>
    tx.insert(budgetWindows).values([
      { ...row, budgetId: 'a' },
      { ...row, budgetId: 'b' },
    ]),
  );
  let inside = 0;
  let attempts = 0;
  const met = Promise.withResolvers<void>();
  const settle = (tx: Tx, budgetId: string) =>
    tx
      .update(budgetWindows)
      .set({ settled: sql`${budgetWindows.settled} + 1` })
      .where(eq(budgetWindows.budgetId, budgetId));
  const both = (first: string, second: string) =>
    db.write(async (tx) => {
      attempts++;
      await settle(tx, first);
      if (++inside === 2) met.resolve();
      await met.promise;
      await settle(tx, second);
    });
  await Promise.all([both('a', 'b'), both('b', 'a')]);
  const rows = await db.write((tx) => tx.select({ settled: budgetWindows.settled }).from(budgetWindows));
  t.same(rows, [{ settled: 2n }, { settled: 2n }]);
  t.ok(attempts > 2, `${attempts} attempts`);
});

t.test('a connection that is killed within a transaction fails that transaction alone', async (t) => {
  const { db } = await freshDatabase(t);
  await t.rejects(
    db.write(async (tx) => {
      const pid = await value(tx, sql`SELECT pg_backend_pid() AS value`);
      await db.write((other) =>
        other
          .execute(sql`RESET ROLE`)
          .then(() => other.execute(sql`SELECT pg_terminate_backend(${pid}::int)`)),
      );
      await tx.execute(sql`SELECT 1`);
    }),
  );
  t.equal(await db.healthy(), true);
});

t.test('a value that a column cannot take is not repeated in the error', async (t) => {
  const { db } = await freshDatabase(t);
  for (const text of ['my-secret', '99999999999999999999']) {
    const error = await db
      .write((tx) => tx.execute(sql`SELECT ${text}::int`))
      .catch((thrown: unknown) => thrown);
    t.match(sqlState(error), /^22/);
    t.notMatch(String(error), text);
  }
});

t.test('a server that accepts and never answers is unhealthy after a second, not never', async (t) => {
  const sockets = new Set<Socket>();
  const mute = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((listening) => mute.listen(0, '127.0.0.1', listening));
  const { port } = mute.address() as AddressInfo;
  const url = `postgres://nobody@127.0.0.1:${port}/x`;
  const db = openDatabase({ url, poolSize: 2, statementTimeoutMs: 1_000, log: silent });
  t.same(await Promise.all([db.healthy(), db.healthy()]), [false, false]);
  t.equal(sockets.size, 1, 'probes do not pile up');
  for (const socket of sockets) socket.destroy();
  mute.close();
  await db.close();
});

t.test('money comes back to the last pico-dollar', async (t) => {
  const { db } = await freshDatabase(t);
  const orgId = randomUUID();
  await db.platform((tx) => tx.insert(organisations).values({ id: orgId, slug: 'm', name: 'M' }));
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), async (amount) => {
      const row = {
        orgId,
        budgetId: randomUUID(),
        subjectId: orgId,
        windowStart: new Date(0),
        amount,
        hard: true,
      };
      const [back] = await db.write((tx) => tx.insert(budgetWindows).values(row).returning());
      return back?.amount === amount && back.settled === 0n;
    }),
    { numRuns: 30 },
  );
  const raw = await db.write((tx) =>
    value(tx, sql`SELECT sum(amount_pico_usd) AS value FROM budget_windows`),
  );
  t.type(raw, 'string');
  t.type(await db.write((tx) => value(tx, sql`SELECT count(*) AS value FROM budget_windows`)), 'string');
});

t.test('a database that is away is unhealthy within the second, and loses nobody else', async (t) => {
  const db = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/nowhere',
    poolSize: 2,
    statementTimeoutMs: 1_000,
    log: silent,
  });
  t.teardown(() => db.close());
  t.equal(await db.healthy(), false);
  await t.rejects(
    db.load((tx) => tx.execute(sql`SELECT 1`)),
    { code: 'ECONNREFUSED' },
  );
});
