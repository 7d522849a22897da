/** The PostgreSQL that tests share. Knows nothing of tap, because `run.ts` starts it outside of any test. */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/storage/embedded.ts';
import type { Log } from '../../src/storage/log.ts';

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Server {
  /** A login that may create databases and roles. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The server of DATABASE_URL, which is left running, else an embedded one in a temporary folder. */
export async function startPostgres(): Promise<Server> {
  const url = process.env.DATABASE_URL;
  if (url !== undefined && url !== '') return { url, stop: async () => undefined };
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, log: silent });
  const release = cleanUpAfterDeath(dataDir);
  await query(asSuperuser(server.url), [
    'ALTER SYSTEM SET fsync = off',
    'ALTER SYSTEM SET full_page_writes = off',
    'ALTER SYSTEM SET autovacuum = off',
    'SELECT pg_reload_conf()',
  ]);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
      release();
    },
  };
}

const CLEAN_UP =
  'cat >/dev/null; kill -INT "$(head -n 1 "$1/postgres/cluster/postmaster.pid")"; sleep 2; rm -rf "$1"';

/**
 * Stops the server and removes its folder when this process dies without having done so: a shell waits for the
 * end of a pipe that only this process holds open.
 * @returns ends the watch
 */
function cleanUpAfterDeath(dataDir: string): () => void {
  const shell = spawn('sh', ['-c', CLEAN_UP, 'sh', dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  return () => shell.kill('SIGKILL');
}

/** The superuser of an embedded server has the same password. */
function asSuperuser(url: string): string {
  const changed = new URL(withDatabase(url, 'postgres'));
  changed.username = 'postgres';
  return changed.href;
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

export async function query(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const DROP_ATTEMPTS = 50;
const DROP_PAUSE_MS = 100;
/** insufficient_privilege: an autovacuum worker, which only a superuser may end, is at work in it. */
const BUSY = '42501';

/** Drops a database with whoever is connected to it. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await query(url, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]);
    } catch (error) {
      if ((error as { code?: string }).code !== BUSY || attempt === DROP_ATTEMPTS) throw error;
      await sleep(DROP_PAUSE_MS);
    }
  }
}
