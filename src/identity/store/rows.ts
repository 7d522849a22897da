import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../../storage/database.ts';

/** The name of the unique constraint that the error is about; undefined for every other error. */
export function violatedUnique(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, constraint } = cause as { code?: unknown; constraint?: unknown };
    if (code === '23505') return typeof constraint === 'string' ? constraint : '';
  }
  return undefined;
}

/** Is the error a foreign key that still points here? */
export function stillReferenced(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as { code?: unknown }).code === '23503') return true;
  }
  return false;
}

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
