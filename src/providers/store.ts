import { and, asc, eq } from 'drizzle-orm';
import type { Tx } from '../storage/database.ts';
import { providerKeys } from './schema.ts';
import type { Sealed } from './vault.ts';

export type KeyRow = typeof providerKeys.$inferSelect;
export type NewKeyRow = typeof providerKeys.$inferInsert;

/** Every organisation's, for the snapshot. */
export function loadKeys(tx: Tx): Promise<KeyRow[]> {
  return tx.select().from(providerKeys).orderBy(asc(providerKeys.id));
}

export function listKeys(tx: Tx, orgId: string): Promise<KeyRow[]> {
  return tx.select().from(providerKeys).where(eq(providerKeys.orgId, orgId)).orderBy(asc(providerKeys.id));
}

export async function insertKey(tx: Tx, row: NewKeyRow): Promise<KeyRow> {
  const [created] = await tx.insert(providerKeys).values(row).returning();
  if (created === undefined) throw new Error('insert of a provider key returned no row');
  return created;
}

/** @returns undefined where there is no such key */
export async function updateKey(
  tx: Tx,
  orgId: string,
  id: string,
  change: Partial<Pick<NewKeyRow, 'name' | 'weight' | 'enabled' | 'sealed' | 'sealedWith' | 'updatedAt'>>,
): Promise<KeyRow | undefined> {
  const [changed] = await tx
    .update(providerKeys)
    .set(change)
    .where(and(eq(providerKeys.orgId, orgId), eq(providerKeys.id, id)))
    .returning();
  return changed;
}

export async function deleteKey(tx: Tx, orgId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(providerKeys)
    .where(and(eq(providerKeys.orgId, orgId), eq(providerKeys.id, id)))
    .returning({ id: providerKeys.id });
  return gone.length > 0;
}

/** Puts a secret under another sealing key, unless somebody changed it meanwhile. */
export async function resealKey(tx: Tx, { orgId, id, sealed }: KeyRow, to: Sealed): Promise<void> {
  await tx
    .update(providerKeys)
    .set({ sealed: to.bytes, sealedWith: to.with })
    .where(and(eq(providerKeys.orgId, orgId), eq(providerKeys.id, id), eq(providerKeys.sealed, sealed)));
}
