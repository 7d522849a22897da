import { sql } from 'drizzle-orm';
import t from 'tap';
import { migrate } from '../../src/storage/migrate.ts';
import { emptyDatabase, freshDatabase, silent } from '../support/database.ts';

t.test('migrating is safe twice and from four nodes at once', async (t) => {
  const url = await emptyDatabase(t);
  const runs = await Promise.all([1, 2, 3, 4].map(() => migrate({ url, log: silent })));
  t.equal(runs.filter((applied) => applied.length > 0).length, 1, 'exactly one applied them');
  t.same(await migrate({ url, log: silent }), []);
});

t.test('a fresh database answers', async (t) => {
  const { db } = await freshDatabase(t);
  t.equal(await db.healthy(), true);
  const { rows } = (await db.load((tx) => tx.execute(sql`SELECT current_user AS role`))) as unknown as {
    rows: { role: string }[];
  };
  t.same(rows, [{ role: 'sluice_loader' }]);
});
