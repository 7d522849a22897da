/** The systems under test, each a process of its own, all of them idle but the one that is measured. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/storage/embedded.ts';
import { reportedPort, SYSTEM_CORE, startNode, stop } from './process.ts';

export interface System {
  readonly name: string;
  readonly title: string;
  readonly port: number;
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What to write as the model: the plain one, or a prompt where the system resolves prompts. */
  readonly model: string;
}

export interface Running {
  readonly systems: readonly System[];
  readonly stopAll: () => Promise<void>;
}

/** As `npm start` runs it. */
const NODE_FLAGS = ['--max-semi-space-size=64', '--single-threaded-gc', '--no-allocation-site-pretenuring'];
const MODEL = 'bench-model';
const PEERS = 'test/bench/peers';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

/** What `policies/baseline.yaml` looks for, and network addresses, in both directions. */
const entities = (action: string): string =>
  `{ email: ${action}, phone: ${action}, credit_card: ${action}, iban: ${action}, us_ssn: ${action}, ip_address: ${action}, secret: mask }`;

/** Ten policies whose conditions are evaluated for every request, and the three budgets and limits that match it. */
function everythingPolicies(): string {
  const conditional = Array.from(
    { length: 9 },
    (_, i) => `
  - id: condition-${i}
    when: request.model != "forbidden-${i}" && request.operation == "chat" && !(has(tags.env) && tags.env == "blocked-${i}")
    models: { deny: ["forbidden-${i}"] }`,
  );
  return `version: 1
policies:
  - id: bench
    limits:
      - { per: key, requests_per_minute: 100000000, tokens_per_minute: 100000000000, concurrent_requests: 100000 }
      - { per: org, requests_per_minute: 100000000 }
    budgets:
      - { id: org-month, scope: org, window: month, amount_usd: "900000" }
      - { id: team-day, scope: team, window: day, amount_usd: "900000" }
      - { id: key-total, scope: key, window: total, amount_usd: "900000" }
  - id: personal-data
    when: request.operation == "chat"
    pii:
      request: ${entities('pseudonymise')}
      answer: ${entities('mask')}${conditional.join('')}
`;
}

const PROMPT = `version: 1
name: bench
labels: { production: 1 }
versions:
  - version: 1
    model: ${MODEL}
    messages:
      - { role: system, content: "You are a careful assistant. Answer in one paragraph." }
`;

function sluiceConfig(
  folder: string,
  upstreamPort: number,
  databaseUrl: string,
  port: number,
  everything: boolean,
): string {
  mkdirSync(join(folder, 'policies'), { recursive: true });
  mkdirSync(join(folder, 'prompts'), { recursive: true });
  if (everything) {
    writeFileSync(join(folder, 'policies', 'bench.yaml'), everythingPolicies());
    writeFileSync(join(folder, 'prompts', 'bench.yaml'), PROMPT);
  }
  return JSON.stringify({
    server: { port },
    database: { url: databaseUrl, data_dir: folder },
    journal: { dir: join(folder, 'journal') },
    policies: { folder: join(folder, 'policies') },
    prompts: { folder: join(folder, 'prompts') },
    telemetry: { log_level: everything ? 'info' : 'warn', access_log: everything },
    prices: { overrides: [{ model: MODEL, input: '0.15', output: '0.60' }] },
    providers: {
      upstream: { kind: 'openai-compatible', base_url: `http://127.0.0.1:${upstreamPort}/v1`, models: ['*'] },
    },
  });
}

interface Started {
  readonly system: System;
  readonly child: ChildProcess;
  readonly folder?: string;
}

async function startSluice(
  name: string,
  title: string,
  upstreamPort: number,
  databaseUrl: string,
  everything: boolean,
): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const port = await freePort();
  const file = join(folder, 'config.yaml');
  writeFileSync(file, sluiceConfig(folder, upstreamPort, databaseUrl, port, everything));
  const child = startNode('src/main.ts', ['serve'], SYSTEM_CORE, { SLUICE_CONFIG: file }, NODE_FLAGS);
  const key = await printedKey(child, name);
  const headers = { authorization: `Bearer ${key}` };
  return {
    system: { name, title, port, pid: child.pid ?? 0, headers, model: everything ? '@prompt/bench' : MODEL },
    child,
    folder,
  };
}

