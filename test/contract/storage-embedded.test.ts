import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import { startEmbeddedPostgres } from '../../src/storage/embedded.ts';
import { silent } from '../support/database.ts';
import { until } from '../support/until.ts';

const CHILD = new URL('../support/embedded-child.ts', import.meta.url).pathname;

/** A data folder whose server, whatever the test did, is gone afterwards. */
async function dataFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-embedded-'));
  await chmod(folder, 0o755);
  t.teardown(async () => {
    const pid = await postmaster(folder);
    if (pid !== undefined) {
      process.kill(pid, 'SIGINT');
      await until(() => !isRunning(pid));
    }
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

const pidFile = (folder: string) => join(folder, 'postgres', 'cluster', 'postmaster.pid');

async function postmaster(folder: string): Promise<number | undefined> {
  const text = await readFile(pidFile(folder), 'utf8').catch(() => undefined);
  const pid = Number(text?.split('\n')[0]);
  return pid > 0 && isRunning(pid) ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function startChild(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: line.toString().trim(), child };
}

t.test(
  'it starts durable, on 127.0.0.1 only, with a login that is no superuser, and stops without a trace',
  async (t) => {
    const folder = await dataFolder(t);
    const server = await startEmbeddedPostgres({ dataDir: folder, log: silent });
    const [login] = await query(
      server.url,
      'SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user',
    );
    t.same(login, { rolsuper: false, rolbypassrls: false });
    t.same(
      await query(
        server.url,
        `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') ORDER BY 1`,
      ),
      [
        { name: 'fsync', setting: 'on' },
        { name: 'full_page_writes', setting: 'on' },
        { name: 'listen_addresses', setting: '127.0.0.1' },
        { name: 'synchronous_commit', setting: 'on' },
      ],
    );
    t.equal((await stat(join(folder, 'postgres', 'password'))).mode & 0o777, 0o600);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await t.rejects(query(wrong.href, 'SELECT 1'), { code: '28P01' });
    const pid = await postmaster(folder);
    await server.stop();
    await server.stop();
    await until(() => pid !== undefined && !isRunning(pid));
  },
);

t.test(
  'after a kill -9 of the gateway the next one takes the running server over and stops it',
  async (t) => {
    const folder = await dataFolder(t);
    const { child, url } = await startChild(folder);
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS value');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const pid = await postmaster(folder);
    const next = await startEmbeddedPostgres({ dataDir: folder, log: silent });
    t.equal(await postmaster(folder), pid, 'the same server');
    t.same(await query(next.url, 'SELECT value FROM kept'), [{ value: 7 }]);
    await next.stop();
    t.equal(await postmaster(folder), undefined);
  },
);

t.test('after a kill -9 of the server too, it starts again with what was committed', async (t) => {
  const folder = await dataFolder(t);
  const { child, url } = await startChild(folder);
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS value');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const pid = await postmaster(folder);
  process.kill(pid as number, 'SIGKILL');
  await until(() => !isRunning(pid as number));
  t.ok(existsSync(pidFile(folder)), 'its pid file is stale');
  const next = await startEmbeddedPostgres({ dataDir: folder, log: silent });
  t.same(await query(next.url, 'SELECT value FROM kept'), [{ value: 7 }]);
  await next.stop();
});

t.test(
  'processes on one data folder share one server, also when they start at once; the last one out stops it',
  async (t) => {
    const folder = await dataFolder(t);
    const [first, second, third] = await Promise.all([
      startChild(folder),
      startChild(folder),
      startEmbeddedPostgres({ dataDir: folder, log: silent }),
    ]);
    t.equal(first.url, third.url);
    t.equal(second.url, third.url);
    await third.stop();
    for (const { child, url } of [first, second]) {
      t.same(await query(url, 'SELECT 1 AS one'), [{ one: 1 }], 'still there for the others');
      child.stdin?.write('stop\n');
      await once(child, 'exit');
    }
    t.equal(await postmaster(folder), undefined);
  },
);

t.test(
  'a pid file whose number now belongs to another program does not keep it from starting',
  { skip: existsSync('/proc/self/cmdline') ? false : 'needs /proc' },
  async (t) => {
    const folder = await dataFolder(t);
    await (await startEmbeddedPostgres({ dataDir: folder, log: silent })).stop();
    const sleeper = spawn('sleep', ['1000']);
    t.teardown(() => sleeper.kill('SIGKILL'));
    await writeFile(pidFile(folder), `${sleeper.pid}\n${folder}\n0\n1\n\n\n\nready\n`);
    const server = await startEmbeddedPostgres({ dataDir: folder, log: silent });
    t.same(await query(server.url, 'SELECT 1 AS one'), [{ one: 1 }]);
    await server.stop();
  },
);

t.test('a cluster that cannot start is reported with the end of its log', async (t) => {
  const folder = await dataFolder(t);
  await (await startEmbeddedPostgres({ dataDir: folder, log: silent })).stop();
  await writeFile(join(folder, 'postgres', 'cluster', 'PG_VERSION'), '9.6\n');
  await t.rejects(startEmbeddedPostgres({ dataDir: folder, log: silent }), /does not start.*9\.6/s);
});
