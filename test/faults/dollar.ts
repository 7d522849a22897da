/**
 * One dollar, two gateways with two workers each, a thousand clients at once whose requests cost about a cent, and a
 * fault in the middle. As a script it prints a table: `node test/faults/dollar.ts [clients] [outage seconds]`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Agent, request } from 'undici';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/storage/embedded.ts';
import { childrenOf, programEnv, runs } from '../support/children.ts';
import { embeddedPid } from '../support/cli.ts';
import { freePort } from '../support/ports.ts';
import { ownRedis, type RedisServer } from '../support/redis.ts';
import { until } from '../support/until.ts';

export const FAULTS = ['none', 'node killed', 'postgres stopped', 'redis frozen'] as const;
export type FaultName = (typeof FAULTS)[number];

export interface DollarOptions {
  readonly clients: number;
  /** How long Postgres or Redis stands still. */
  readonly outageMs: number;
}

export interface Outcome {
  readonly fault: FaultName;
  /** Answered in full, refused for the budget, refused since the ledger was away, and cut off with the killed node. */
  readonly passed: number;
  readonly refused: number;
  readonly unavailable: number;
  readonly broken: number;
  /** Answers that are none of these, or refusals without the right body and headers. */
  readonly wrong: readonly string[];
  /** Of all looks at the ledger while the trial ran: the most that was settled and leased at once, in dollars. */
  readonly mostHeldUsd: number;
  readonly settledUsd: number;
  /** Sum of the usage lines: equal to what is settled unless money got lost. */
  readonly linesUsd: number;
  /** Still leased after both nodes have ended. */
  readonly leasedUsd: number;
  readonly seconds: number;
}

/** Dollars per million tokens: a token of output is a tenth of a cent, and the input is a little more than nothing. */
const PRICES = '{ overrides: [{ model: "*", input: "10", output: "1000" }] }';
const POLICY = `
version: 1
policies:
  - id: dollar
    limits: [{ per: org, requests_per_minute: 100000000, concurrent_requests: 1000000 }]
    budgets: [{ id: dollar, scope: org, window: total, amount_usd: "1.00" }]
`;
const WORKERS = 2;
/** Clients come within so long, so that a fault meets some of them at every point. */
const ARRIVAL_MS = 1_500;
const FAULT_AFTER_MS = 700;
const LEAST_TOKENS = 8;
const MOST_TOKENS = 12;
/** After the rush, rounds of fewer clients find out whether more of the dollar can be spent. */
const LATE_CLIENTS = 40;
const LATE_ROUNDS = 30;
/** So many rounds in a row in which nobody passes end the trial. */
const DRY_ROUNDS = 3;
const UPKEEP_MS = 1_100;
const START_LIMIT_MS = 180_000;

interface Node {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly key: string | undefined;
}

interface Tally {
  passed: number;
  refused: number;
  unavailable: number;
  broken: number;
  readonly wrong: string[];
}

interface Site {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  readonly redis: RedisServer;
  readonly ledger: pg.Pool;
  readonly nodes: Node[];
  /** Every gateway that was ever started, ready or not. */
  readonly children: ChildProcess[];
}

function configOf(dataDir: string, site: Pick<Site, 'folder' | 'postgres' | 'redis'>): string {
  return `
server: { port: 0, workers: ${WORKERS}, shutdown_grace_ms: 10000 }
database: { url: "${site.postgres.url}", data_dir: ${dataDir} }
redis: { url: "${site.redis.url}" }
policies: { folder: ${site.folder}/policies }
prompts: { folder: ${site.folder}/prompts }
prices: ${PRICES}
budgets: { when_short: refuse }
telemetry: { access_log: false, log_level: error }
providers:
  simulated: { kind: simulated, latency_ms: 100, tokens_per_second: 40 }
`;
}

async function startNode(number: number, site: Site): Promise<Node> {
  const dataDir = join(site.folder, `node-${number}`);
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(dataDir, 'config.yaml'), configOf(dataDir, site));
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const env = { ...programEnv(), SLUICE_CONFIG: 'config.yaml' };
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: dataDir,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  site.children.push(child);
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const origin = (): string | undefined => /Sluice is ready on (\S+)/.exec(out)?.[1];
  await until(() => origin() !== undefined || child.exitCode !== null, START_LIMIT_MS);
  const at = origin();
  if (at === undefined) throw new Error(`the gateway did not start: ${out}`);
  return { child, origin: at, key: /virtual key\s+(slk_\S+)/.exec(out)?.[1] };
}

