import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../../storage/database.ts';

/**
 * Makes changes to the people of one organisation wait for each other until the transaction ends, so that two
 * owners who remove one another at the same moment do not leave it without any.
 */
export async function lockPeople(tx: Tx, orgId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`people/${orgId}`}, 0))`);
}

/** One row more than asked for tells whether a page follows. */
export function cutPage<Row extends { readonly id: string }>(
  rows: readonly Row[],
  limit: number,
): { rows: readonly Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

export const NOW: SQL<Date> = sql<Date>`now()`;
