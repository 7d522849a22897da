/**
 * How much a request with hard budgets asks of Postgres: rows of the ledger that were read or changed while requests
 * were served, per thousand of them. `node test/bench/ledger.ts [requests]`
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Agent, request } from 'undici';
import { openGateway } from '../../src/app/compose.ts';
import { parseConfig } from '../../src/config/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/ids.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { startPostgres } from '../support/postgres.ts';

const CLIENTS = 32;
const POLICY = `
version: 1
policies:
  - id: three
    budgets:
      - { id: a, scope: org, window: total, amount_usd: "900000" }
      - { id: b, scope: team, window: month, amount_usd: "900000" }
      - { id: c, scope: key, window: day, amount_usd: "900000" }
`;
/** No request that is served from memory takes so long to hold its budgets, and no question to Postgres so little. */
const WAITED_MS = 0.5;
/** The pause for the statistics before the load lets the leases go: the load begins without any. */
const COLD_MS = 200;
/** Statistics of Postgres arrive a little late. */
const STATISTICS_MS = 2_000;

const requests = Number(process.argv[2] ?? 5_000);
const folder = await mkdtemp(join(tmpdir(), 'sluice-ledger-'));
for (const name of ['policies', 'prompts']) await mkdir(join(folder, name));
await writeFile(join(folder, 'policies', 'three.yaml'), POLICY);
const postgres = await startPostgres();
const database = new pg.Pool({ connectionString: postgres.url, max: 1 });
let key = '';
const gateway = await openGateway(
  parseConfig({
    server: { port: 0 },
    database: { url: postgres.url, data_dir: folder },
    journal: { dir: join(folder, 'journal') },
    policies: { folder: join(folder, 'policies') },
    prompts: { folder: join(folder, 'prompts') },
    prices: { overrides: [{ model: '*', input: '1', output: '10' }] },
    providers: { simulated: { kind: 'simulated' } },
    telemetry: { access_log: false, log_level: 'error' },
  }),
  { log: openLog('error'), clock: systemClock, random: systemRandom },
  (demo) => {
    key = demo.inferenceKey;
  },
);

/** Leases made, raised, lowered, settled or ended so far. */
async function changes(): Promise<number> {
  await sleep(STATISTICS_MS);
  const { rows } = await database.query(
    "SELECT n_tup_ins + n_tup_upd + n_tup_del AS changes FROM pg_stat_user_tables WHERE relname = 'budget_leases'",
  );
  return Number(rows[0].changes);
}

const agent = new Agent({ connections: CLIENTS });
const body = JSON.stringify({
  model: 'sim-fast',
  max_tokens: 20,
  messages: [{ role: 'user', content: 'hello' }],
});
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
const holdMs: number[] = [];
const waitedAtMs: number[] = [];

async function ask(): Promise<void> {
  const answer = await request(`${gateway.origin}/v1/chat/completions`, {
    dispatcher: agent,
    method: 'POST',
    headers,
    body,
  });
  await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
  const timing = /hold-budget;dur=([\d.]+)/.exec(String(answer.headers['server-timing']))?.[1];
  if (timing === undefined) return;
  holdMs.push(Number(timing));
  if (Number(timing) >= WAITED_MS) waitedAtMs.push(performance.now());
}

async function load(count: number): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (left-- > 0) await ask();
    }),
  );
}

await load(requests / 5);
holdMs.length = 0;
waitedAtMs.length = 0;
const before = await changes();
const startedMs = performance.now();
await load(requests);
const seconds = (performance.now() - startedMs) / 1000;
const changed = (await changes()) - before;
holdMs.sort((a, b) => a - b);
const cold = waitedAtMs.filter((atMs) => atMs < startedMs + COLD_MS).length;
const at = (share: number): string =>
  (holdMs[Math.floor(share * (holdMs.length - 1))] ?? Number.NaN).toFixed(3);
console.log(
  `${requests} requests, three hard budgets each, in ${seconds.toFixed(1)} s (${Math.round(requests / seconds)}/s)`,
);
console.log(
  `changes of leases, settling included: ${changed}, ${((1000 * changed) / requests).toFixed(1)} per 1,000 requests`,
);
console.log(`hold-budget, ms: median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, most ${at(1)}`);
console.log(`waited for the ledger: ${waitedAtMs.length}, ${cold} of them in the first ${COLD_MS} ms`);
await gateway.stop();
await agent.destroy();
await database.end();
await postgres.stop();
await rm(folder, { recursive: true, force: true });
