import { join } from 'node:path';
import t, { type Test } from 'tap';
import { FileProblems } from '../core/strict-yaml.ts';
import { loadConfig } from './load.ts';
import type { Environment } from './references.ts';

const SECRET = 'hunter2-hunter2-hunter2';

/** A config.yaml with the text, beside a file `secret`. */
function folder(t: Test, text: string): { file: string; secret: string; env: Environment } {
  const dir = t.testdir({ 'config.yaml': text, secret: `${SECRET}\n` });
  const file = join(dir, 'config.yaml');
  return { file, secret: join(dir, 'secret'), env: { SLUICE_CONFIG: file } };
}

/** The problems as they are printed, with the file's folder taken off. */
function problems(t: Test, text: string, env: Environment = {}): string[] {
  const at = folder(t, text);
  try {
    loadConfig({ ...at.env, ...env });
  } catch (error) {
    if (!(error instanceof FileProblems)) throw error;
    return error.message.replaceAll(at.file, 'config.yaml').split('\n');
  }
  return [];
}

t.test('references to the environment, with and without default', async (t) => {
  const text = 'server: { host: "${env:HOST_OF_TEST:-0.0.0.0}", port: "${env:PORT_OF_TEST}" }\n';
  const { env } = folder(t, text);
  t.match(loadConfig({ ...env, PORT_OF_TEST: '9090' }).server, { host: '0.0.0.0', port: 9090 });
  t.match(loadConfig({ ...env, PORT_OF_TEST: '9090', HOST_OF_TEST: '::1' }).server, { host: '::1' });
  t.match(
    loadConfig({ ...env, PORT_OF_TEST: '9090', HOST_OF_TEST: '' }).server,
    { host: '0.0.0.0' },
    'an empty variable is as good as none',
  );
});

t.test(
  'a reference to a file loses the newline at its end, and what it says is not read as a reference',
  async (t) => {
    const dir = t.testdir({ secret: 'half ${env:NOT_READ} of a secret\n', 'config.yaml': '' });
    const { env } = folder(t, `admin: { admin_key: "\${file:${join(dir, 'secret')}}" }\n`);
    t.equal(loadConfig(env).admin.admin_key, `${SECRET}`);
  },
);

t.test('text from references becomes the number or switch that the setting wants', async (t) => {
  const text = [
    'server: { trust_proxy: "${env:TRUST:-true}", port: "${env:PORT:-0}" }',
    'telemetry: { access_log: "${env:LOG:-false}", trace_sample_ratio: "${env:RATIO:-0.25}" }',
  ].join('\n');
  const config = loadConfig(folder(t, text).env);
  t.match(config.server, { trust_proxy: true, port: 0 });
  t.match(config.telemetry, { access_log: false, trace_sample_ratio: 0.25 });
});

t.test('a reference that cannot be resolved is a problem at its place', async (t) => {
  const one = (text: string, problem: RegExp) => t.match(problems(t, text), [problem], text);
  one(
    'server:\n  host: ${env:NOT_SET}\n',
    /^config\.yaml:2:3 server\.host: environment variable NOT_SET is not set; set it, or give a default: \$\{env:NOT_SET:-default\}$/,
  );
  one(
    'server:\n  host: ${file:/nowhere}\n',
    /^config\.yaml:2:3 server\.host: \$\{file:\/nowhere\} cannot be read \(ENOENT\)$/,
  );
  one(
    'server: { host: "${env:1X:-secret}" }',
    /server\.host: \$\{env:1X\} does not name an environment variable$/,
  );
  one(
    'server: { host: "${evn:HOST}" }',
    /\$\{evn:…\} is no reference; write \$\{env:NAME\} or \$\{file:\/path\}$/,
  );
  one('server: { host: "${HOST}" }', /\$\{HOST\} is no reference/);
  one('server: { host: "${env:HOST" }', /a reference \$\{env: is not closed with \}$/);
});

t.test('the environment overrides the file, and an empty variable does not', async (t) => {
  const text = 'server: { host: 10.0.0.1, port: 1000 }\nredis: { url: "redis://file:1" }\n';
  const { env } = folder(t, text);
  const config = loadConfig({
    ...env,
    SLUICE_HOST: '10.0.0.2',
    SLUICE_PORT: '',
    SLUICE_ADMIN_KEY: SECRET,
    DATABASE_URL: 'postgres://a@b/c',
    REDIS_URL: 'redis://env:2',
  });
  t.match(config, {
    server: { host: '10.0.0.2', port: 1000 },
    admin: { admin_key: SECRET },
    database: { url: 'postgres://a@b/c' },
    redis: { url: 'redis://env:2' },
  });
});

