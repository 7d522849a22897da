/**
 * Kills a gateway under load, starts it again on the same data, and looks whether everything that was answered is
 * recorded once. As a script it prints a table: `node test/faults/kill-rounds.ts [rounds]`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/storage/embedded.ts';
import { programEnv } from '../support/children.ts';
import { until } from '../support/until.ts';

/** At most so many requests are under way when the kill comes. */
export const CLIENTS = 16;
const LEAST_LOAD_MS = 250;
const MOST_LOAD_MS = 1_000;
const DRAIN_LIMIT_MS = 30_000;

const CONFIG = `
server: { port: 0 }
database: { url: embedded, data_dir: . }
journal: { dir: ./journal }
policies: { folder: ./policies }
prompts: { folder: ./prompts }
telemetry: { access_log: false }
providers:
  simulated: { kind: simulated }
`;
const POLICY = `
version: 1
policies:
  - id: capped
    limits: [{ per: org, requests_per_minute: 100000000 }]
    budgets: [{ id: b, scope: org, window: total, amount_usd: "1000000" }]
`;

export interface Round {
  readonly round: number;
  /** Requests whose client read the answer to its end. */
  readonly answered: number;
  /** Of those, without exactly one record and one usage line after the restart. */
  readonly wrong: readonly string[];
  /** Records of requests that the kill cut off after they had been recorded. */
  readonly unread: number;
  /** Sum of the usage lines and what the hard budget has settled, pico-dollars: equal unless money got lost. */
  readonly spent: string;
  readonly settled: string;
  /** From the start of the process until it answered. */
  readonly restartMs: number;
}

interface Node {
  readonly process: ChildProcess;
  readonly origin: string;
  /** On the first start only. */
  readonly key: string | undefined;
}

/** Starts the gateway as `npm start` does and waits until it is ready. */
async function start(folder: string): Promise<Node> {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const env = { ...programEnv(), SLUICE_CONFIG: 'config.yaml' };
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const origin = (): string | undefined => /Sluice is ready on (\S+)/.exec(out)?.[1];
  await until(() => origin() !== undefined || child.exitCode !== null, 60_000);
  const at = origin();
  if (at === undefined) throw new Error(`the gateway did not start: ${out}`);
  return { process: child, origin: at, key: /virtual key\s+(slk_\S+)/.exec(out)?.[1] };
}

async function end(node: Node, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const exit = once(node.process, 'exit');
  node.process.kill(signal);
  await exit;
}

