import { sql } from 'drizzle-orm';
import t from 'tap';
import { watchNodes } from '../../src/storage/live-nodes.ts';
import { freshDatabase, silent } from '../support/database.ts';

t.test('nodes count each other while they live; workers of one node count once', async (t) => {
  const { db } = await freshDatabase(t);
  const first = await watchNodes(db, 'first', silent);
  t.equal(first.count, 1);
  const second = await watchNodes(db, 'second', silent);
  const worker = await watchNodes(db, 'second', silent);
  t.same([second.count, worker.count], [2, 2]);
  await first.beat();
  t.equal(first.count, 2);

  await db.write((tx) =>
    tx.execute(sql`UPDATE nodes SET seen_at = now() - interval '16 seconds' WHERE name = 'second'`),
  );
  await first.beat();
  t.equal(first.count, 1, 'silent for three beats');
  await second.beat();
  await first.beat();
  t.equal(first.count, 2);

  await worker.close();
  await second.close();
  await first.beat();
  t.equal(first.count, 1, 'a node that ends says so');
  await first.close();
});

t.test('while the database is away, the last number counts', async (t) => {
  const { db } = await freshDatabase(t);
  let away = false;
  const write: typeof db.write = (work) => (away ? Promise.reject(new Error('refused')) : db.write(work));
  const node = await watchNodes({ write }, 'a', silent);
  const other = await watchNodes(db, 'b', silent);
  await node.beat();
  away = true;
  await node.beat();
  t.equal(node.count, 2);
  await node.close();
  await other.close();
});
