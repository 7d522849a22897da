import { sql } from 'drizzle-orm';
import t from 'tap';
import type { Clock } from '../../src/core/clock.ts';
import { parseUsd } from '../../src/core/money.ts';
import type { Principal } from '../../src/identity/index.ts';
import type { Database } from '../../src/storage/database.ts';
import {
  drain,
  id,
  ledgerOf,
  type Node,
  openNode,
  recordOf,
  reserve,
  setUp,
  short,
} from '../support/budget-nodes.ts';
import { testPrincipal } from '../support/exchange.ts';

/** The same as a version wrote it that knew no terms. */
function withoutTerms({ id, json }: { id: string; json: string }): { id: string; json: string } {
  const record = JSON.parse(json) as { draws: Record<string, unknown>[] };
  for (const draw of record.draws) delete draw.terms;
  return { id, json: JSON.stringify(record) };
}

t.test(
  '200 concurrent reservations at the cap from two nodes: never beyond it, and at least 97 % usable (litellm#26672, #34732)',
  async (t) => {
    const { db, orgId, principal } = await setUp(t);
    const nodes = [openNode(db), openNode(db)];
    const held = await Promise.all(
      Array.from({ length: 200 }, (_, index) => reserve(nodes[index % 2] as Node, principal, '0.00999')),
    );
    const passed = held.filter((hold) => hold !== undefined);
    t.ok(passed.length <= 100, `${passed.length} passed`);
    t.ok(passed.length >= 97, `${passed.length} passed`);
    for (const hold of passed) hold.settle(() => parseUsd('0.00999'));
    const node = nodes[0] as Node;
    await drain(
      node,
      db,
      passed.map((hold) => recordOf(orgId, hold)),
    );
    for (const one of nodes) await one.close();
    const spent = (passed.length * 0.00999).toFixed(5);
    t.same(await ledgerOf(db), { settled: short(spent), leased: '0', leases: '0' });
  },
);

t.test('the database itself refuses a lease beyond the amount', async (t) => {
  const { db, principal } = await setUp(t);
  const node = openNode(db);
  t.ok(await reserve(node, principal, '0.5'));
  await t.rejects(
    db.write((tx) => tx.execute(sql`UPDATE budget_windows SET leased_pico_usd = amount_pico_usd + 1`)),
    /has less left than the lease asks for/,
  );
});

t.test('draining a record twice settles it once', async (t) => {
  const { db, orgId, principal } = await setUp(t);
  const node = openNode(db);
  const hold = await reserve(node, principal, '0.1');
  hold?.settle(() => parseUsd('0.04'));
  const record = hold && recordOf(orgId, hold);
  if (record === undefined) return t.fail('not reserved');
  await drain(node, db, [record]);
  await drain(node, db, [record], new Set());
  t.match(await ledgerOf(db), { settled: '0.04' });
  await node.close();
  t.same(await ledgerOf(db), { settled: '0.04', leased: '0', leases: '0' });
});

t.test(
  'leases of a killed node come back when they expire, or when its journal is drained (litellm PR#30330)',
  async (t) => {
    const { db, orgId, principal } = await setUp(t);
    const dead = openNode(db, { nodeId: 'dead' });
    const hold = await reserve(dead, principal, '1');
    t.ok(hold);
    const alive = openNode(db);
    t.notOk(await reserve(alive, principal, '0.01'), 'all of it is leased');
    t.equal(await alive.expire(), 0, 'not yet');

    await t.test('after its journal', async (t) => {
      hold?.settle(() => parseUsd('0.3'));
      if (hold) await drain(alive, db, [recordOf(orgId, hold)]);
      t.equal(await alive.reclaim('dead'), 1);
      t.same(await ledgerOf(db), { settled: '0.3', leased: '0', leases: '0' });
    });

    await t.test('after its life', async (t) => {
      t.ok(await reserve(openNode(db), principal, '0.5'));
      await db.write((tx) =>
        tx.execute(sql`UPDATE budget_leases SET expires_at = now() - interval '1 second'`),
      );
      t.equal(await alive.expire(), 1);
      t.same(await ledgerOf(db), { settled: '0.3', leased: '0', leases: '0' });
      t.ok(await reserve(alive, principal, '0.7'));
    });
  },
);

t.test(
  'a record that comes after its lease has lapsed is booked, and takes nothing from the leases of others',
  async (t) => {
    const { db, orgId, principal } = await setUp(t);
    const late = openNode(db);
    const hold = await reserve(late, principal, '0.2');
    await db.write((tx) =>
      tx.execute(sql`UPDATE budget_leases SET expires_at = now() - interval '1 second'`),
    );
    const alive = openNode(db);
    await alive.expire();
    t.ok(await reserve(alive, principal, '0.5'));
    const before = await ledgerOf(db);
    hold?.settle(() => parseUsd('0.2'));
    if (hold) await drain(alive, db, [recordOf(orgId, hold)]);
    t.same(await ledgerOf(db), { ...before, settled: '0.2' });
  },
);