/** Asks until the gateway is gone; adds the ids of complete answers. */
async function client(origin: string, key: string, name: string, answered: Set<string>): Promise<void> {
  for (let turn = 0; ; turn++) {
    const requestId = `${name}-${turn}`;
    const stream = turn % 2 === 0;
    try {
      const response = await fetch(`${origin}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'x-request-id': requestId,
        },
        body: JSON.stringify({ model: 'sim-fast', stream, messages: [{ role: 'user', content: 'hello' }] }),
      });
      const text = await response.text();
      const complete = stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}');
      if (response.status !== 200 || !complete) throw new Error(`${response.status} ${text.slice(0, 200)}`);
      answered.add(requestId);
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

/** What the database says of the requests of one round. */
async function rowsOf(
  database: pg.Pool,
  prefix: string,
): Promise<Map<string, { records: number; lines: number }>> {
  const { rows } = await database.query(
    `SELECT a.request_id, count(DISTINCT a.id)::int AS records, count(u.*)::int AS lines
     FROM audit_events a LEFT JOIN usage_events u ON u.request_id = a.id
     WHERE a.request_id LIKE $1 GROUP BY a.request_id`,
    [`${prefix}-%`],
  );
  return new Map(rows.map(({ request_id, records, lines }) => [request_id, { records, lines }]));
}

async function money(database: pg.Pool): Promise<{ spent: string; settled: string }> {
  const { rows } = await database.query(
    `SELECT (SELECT coalesce(sum(cost_pico_usd), 0)::text FROM usage_events) AS spent,
            (SELECT coalesce(sum(settled_pico_usd), 0)::text FROM budget_windows) AS settled`,
  );
  return rows[0];
}

/** Reads every row, whoever they belong to: row security binds all but the superuser, who has the same password. */
function openInspector({ url }: EmbeddedPostgres): pg.Pool {
  const superuser = new URL(url);
  superuser.username = 'postgres';
  const pool = new pg.Pool({ connectionString: superuser.href, max: 2 });
  pool.on('error', () => undefined);
  return pool;
}

/**
 * @param random from 0 to below 1: how long each round's load lasts
 * @param tell called after each round
 */
export async function killRounds(
  rounds: number,
  random: () => number,
  tell: (round: Round) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
  await chmod(folder, 0o755);
  for (const name of ['policies', 'prompts']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'config.yaml'), CONFIG);
  await writeFile(join(folder, 'policies', 'capped.yaml'), POLICY);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: silent });
  const database = openInspector(postgres);
  let node = await start(folder);
  try {
    const { key } = node;
    if (key === undefined) throw new Error('the first start showed no key');
    for (let round = 1; round <= rounds; round++) {
      const answered = new Set<string>();
      const clients = Array.from({ length: CLIENTS }, (_, n) =>
        client(node.origin, key, `r${round}-${n}`, answered),
      );
      await new Promise((resolve) =>
        setTimeout(resolve, LEAST_LOAD_MS + random() * (MOST_LOAD_MS - LEAST_LOAD_MS)),
      );
      await end(node, 'SIGKILL');
      await Promise.all(clients);
      const startedMs = performance.now();
      node = await start(folder);
      const restartMs = Math.round(performance.now() - startedMs);
      tell({ round, restartMs, ...(await settled(database, node, `r${round}`, answered)) });
    }
    await end(node, 'SIGTERM');
  } finally {
    if (node.process.exitCode === null && node.process.signalCode === null) await end(node, 'SIGKILL');
    await database.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits for the drain of what the dead node left behind, and compares. */
async function settled(
  database: pg.Pool,
  node: Node,
  prefix: string,
  answered: ReadonlySet<string>,
): Promise<Omit<Round, 'round' | 'restartMs'>> {
  const drained = async (): Promise<boolean> => {
    const rows = await rowsOf(database, prefix);
    const { spent, settled: booked } = await money(database);
    return answered.isSubsetOf(rows) && spent === booked && (await waiting(node)) === 0;
  };
  // Where it never comes to that, the comparison below says what is missing.
  await until(drained, DRAIN_LIMIT_MS).catch(() => undefined);
  const rows = await rowsOf(database, prefix);
  const wrong = [...answered].filter((id) => rows.get(id)?.records !== 1 || rows.get(id)?.lines !== 1);
  const twice = [...rows].filter(([, { records }]) => records !== 1).map(([id]) => id);
  const unread = [...rows.keys()].filter((id) => !answered.has(id)).length;
  return { answered: answered.size, wrong: [...wrong, ...twice], unread, ...(await money(database)) };
}

/** Records that wait in the journals of this node. */
async function waiting(node: Node): Promise<number> {
  const text = await (await fetch(`${node.origin}/metrics`)).text();
  return Number(/^sluice_journal_pending_records (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const rounds = Number(process.argv[2] ?? 20);
  let good = 0;
  console.log('round  answered  wrong  unread  restart ms  spent = settled');
  await killRounds(
    rounds,
    Math.random,
    ({ round, answered, wrong, unread, restartMs, spent, settled: booked }) => {
      const sound = wrong.length === 0 && spent === booked;
      if (sound) good++;
      const cells = [
        String(round).padStart(5),
        String(answered).padStart(8),
        String(wrong.length).padStart(5),
        String(unread).padStart(6),
        String(restartMs).padStart(10),
      ];
      console.log(`${cells.join('  ')}  ${spent === booked ? spent : `${spent} ≠ ${booked}`}`);
    },
  );
  console.log(`${good} of ${rounds} rounds without loss`);
  process.exitCode = good === rounds ? 0 : 1;
}