/** The primary and its workers at once, as a machine fails. */
async function killNode(child: ChildProcess): Promise<void> {
  const pid = child.pid ?? 0;
  const workers = childrenOf(pid);
  const exit = once(child, 'exit');
  for (const one of [pid, ...workers]) process.kill(one, 'SIGKILL');
  await exit;
  await until(() => !workers.some(runs));
}

async function endNode(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** Every process of the server: the postmaster and whom it started. */
async function signalPostgres({ folder }: Site, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const pid = await embeddedPid(folder);
  if (pid === undefined) throw new Error('no PostgreSQL runs');
  for (const one of [pid, ...childrenOf(pid)]) process.kill(one, signal);
}

/** @returns what undoes it */
async function strike(fault: FaultName, site: Site, outageMs: number): Promise<() => Promise<void>> {
  switch (fault) {
    case 'none':
      return async () => undefined;
    case 'node killed': {
      await killNode((site.nodes[1] as Node).child);
      return async () => {
        site.nodes[1] = await startNode(2, site);
      };
    }
    case 'postgres stopped':
      await signalPostgres(site, 'SIGSTOP');
      return async () => {
        await sleep(outageMs);
        await signalPostgres(site, 'SIGCONT');
      };
    case 'redis frozen':
      process.kill(site.redis.pid ?? 0, 'SIGSTOP');
      return async () => {
        await sleep(outageMs);
        process.kill(site.redis.pid ?? 0, 'SIGCONT');
      };
  }
}

/** @returns whether nobody listens there */
async function client(agent: Agent, node: Node, key: string, number: number, tally: Tally): Promise<boolean> {
  const stream = number % 2 === 0;
  const max_tokens = LEAST_TOKENS + (number % (MOST_TOKENS - LEAST_TOKENS + 1));
  try {
    const { statusCode, headers, body } = await request(`${node.origin}/v1/chat/completions`, {
      dispatcher: agent,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'sim-paced',
        stream,
        max_tokens,
        messages: [{ role: 'user', content: 'a cent' }],
      }),
    });
    judge(statusCode, headers, await body.text(), stream, tally);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') tally.broken += 1;
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  }
  return false;
}

function judge(
  status: number,
  headers: Record<string, unknown>,
  text: string,
  stream: boolean,
  tally: Tally,
): void {
  const complete = stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}');
  if (status === 200 && complete && !text.includes('"error"')) {
    tally.passed += 1;
    return;
  }
  const { code, type, message = '' } = errorOf(text);
  const final = headers['x-should-retry'] === 'false';
  if (status === 429 && code === 'budget_exceeded') {
    if (type === 'insufficient_quota' && final && /has \$[\d.]+ of \$1 left/.test(message))
      tally.refused += 1;
    else tally.wrong.push(`${JSON.stringify(headers)} ${text}`);
  } else if (status === 503 && code === 'ledger_unavailable' && 'retry-after' in headers)
    tally.unavailable += 1;
  else tally.wrong.push(`${status} ${text.slice(0, 300)}`);
}

function errorOf(text: string): { code?: string; type?: string; message?: string } {
  try {
    return (JSON.parse(text) as { error?: object }).error ?? {};
  } catch {
    return {};
  }
}

const LEDGER = `SELECT coalesce(sum(settled_pico_usd), 0)::float8 / 1e12 AS settled,
    coalesce(sum(leased_pico_usd), 0)::float8 / 1e12 AS leased,
    (SELECT coalesce(sum(cost_pico_usd), 0)::float8 / 1e12 FROM usage_events) AS lines
  FROM budget_windows WHERE name LIKE '%dollar'`;

interface Money {
  readonly settled: number;
  readonly leased: number;
  readonly lines: number;
}

async function money({ ledger }: Site): Promise<Money> {
  return (await ledger.query(LEDGER)).rows[0];
}

/** Looks at the ledger again and again. @returns ends it and tells the most that was held */
function watch(site: Site): () => Promise<number> {
  let most = 0;
  let going = true;
  const looking = (async () => {
    while (going) {
      // a trial that broke off has closed the ledger already
      const { settled, leased } = await money(site).catch(() => ({ settled: 0, leased: 0 }));
      most = Math.max(most, settled + leased);
      await sleep(20);
    }
  })();
  return async () => {
    going = false;
    await looking;
    return most;
  };
}