t.test('the journal stays with the data, unless it has a folder of its own', async (t) => {
  t.equal(loadConfig({}).journal.dir, './data/journal');
  t.equal(loadConfig({ SLUICE_DATA_DIR: '/data' }).journal.dir, '/data/journal');
  t.equal(
    loadConfig(folder(t, 'database: { data_dir: /srv/sluice }').env).journal.dir,
    '/srv/sluice/journal',
  );
  const own = folder(t, 'journal: { dir: /fast/journal, durability: disk }').env;
  t.match(loadConfig({ ...own, SLUICE_DATA_DIR: '/data' }).journal, {
    dir: '/fast/journal',
    durability: 'disk',
  });
});

t.test(
  'without a providers section the environment says which there are; a section says all of them',
  async (t) => {
    const names = (env: Environment) => Object.keys(loadConfig(env).providers);
    const all = {
      OPENAI_API_KEY: SECRET,
      ANTHROPIC_API_KEY: SECRET,
      SLUICE_COMPATIBLE_URL: 'http://127.0.0.1:11434/v1',
    };
    t.strictSame(names({}), ['simulated']);
    t.strictSame(names(all), ['openai', 'anthropic', 'compatible', 'simulated']);
    const { env } = folder(t, 'providers: { mine: { kind: simulated } }');
    t.strictSame(names({ ...env, ...all }), ['mine']);
  },
);

t.test('a wrong value is a problem of the variable or reference that it came from', async (t) => {
  t.match(problems(t, 'server: { port: 80 }', { SLUICE_PORT: 'abc' }), [
    /^environment variable SLUICE_PORT server\.port: .*expected number, received string; Port to listen on/,
  ]);
  t.match(problems(t, '', { SLUICE_PORT: '99999' }), [
    /^environment variable SLUICE_PORT server\.port: .*<=65535/,
  ]);
  t.match(problems(t, '', { DATABASE_URL: 'mysql://x' }), [
    /^environment variable DATABASE_URL database\.url: /,
  ]);
  t.match(problems(t, '', { SLUICE_COMPATIBLE_URL: 'ollama' }), [
    /^environment variable SLUICE_COMPATIBLE_URL providers\.compatible\.base_url: must be an http or https URL/,
  ]);
  t.match(problems(t, 'server:\n  port: ${env:P:-x}\n'), [
    /^config\.yaml:2:3 server\.port: .*\(the value of \$\{env:P\}\)/,
  ]);
});

t.test('unknown and wrong settings are named with line, path and hint', async (t) => {
  t.strictSame(problems(t, 'server:\n  prot: 1\n'), [
    'config.yaml:2:3 server.prot: unknown field "prot"; did you mean "port"?',
  ]);
  t.match(problems(t, 'servr: {}\n'), [
    /config\.yaml:1:1 servr: unknown field "servr"; did you mean "server"\?/,
  ]);
  t.match(problems(t, 'models:\n  m: { targets: [{ provider: opnai, model: x }] }\n'), [
    /config\.yaml:2:\d+ models\.m\.targets\[0\]\.provider: no provider is named "opnai"; there are simulated/,
  ]);
  t.match(problems(t, 'just text'), [/config\.yaml:1:1 /]);
});

t.test('a file that is named has to be there', async (t) => {
  t.throws(() => loadConfig({ SLUICE_CONFIG: '/nowhere/config.yaml' }), {
    message:
      '/nowhere/config.yaml cannot be read (ENOENT); name a file that exists, in SLUICE_CONFIG or after `config check`',
  });
  t.doesNotThrow(() => loadConfig({ SLUICE_CONFIG: '' }));
});

t.test('secrets are in no problem, wherever they came from', async (t) => {
  const at = folder(t, '');
  const file = `\${file:${at.secret}}`;
  const wrong = [
    `providers: { openai: { kind: openai, api_key: ["${SECRET}"] } }`,
    `providers: { openai: { kind: openai, api_key: { value: "${SECRET}" } } }`,
    `providers: { openai: { kind: "${file}", api_key: x } }`,
    `providers: { openai: { kind: openai, api_key: x, base_url: "${file}" } }`,
    `database: { url: "postgrs://user:${SECRET}@host/db" }`,
    `database: { url: "${file}" }`,
    `redis: { url: "http://:${SECRET}@host" }`,
    `server: { port: "${file}" }`,
    `journal: { durability: "${file}" }`,
    `server: { host: "\${env:1:-${SECRET}}" }`,
    `server: { port: "\${env:NOT_SET:-${SECRET}}" }`,
    `server: { host: "\${vault:${SECRET}}" }`,
    `admin: { admin_key: *${SECRET} }`,
    `admin: { admin_key: "${SECRET} }`,
    `admin: { admin_key: ${SECRET}: x }`,
  ];
  for (const text of wrong) {
    const found = problems(t, text);
    t.ok(found.length > 0, text);
    t.notMatch(found.join('\n'), /hunter2/, text);
  }
  const variables = {
    SLUICE_ADMIN_KEY: 'hunter2',
    DATABASE_URL: 'hunter2',
    REDIS_URL: 'hunter2',
    SLUICE_PORT: 'hunter2',
  };
  t.equal(problems(t, '', variables).length, 4);
  t.notMatch(problems(t, '', variables).join('\n'), /hunter2/);
});