/** Reads what a first start prints, to the line that says it is ready; then keeps the pipe empty. */
async function printedKey(child: ChildProcess, name: string): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${output}`)));
    child.stdout?.on('data', (data: Buffer) => {
      if (output === 'ready') return;
      output += data.toString();
      if (!output.includes('is ready on')) return;
      const key = /slk_[\w-]+/.exec(output)?.[0];
      output = 'ready';
      if (key) resolve(key);
      else reject(new Error(`${name} printed no key`));
    });
  });
}

async function startBare(
  name: string,
  title: string,
  upstreamPort: number,
  variant: string,
): Promise<Started> {
  const child = startNode('test/bench/bare.ts', [`http://127.0.0.1:${upstreamPort}`, variant], SYSTEM_CORE);
  const port = await reportedPort(child);
  return { system: { name, title, port, pid: child.pid ?? 0, headers: {}, model: MODEL }, child };
}

async function startPortkey(upstreamPort: number): Promise<Started | undefined> {
  const entry = join(PEERS, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(entry)) {
    const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', PEERS], {
      stdio: 'inherit',
    });
    if (status !== 0) return undefined;
  }
  const port = await freePort();
  const child = startNode(entry, ['--headless', `--port=${port}`], SYSTEM_CORE);
  child.stdout?.resume();
  const headers = {
    authorization: 'Bearer upstream',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
  };
  await answering(port);
  return {
    system: {
      name: 'portkey',
      title: '@portkey-ai/gateway from npm, nothing on',
      port,
      pid: child.pid ?? 0,
      headers,
      model: MODEL,
    },
    child,
  };
}

/** A PostgreSQL with its durable defaults, and a database of its own for each system. */
async function startDatabases(names: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  chmodSync(folder, 0o755);
  const log = { info: () => undefined, warn: console.error, error: console.error };
  const server = await startEmbeddedPostgres({ dataDir: folder, log });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  for (const name of names) await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return {
    url: (name: string): string => {
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answering(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`nothing answers on port ${port}`);
}

export async function startSystems(
  upstreamPort: number,
  wanted: readonly string[] | undefined,
): Promise<Running> {
  const postgres = await startDatabases(['everything', 'auth']);
  const all: Started[] = [];
  const starters: Record<string, () => Promise<Started | undefined>> = {
    bare: () =>
      startBare(
        'bare',
        'node:http and undici, both bodies streamed with back-pressure',
        upstreamPort,
        'streaming',
      ),
    'bare-lean': () =>
      startBare(
        'bare-lean',
        'the least that moves the bytes at all: no streaming in, no back-pressure',
        upstreamPort,
        'lean',
      ),
    'sluice-everything': () =>
      startSluice(
        'sluice-everything',
        'three budgets, ten policies with conditions, prompt, redaction both ways, limits, journal into Postgres, metrics, access log',
        upstreamPort,
        postgres.url('everything'),
        true,
      ),
    'sluice-auth': () =>
      startSluice(
        'sluice-auth',
        'authentication (and the journal that is always on) only',
        upstreamPort,
        postgres.url('auth'),
        false,
      ),
    portkey: () => startPortkey(upstreamPort),
  };
  for (const [name, start] of Object.entries(starters)) {
    const started = !wanted || wanted.includes(name) ? await start() : undefined;
    if (started) all.push(started);
  }
  return {
    systems: all.map(({ system }) => system),
    stopAll: async () => {
      for (const { child, folder } of all) {
        await stop(child);
        if (folder) rmSync(folder, { recursive: true, force: true });
      }
      await postgres.stop();
    },
  };
}