/** All clients, each at a random time within the arrival, half of them at each node. */
async function rush(
  site: Site,
  key: string,
  clients: number,
  arrivalMs: number,
  tally: Tally,
): Promise<void> {
  const agent = new Agent({ connections: clients, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  await Promise.all(
    Array.from({ length: clients }, async (_, number) => {
      await sleep(Math.random() * arrivalMs);
      // as a load balancer does: to the other one, where nobody listens
      for (const turn of [0, 1]) {
        const node = site.nodes[(number + turn) % site.nodes.length] as Node;
        if (!(await client(agent, node, key, number, tally))) return;
      }
      tally.broken += 1;
    }),
  );
  await agent.destroy();
}

async function openSite(teardowns: (() => Promise<unknown>)[]): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-dollar-'));
  teardowns.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  for (const name of ['policies', 'prompts']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'policies', 'dollar.yaml'), POLICY);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: silent });
  teardowns.push(() => postgres.stop());
  const redis = await ownRedis(
    { teardown: (close) => void teardowns.push(async () => close?.()) },
    await freePort(),
  );
  // reads every row, whoever it belongs to: row security binds all but the superuser, who has the same password
  const superuser = new URL(postgres.url);
  superuser.username = 'postgres';
  const ledger = new pg.Pool({ connectionString: superuser.href, max: 2 });
  teardowns.push(() => ledger.end());
  return { folder, postgres, redis, ledger, nodes: [], children: [] };
}

export async function dollarTrial(fault: FaultName, { clients, outageMs }: DollarOptions): Promise<Outcome> {
  const teardowns: (() => Promise<unknown>)[] = [];
  try {
    const site = await openSite(teardowns);
    teardowns.push(async () => {
      for (const child of site.children)
        if (child.exitCode === null && child.signalCode === null) await killNode(child);
    });
    site.nodes.push(...(await Promise.all([1, 2].map((number) => startNode(number, site)))));
    const key = site.nodes.find((node) => node.key !== undefined)?.key ?? '';
    const startedMs = performance.now();
    const held = watch(site);
    const tally: Tally = { passed: 0, refused: 0, unavailable: 0, broken: 0, wrong: [] };
    const rushing = rush(site, key, clients, ARRIVAL_MS, tally);
    await sleep(FAULT_AFTER_MS);
    const undo = await strike(fault, site, outageMs);
    const undone = undo();
    await rushing;
    await undone;
    let dryRounds = 0;
    for (let round = 0; dryRounds < DRY_ROUNDS && round < LATE_ROUNDS; round++) {
      // in which upkeep gives back what a node does not need
      await sleep(UPKEEP_MS);
      const before = tally.passed;
      await rush(site, key, LATE_CLIENTS, 200, tally);
      dryRounds = tally.passed === before ? dryRounds + 1 : 0;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const mostHeldUsd = await held();
    await Promise.all(site.nodes.map(({ child }) => endNode(child)));
    const { settled, leased, lines } = await money(site);
    return { fault, ...tally, mostHeldUsd, settledUsd: settled, leasedUsd: leased, linesUsd: lines, seconds };
  } finally {
    for (const close of teardowns.reverse()) await close();
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const clients = Number(process.argv[2] ?? 1000);
  const outageMs = Number(process.argv[3] ?? 30) * 1000;
  console.log(
    'fault             passed  refused  unavailable  broken  wrong  most held  settled   lines     leased  seconds',
  );
  for (const fault of FAULTS) {
    const o = await dollarTrial(fault, { clients, outageMs });
    const cells = [
      fault.padEnd(16),
      String(o.passed).padStart(7),
      String(o.refused).padStart(8),
      String(o.unavailable).padStart(12),
      String(o.broken).padStart(7),
      String(o.wrong.length).padStart(6),
      o.mostHeldUsd.toFixed(6).padStart(10),
      o.settledUsd.toFixed(6).padStart(9),
      o.linesUsd.toFixed(6).padStart(9),
      o.leasedUsd.toFixed(6).padStart(9),
      o.seconds.toFixed(1).padStart(8),
    ];
    console.log(cells.join(' '));
    for (const one of o.wrong.slice(0, 3)) console.log(`  wrong: ${one}`);
    if (o.wrong.length > 0 || o.settledUsd > 1 || o.settledUsd < 0.97 || o.leasedUsd > 0)
      process.exitCode = 1;
  }
}
