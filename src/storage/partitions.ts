import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

const MONTHS_AHEAD = 3;

/**
 * Makes the monthly partitions of usage, audit and content that are due; to be run hourly. Where it fails for
 * weeks nothing is lost: rows of a month without a partition wait in the default one until it is made.
 * @returns how many were made
 */
export async function keepPartitions(db: Database): Promise<number> {
  const [made] = await db.write((tx) =>
    tx.select({ count: sql<number>`made` }).from(sql`sluice_ensure_partitions(${MONTHS_AHEAD}) AS made`),
  );
  return made?.count ?? 0;
}