t.test('what a lease does not cover is booked all the same, and counted', async (t) => {
  const { db, orgId, principal } = await setUp(t);
  const node = openNode(db);
  const hold = await reserve(node, principal, '1');
  hold?.settle(() => parseUsd('1.2'));
  if (hold) await drain(node, db, [recordOf(orgId, hold)]);
  t.same(await ledgerOf(db), { settled: '1.2', leased: '0', leases: '0' });
  t.equal(node.stats.beyond, 1);
  t.notOk(await reserve(node, principal, '0.01'));
});

t.test(
  'the first call of a key that nobody has seen is admitted like any other (litellm#40095)',
  async (t) => {
    const { db, orgId } = await setUp(t);
    const node = openNode(db);
    t.notOk(await reserve(node, testPrincipal({ orgId, keyId: id() }), '1.01'));
    t.ok(await reserve(node, testPrincipal({ orgId, keyId: id() }), '0.99'));
    t.notOk(
      await reserve(node, testPrincipal({ orgId, keyId: id() }), '0.02'),
      'another new key, the same organisation',
    );
  },
);

/** A request that spent this much, as its journal record. */
async function spend(
  node: Node,
  principal: Principal,
  usd: string,
  occurredAt?: string,
): Promise<{ id: string; json: string }> {
  const hold = await reserve(node, principal, usd);
  if (hold === undefined) throw new Error('refused');
  hold.settle(() => parseUsd(usd));
  return recordOf(principal.orgId, hold, occurredAt);
}

t.test('a soft budget refuses nothing and counts everything, against the amount it has', async (t) => {
  const { db, principal } = await setUp(t);
  const node = openNode(db, { rule: { hard: false } });
  await drain(node, db, [await spend(node, principal, '5')]);
  t.same(await ledgerOf(db), { settled: '5', leased: '0', leases: '0' });
  t.same(await termsIn(db), [
    { name: 'policy/test/cap', scope: 'org', hard: false, amount: '1', window_end: null },
  ]);
  t.equal(node.stats.beyond, 0, 'only hard budgets can be passed');
});

async function termsIn(db: Database): Promise<unknown[]> {
  const { rows } = (await db.write((tx) =>
    tx.execute(sql`SELECT name, scope, hard, (amount_pico_usd / 1e12)::float8::text AS amount, window_end
      FROM budget_windows`),
  )) as unknown as { rows: unknown[] };
  return rows;
}

t.test('records of a version that knew no terms settle, alone and beside new ones', async (t) => {
  const { db, principal } = await setUp(t);
  const soft = openNode(db, { rule: { hard: false } });
  await drain(soft, db, [withoutTerms(await spend(soft, principal, '1'))]);
  t.match(await termsIn(db), [{ name: null, scope: null, hard: false, amount: null }], 'it does not guess');
  const both = [await spend(soft, principal, '2'), withoutTerms(await spend(soft, principal, '4'))];
  await drain(soft, db, both);
  t.match(await ledgerOf(db), { settled: '7' });
  t.match(await termsIn(db), [{ name: 'policy/test/cap', amount: '1' }]);
});

t.test('a journal that is drained late does not bring back an amount that was changed since', async (t) => {
  const { db, principal } = await setUp(t);
  const [first, second] = ['2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z'];
  const before = openNode(db, { rule: { hard: false } });
  const after = openNode(db, { rule: { hard: false, amount_usd: '9' } });
  await drain(after, db, [await spend(after, principal, '1', second)]);
  await drain(before, db, [await spend(before, principal, '1', first)]);
  t.match(await ledgerOf(db), { settled: '2' });
  t.match(await termsIn(db), [{ amount: '9', hard: false }]);

  const hard = openNode(db, { rule: { amount_usd: '20' } });
  t.ok(await reserve(hard, principal, '18'), 'a lease describes the window too');
  await drain(before, db, [await spend(before, principal, '0.5', second)]);
  t.match(await termsIn(db), [{ amount: '20', hard: true }]);
  t.notOk(await reserve(openNode(db, { rule: { amount_usd: '20' } }), principal, '1'));
});

t.test('what the allowance of an outage paid for opens a hard window as a hard one', async (t) => {
  const { db, principal } = await setUp(t);
  const { db: shaky, cut } = switchable(db);
  const settings = { on_ledger_outage: 'allow', outage_allowance_usd: '0.1' };
  const node = openNode(shaky, { settings });
  cut(true);
  const record = await spend(node, principal, '0.1');
  cut(false);
  await drain(node, db, [record]);
  t.match(await termsIn(db), [{ hard: true, amount: '1' }]);
  t.same(await ledgerOf(db), { settled: '0.1', leased: '0', leases: '0' });
});

/** A database whose ledger can be taken away. */
function switchable(db: Database): { db: Database; cut(away: boolean): void } {
  let away = false;
  const write: Database['write'] = (work) =>
    away ? Promise.reject(new Error('connection refused')) : db.write(work);
  return {
    db: { ...db, write },
    cut(next) {
      away = next;
    },
  };
}

