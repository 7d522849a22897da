import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from './log.ts';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; root therefore runs it as this user. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/** Where root keeps what the system user could not reach in place. */
export const REACHABLE_HOME = '/var/lib/sluice';

/**
 * Runs a program to its end in the folder it lies in, with an environment of its own: no `PG…` variable
 * disturbs it, and no secret of the gateway's environment reaches it.
 */
export async function execute(
  program: string,
  args: readonly string[],
  user: SystemUser | undefined,
): Promise<string> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = await run(program, args, { cwd: dirname(program), env, ...user });
  return stdout;
}

/** The user to run PostgreSQL as: undefined = the one who runs this process; for root `postgres`, made where missing. */
export async function systemUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  // no such user, or nobody to ask: it is made below, and a failure there says why
  const found = await lookUp().catch(() => undefined);
  if (found !== undefined) return found;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', NAME]);
    return await lookUp();
  } catch (cause) {
    // two processes at once: the other one may have made it
    const made = await lookUp().catch(() => undefined);
    if (made !== undefined) return made;
    throw new Error(
      `PostgreSQL does not run as root, and the system user "${NAME}" could not be made: create it, start Sluice as another user, or set DATABASE_URL`,
      { cause },
    );
  }
}

async function lookUp(): Promise<SystemUser> {
  const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/**
 * Makes the folder, or, where the system user cannot get to it (below `/root`, say), one below `/var/lib/sluice`
 * whose name follows from it.
 * @returns the folder to use
 */
export async function reachableFolder(
  folder: string,
  user: SystemUser | undefined,
  log: Log,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  if (user === undefined || (await canEnter(folder, user))) return folder;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const instead = join(REACHABLE_HOME, `data-${name}`);
  await mkdir(instead, { recursive: true });
  if (!(await canEnter(instead, user)))
    throw new Error(
      `the system user "${NAME}" can reach neither ${folder} nor ${instead}: set database.data_dir to a folder that it may enter, or DATABASE_URL to a server`,
    );
  log.warn(
    { folder, instead },
    `the system user "${NAME}" cannot reach the data folder: PostgreSQL uses another`,
  );
  return instead;
}

async function canEnter(folder: string, user: SystemUser): Promise<boolean> {
  return execute('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], user).then(
    () => true,
    () => false,
  );
}
