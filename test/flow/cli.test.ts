import { chmod, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { embeddedPid, removeData, serving, sluice, starting } from '../support/cli.ts';
import { emptyDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

// whole processes are started, some of them one after the other
t.setTimeout(600_000);

async function dataFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  await chmod(folder, 0o755); // root runs PostgreSQL as another user
  t.teardown(() => removeData(folder));
  return folder;
}

/** A port that somebody else has. */
async function takenPort(t: Test): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

const keysIn = (text: string): string[] => text.match(/\bsl[ka]_[\w-]+/g) ?? [];

async function says(origin: string, key: string | undefined): Promise<number> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-echo', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

t.test('help is printed when asked for, and with exit code 2 for what is no command', async (t) => {
  t.match(await sluice(['help']), { code: 0, stdout: /^usage: sluice <command>/, stderr: '' });
  t.match(await sluice(['sevre']), {
    code: 2,
    stdout: '',
    stderr: /^sluice: there is no command "sevre"\n\nusage: sluice/,
  });
  t.match(await sluice(['config', 'chekc']), {
    code: 2,
    stderr: /^usage: sluice config check \[FILE\] \| example/,
  });
  t.match(await sluice(['policy']), { code: 2, stderr: /^usage: sluice policy check/ });
  t.match(await sluice(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ });
});

t.test('what a command does not know stops it, and help about a command does not run it', async (t) => {
  // a database that cannot be reached: whoever goes to it says so
  const env = { DATABASE_URL: 'postgres://me@127.0.0.1:1/sluice' };
  const wrong = ['serve --bogus', 'migrate --dry-run', 'config check a b', 'config check --strict'];
  for (const line of [...wrong, 'config example x', 'policy check a b', 'policy schema x']) {
    const ran = await sluice(line.split(' '), env);
    t.match(ran, { code: 2, stdout: '', stderr: /^usage: sluice / }, line);
  }
  for (const line of ['migrate --help', 'serve -h', 'policy check --help'])
    t.match(await sluice(line.split(' '), env), { code: 0, stdout: /^usage: sluice/, stderr: '' }, line);
});

t.test('config check exits 0 for a good file, and 1 with a line per problem for a bad one', async (t) => {
  const folder = t.testdir({
    'good.yaml': 'server: { port: 9000 }\n',
    'bad.yaml': 'server:\n  prot: 9000\nredis:\n  url: nonsense\n',
  });
  const good = await sluice(['config', 'check'], { SLUICE_CONFIG: join(folder, 'good.yaml') });
  t.match(good, { code: 0, stderr: '' });
  const bad = await sluice(['config', 'check'], { SLUICE_CONFIG: join(folder, 'bad.yaml') });
  t.match(bad, { code: 1, stdout: '' });
  const [first, second, ...rest] = bad.stderr.trimEnd().split('\n');
  t.equal(first, `${folder}/bad.yaml:2:3 server.prot: unknown field "prot"; did you mean "port"?`);
  t.match(second, /bad\.yaml:4:3 redis\.url: Invalid URL; redis:\/\/host:6379/);
  t.strictSame(rest, []);
  const named = await sluice(['config', 'check', join(folder, 'bad.yaml')], {
    SLUICE_CONFIG: join(folder, 'good.yaml'),
  });
  t.match(named, { code: 1, stdout: '', stderr: bad.stderr }, 'the file that is named is the one checked');
  const served = await sluice(['serve'], { SLUICE_CONFIG: join(folder, 'bad.yaml') });
  t.match(served, { code: 1, stdout: '', stderr: bad.stderr }, 'serve refuses it in the same words');
});

t.test('config example prints config.example.yaml', async (t) => {
  const { code, stdout } = await sluice(['config', 'example']);
  t.equal(code, 0);
  t.equal(stdout, await readFile('config.example.yaml', 'utf8'));
});

t.test('migrate is safe twice at once and twice in a row', async (t) => {
  const env = { DATABASE_URL: await emptyDatabase(t) };
  const both = await Promise.all([sluice(['migrate'], env), sluice(['migrate'], env)]);
  t.strictSame(
    both.map(({ code }) => code),
    [0, 0],
    both.map(({ stderr }) => stderr).join(''),
  );
  const printed = both.map(({ stdout }) => stdout).sort();
  t.match(printed, [/^Applied: 0000_tables, .*\n$/, 'The database is up to date.\n']);
  t.match(await sluice(['migrate'], env), { code: 0, stdout: 'The database is up to date.\n' });
});

t.test('a database that cannot be reached is named without its password', async (t) => {
  const env = { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/sluice' };
  for (const command of ['migrate', 'serve']) {
    const { code, stdout, stderr } = await sluice([command], env);
    t.equal(code, 1);
    t.match(
      stderr,
      /^sluice: the database cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:1\); check DATABASE_URL/,
    );
    t.notMatch(stdout + stderr, /hunter2|\n {4}at /);
  }
});

t.test('policy check and test look at the files and their cases', async (t) => {
  t.match(await sluice(['policy', 'check']), { code: 0, stdout: /^[1-9]\d* policies, .* 0 problems\n$/ });
  t.match(await sluice(['policy', 'test']), { code: 0, stdout: /, [1-9]\d* cases, 0 problems\n$/ });
  const folder = t.testdir({ 'a.yaml': 'version: 1\npolicies:\n  - id: a\n    modles: { allow: [x] }\n' });
  t.match(await sluice(['policy', 'check', folder]), {
    code: 1,
    stdout: /1 problems\n$/,
    stderr: /a\.yaml:4:5 .*unknown field "modles"; did you mean "models"\?/,
  });
});

t.test('the first start prints keys, later ones never again; kill -9 loses nothing', async (t) => {
  const folder = await dataFolder(t);
  const env = { SLUICE_DATA_DIR: folder };
  const first = await serving(t, env);
  const [virtual, admin, ...others] = keysIn(first.printed());
  t.match(virtual, /^slk_/);
  t.match(admin, /^sla_/);
  t.strictSame(others, []);
  t.equal(await says(first.origin, virtual), 200);
  t.strictSame(keysIn(first.printed()).length, 2, 'the access log shows no key');
  t.equal(await first.end('SIGKILL'), null);
  t.type(await embeddedPid(folder), 'number', 'PostgreSQL outlives the gateway that was killed');

  const second = await serving(t, env);
  t.strictSame(keysIn(second.printed()), []);
  t.equal(await says(second.origin, virtual), 200);
  const me = await fetch(`${second.origin}/api/v1/me`, { headers: { authorization: `Bearer ${admin}` } });
  t.equal(me.status, 200);
  t.equal(await second.end('SIGTERM'), 0);
  t.equal(await embeddedPid(folder), undefined, 'and ends with the last one that uses it');

  const port = await takenPort(t);
  const third = await sluice(['serve'], { ...env, SLUICE_PORT: String(port) });
  t.equal(third.code, 1);
  t.equal(
    third.stderr,
    `sluice: port ${port} of 127.0.0.1 is in use by another process; choose another with SLUICE_PORT or server.port\n`,
  );
  t.equal(await embeddedPid(folder), undefined, 'nothing is left running');
});

t.test('a start that is broken off leaves no PostgreSQL running and no journal behind', async (t) => {
  const folder = await dataFolder(t);
  // asked to stop, and the terminal closed
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    const { child, end } = starting(t, { SLUICE_DATA_DIR: folder });
    await until(async () => (await embeddedPid(folder)) !== undefined || child.exitCode !== null, 180_000);
    t.equal(await end(signal), 0, signal);
    t.equal(await embeddedPid(folder), undefined);
    t.strictSame(await readdir(join(folder, 'journal')).catch(() => []), []);
  }
});

t.test('the keys of a first start that fails are printed all the same', async (t) => {
  const folder = await dataFolder(t);
  const env = { SLUICE_DATA_DIR: folder, DATABASE_URL: await emptyDatabase(t) };
  const failed = await sluice(['serve'], { ...env, SLUICE_PORT: String(await takenPort(t)) });
  t.equal(failed.code, 1);
  const [virtual] = keysIn(failed.stdout);
  const { origin } = await serving(t, env);
  t.equal(await says(origin, virtual), 200);
});