t.test('without the ledger a node spends its leases, then follows the settings', async (t) => {
  const { db, principal } = await setUp(t);
  for (const [settings, expected] of [
    [{ on_ledger_outage: 'refuse' }, false],
    [{ on_ledger_outage: 'allow', outage_allowance_usd: '0.1' }, true],
  ] as const) {
    await db
      .write((tx) => tx.execute(sql`TRUNCATE budget_leases, budget_windows`))
      .catch(async () => {
        await db.write((tx) => tx.execute(sql`DELETE FROM budget_leases`));
        await db.write((tx) => tx.execute(sql`DELETE FROM budget_windows`));
      });
    const { db: shaky, cut } = switchable(db);
    const node = openNode(shaky, { settings });
    const first = await reserve(node, principal, '0.1');
    first?.settle(() => 0n);
    cut(true);
    t.ok(await reserve(node, principal, '0.1'), 'the lease still pays');
    t.equal((await reserve(node, principal, '0.1')) !== undefined, expected, settings.on_ledger_outage);
    t.notOk(await reserve(node, principal, '0.1'), 'the allowance is used up as well');
    cut(false);
    t.ok(await reserve(node, principal, '0.1'), 'recovers by itself');
  }
});

/** A database whose answers get lost. */
function deafened(db: Database): { db: Database; hear: () => void } {
  let deaf = true;
  const write: Database['write'] = async (work) => {
    const answer = await db.write(work);
    if (deaf) throw new Error('the connection was lost');
    return answer;
  };
  return { db: { ...db, write }, hear: () => (deaf = false) };
}

t.test(
  'a lease whose grant nobody heard of is found with the next question, though nothing is left',
  async (t) => {
    const { db, principal } = await setUp(t);
    const deaf = deafened(db);
    const node = openNode(deaf.db);
    t.notOk(await reserve(node, principal, '1'), 'granted, but not heard');
    t.match(await ledgerOf(db), { leased: '1' });
    deaf.hear();
    t.ok(await reserve(node, principal, '1'));
  },
);

t.test('without another request it is found by upkeep, and comes back', async (t) => {
  const { db, principal } = await setUp(t);
  const deaf = deafened(db);
  const node = openNode(deaf.db);
  t.notOk(await reserve(node, principal, '0.4'), 'granted, but not heard');
  deaf.hear();
  await node.upkeep();
  t.match(await ledgerOf(db), { leased: '0' });
});

t.test('an outage overspends a budget by the allowance of each node and no more', async (t) => {
  const { db, principal } = await setUp(t);
  const settings = { on_ledger_outage: 'allow', outage_allowance_usd: '0.1' };
  const full = openNode(db);
  await drain(full, db, [await spend(full, principal, '1')]);
  const { db: shaky, cut } = switchable(db);
  const nodes = [openNode(shaky, { settings }), openNode(shaky, { settings })];
  cut(true);
  for (const node of nodes) {
    const records: { id: string; json: string }[] = [];
    for (let tried = 0; tried < 6; tried++) {
      const hold = await reserve(node, principal, '0.04');
      hold?.settle(() => parseUsd('0.04'));
      if (hold) records.push(recordOf(principal.orgId, hold));
    }
    t.equal(records.length, 2, 'a third would pass 0.1');
    await drain(full, db, records);
  }
  t.match(await ledgerOf(db), { settled: '1.16' });
});

t.test(
  'upkeep renews leases, ends those of dead nodes, and gives back what one node does not need',
  async (t) => {
    const { db, principal } = await setUp(t);
    let elapsedMs = 0;
    const clock: Clock = { now: () => Date.now(), elapsed: () => elapsedMs };
    const node = openNode(db, { clock });
    const dead = openNode(db, { nodeId: 'dead' });
    t.ok(await reserve(dead, principal, '0.4'));
    await db.write((tx) =>
      tx.execute(sql`UPDATE budget_leases SET expires_at = now() - interval '1 second'`),
    );
    elapsedMs = 100_000;
    await node.upkeep();
    t.match(node.stats, { expired: 1, unreachable: 0 }, 'also where the node holds no lease');

    const hold = await reserve(node, principal, '0.9');
    await db.write((tx) =>
      tx.execute(sql`UPDATE budget_leases SET expires_at = now() + interval '1 minute'`),
    );
    elapsedMs = 200_000;
    await node.upkeep();
    const { rows } = (await db.write((tx) =>
      tx.execute(sql`SELECT expires_at > now() + interval '9 minutes' AS renewed FROM budget_leases`),
    )) as unknown as { rows: { renewed: boolean }[] };
    t.same(rows, [{ renewed: true }]);

    hold?.settle(() => parseUsd('0.1'));
    const other = openNode(db);
    t.notOk(await reserve(other, principal, '0.7'), 'the first node still holds it');
    await node.upkeep();
    t.ok(await reserve(other, principal, '0.7'), 'a second later it does not');
  },
);
