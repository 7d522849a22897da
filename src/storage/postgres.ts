import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Database, Tx } from './database.ts';
import type { Log } from './log.ts';
import { sqlState, withoutValues } from './query-error.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections of this process at most; see `databaseSettings.pool_size`. */
  readonly poolSize: number;
  /** The server ends a statement after this; the client gives up on the answer a second later. */
  readonly statementTimeoutMs: number;
  readonly log: Log;
  /** As `pg_stat_activity` shows it. */
  readonly applicationName?: string;
  /** From 0 to below 1; spreads retries. */
  readonly random?: () => number;
}

type Role = 'sluice_app' | 'sluice_loader' | 'sluice_writer' | 'sluice_platform';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CONNECT_TIMEOUT_MS = 5_000;
const HEALTH_TIMEOUT_MS = 1_000;
const ATTEMPTS = 5;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';

/**
 * Opens a pool; the first connection is made when it is first needed.
 *
 * Every transaction changes to one of the four roles with `SET LOCAL ROLE`, so the login of the URL needs no
 * rights of its own besides. To harden it, migrate as an owner and serve as another login that is only a
 * member, so that even `RESET ROLE` gains nothing:
 *
 *     CREATE ROLE gateway LOGIN NOINHERIT PASSWORD '…';
 *     GRANT sluice_app, sluice_loader, sluice_writer, sluice_platform TO gateway WITH SET TRUE, INHERIT FALSE;
 *
 * and set `database.migrate_on_start: false`.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { log } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName ?? 'sluice',
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + 1_000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ error: error.message }, 'an idle database connection was lost'));
  // A client that is lent out has no listener of the pool's: losing it between two statements would throw.
  pool.on('connect', (client) => client.on('error', () => undefined));

  const run = <T>(role: Role, orgId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    retried(options.random ?? Math.random, () => transact(pool, role, orgId, work));
  let probe: Promise<boolean> | undefined;

  return {
    async withOrg(orgId, work) {
      if (!UUID.test(orgId)) throw new TypeError('withOrg needs the UUID of an organisation');
      return run('sluice_app', orgId, work);
    },
    load: (work) => run('sluice_loader', '', work),
    write: (work) => run('sluice_writer', '', work),
    platform: (work) => run('sluice_platform', '', work),
    healthy() {
      // one probe at a time: a frozen server must not collect a queue of them
      probe ??= pool
        .query('SELECT 1')
        .then(() => true)
        .catch(() => false)
        .finally(() => {
          probe = undefined;
        });
      const stop = new AbortController();
      const late = sleep(HEALTH_TIMEOUT_MS, false, { signal: stop.signal }).catch(() => false);
      return Promise.race([probe, late]).finally(() => stop.abort());
    },
    close: () => pool.end(),
  };
}

async function transact<T>(
  pool: pg.Pool,
  role: Role,
  orgId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let refusal: unknown;
  try {
    const result = await drizzle({ client }).transaction(async (tx) => {
      try {
        await tx.execute(
          sql`SELECT set_config('role', ${role}, true), set_config('sluice.org_id', ${orgId}, true)`,
        );
        return await work(tx);
      } catch (thrown) {
        refusal = thrown;
        throw thrown;
      }
    });
    client.release();
    return result;
  } catch (thrown) {
    // What comes out is the refusal itself when the rollback worked; anything without a SQLSTATE is the connection's end.
    const usable = thrown === refusal ? !isTimeout(thrown) : sqlState(thrown) !== undefined;
    client.release(!usable);
    throw withoutValues(thrown);
  }
}

/** After a client-side time-out the connection still awaits the old answer. */
function isTimeout(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : undefined;
  return cause instanceof Error && cause.message === 'Query read timeout';
}

/** Runs a transaction again when the database asks for it: deadlocks and serialization failures lose nothing (litellm#33873). */
async function retried<T>(random: () => number, transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (thrown) {
      const state = sqlState(thrown);
      if (attempt === ATTEMPTS || (state !== SERIALIZATION_FAILURE && state !== DEADLOCK_DETECTED))
        throw thrown;
      await sleep(random() * 10 * 2 ** attempt);
    }
  }
}
