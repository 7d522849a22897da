import { sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';
import type { Log } from './log.ts';

export interface LiveNodes {
  /** This one included; the last number known where the database is away. */
  readonly count: number;
  /** One beat; for tests, and what is repeated. Never rejects. */
  beat(): Promise<void>;
  /** The others need not wait until this node's last beat is old. */
  close(): Promise<void>;
}

const BEAT_MS = 5_000;
/** A node that was silent for three beats is gone. */
const LIVE_S = 15;
const SWEPT_AFTER = '1 day';

/**
 * Tells the database that this node runs, and counts those that do: they share the limits among them while Redis is
 * away.
 * @param name of the node; its workers beat for the same one
 */
export async function watchNodes(db: Pick<Database, 'write'>, name: string, log: Log): Promise<LiveNodes> {
  let count = 1;
  let reachable = true;
  let beating = Promise.resolve();

  const beat = async (): Promise<void> => {
    try {
      count = 1 + (await db.write((tx) => othersOf(tx, name)));
      reachable = true;
    } catch (error) {
      if (reachable)
        log.warn({ error: String(error) }, 'how many nodes run is not known: the last number counts');
      reachable = false;
    }
  };
  await beat();
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, BEAT_MS);
  timer.unref();

  return {
    get count() {
      return count;
    },
    beat,
    async close() {
      clearInterval(timer);
      await beating;
      await db
        .write((tx) => tx.execute(sql`DELETE FROM nodes WHERE name = ${name}`))
        // the row grows old by itself
        .catch(() => undefined);
    },
  };
}

async function othersOf(tx: Tx, name: string): Promise<number> {
  await tx.execute(sql`INSERT INTO nodes (name, seen_at) VALUES (${name}, now())
    ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at`);
  await tx.execute(sql`DELETE FROM nodes WHERE seen_at < now() - ${SWEPT_AFTER}::interval`);
  const result = (await tx.execute(
    sql`SELECT count(*)::int AS others FROM nodes
        WHERE name <> ${name} AND seen_at > now() - ${LIVE_S} * interval '1 second'`,
  )) as unknown as { readonly rows: readonly { readonly others: number }[] };
  return result.rows[0]?.others ?? 0;
}
