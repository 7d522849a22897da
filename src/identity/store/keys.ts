import { and, asc, eq, gt, inArray, or, type SQL } from 'drizzle-orm';
import type { Tx } from '../../storage/database.ts';
import { virtualKeys } from '../schema.ts';
import { cutPage, NOW } from './rows.ts';
import type { UsersWithin } from './users.ts';

export type Key = typeof virtualKeys.$inferSelect;
export type NewKey = typeof virtualKeys.$inferInsert;

export async function insertKey(tx: Tx, key: NewKey): Promise<Key> {
  const [created] = await tx.insert(virtualKeys).values(key).returning();
  if (created === undefined) throw new Error('insert of a key returned no row');
  return created;
}

export async function findKey(tx: Tx, orgId: string, keyId: string): Promise<Key | undefined> {
  const rows = await tx
    .select()
    .from(virtualKeys)
    .where(and(eq(virtualKeys.orgId, orgId), eq(virtualKeys.id, keyId)));
  return rows[0];
}

/** The key, held against other changes until the transaction ends. */
export async function lockKey(tx: Tx, orgId: string, keyId: string): Promise<Key | undefined> {
  const rows = await tx
    .select()
    .from(virtualKeys)
    .where(and(eq(virtualKeys.orgId, orgId), eq(virtualKeys.id, keyId)))
    .for('update');
  return rows[0];
}

export async function listKeys(
  tx: Tx,
  orgId: string,
  within: UsersWithin | undefined,
  limit: number,
  cursor: string | undefined,
) {
  const rows = await tx
    .select()
    .from(virtualKeys)
    .where(
      and(
        eq(virtualKeys.orgId, orgId),
        within === undefined ? undefined : or(inTeams(within.teamIds), ofUser(within.userId)),
        cursor === undefined ? undefined : gt(virtualKeys.id, cursor),
      ),
    )
    .orderBy(asc(virtualKeys.id))
    .limit(limit + 1);
  return cutPage(rows, limit);
}

function inTeams(teamIds: readonly string[]): SQL | undefined {
  // An empty list becomes `false`, so that nothing is shown rather than everything.
  return inArray(virtualKeys.teamId, [...teamIds]);
}

function ofUser(userId: string | null): SQL | undefined {
  return userId === null ? undefined : eq(virtualKeys.userId, userId);
}

export async function updateKey(
  tx: Tx,
  orgId: string,
  keyId: string,
  patch: Partial<Omit<NewKey, 'id' | 'orgId'>>,
): Promise<Key> {
  const [updated] = await tx
    .update(virtualKeys)
    .set({ ...patch, updatedAt: NOW })
    .where(and(eq(virtualKeys.orgId, orgId), eq(virtualKeys.id, keyId)))
    .returning();
  if (updated === undefined) throw new Error('update of a locked key returned no row');
  return updated;
}
