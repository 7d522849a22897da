/**
 * `npm run bench`: every system in one run, interleaved, several rounds; prints and writes docs/benchmarks.md.
 *
 *   npm run bench                        all systems, 5 rounds of 4 s
 *   npm run bench -- --rounds=3 --seconds=2 --only=bare,sluice-everything
 *
 * Machines are shared and noisy: read the ratios, which compare neighbours in time, not the absolute numbers.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { LoadOrder, LoadResult } from './load.ts';
import {
  cpuMs,
  keepOffSystemCore,
  OTHER_CORES,
  reportedPort,
  residentMiB,
  startNode,
  stop,
} from './process.ts';
import { type Cell, type Sample, writeReport } from './report.ts';
import { requestBody, SCENARIOS, type Scenario } from './scenarios.ts';
import { type System, startSystems } from './systems.ts';

const CONNECTIONS = 32;
/** Warm is a system when a second has brought nothing over the ones before; some need ten seconds of load. */
const WARM_UP_SLICE_MS = 1_000;
const WARM_UP_SLICES = 12;
const WARM_UP_GAIN = 1.03;
const QUIET_MS = 500;
const QUIET_MOST_MS = 30_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string' },
    scenarios: { type: 'string' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const rounds = Number(values.rounds);
const durationMs = Number(values.seconds) * 1000;

async function load(worker: ChildProcess, order: LoadOrder): Promise<LoadResult> {
  const answer = once(worker, 'message');
  worker.send(order);
  const [result] = (await answer) as [LoadResult];
  if (result.errors > 0)
    throw new Error(
      `${result.errors} of ${result.errors + result.requests} requests failed: ${result.firstError}`,
    );
  return result;
}

/** Until no system works any more: what one has journaled is drained for seconds after its turn. */
async function quiet(systems: readonly System[]): Promise<void> {
  const worked = (): number => systems.reduce((sum, { pid }) => sum + cpuMs(pid), 0);
  for (let waited = 0; waited < QUIET_MOST_MS; waited += QUIET_MS) {
    const before = worked();
    await setTimeout(QUIET_MS);
    if (worked() - before <= QUIET_MS / 20) return;
  }
}

/** Loads until two slices in a row were no faster than the best before. */
async function warmUp(slice: () => Promise<LoadResult>): Promise<void> {
  let best = 0;
  for (let slices = 0, stale = 0; slices < WARM_UP_SLICES && stale < 2; slices++) {
    const { requests, seconds } = await slice();
    const rate = requests / seconds;
    stale = rate < best * WARM_UP_GAIN ? stale + 1 : 0;
    best = Math.max(best, rate);
  }
}

async function sample(
  worker: ChildProcess,
  system: System,
  scenario: Scenario,
  upstreamPort: number,
): Promise<Sample> {
  const order = (connections: number, ms: number, rate?: number): LoadOrder => ({
    port: system.port,
    path: '/v1/chat/completions',
    headers: system.headers,
    body: requestBody(scenario, system.model),
    connections,
    durationMs: ms,
    rate,
  });
  await warmUp(() => load(worker, order(CONNECTIONS, WARM_UP_SLICE_MS)));
  const before = cpuMs(system.pid);
  const full = await load(worker, order(CONNECTIONS, durationMs));
  const cpuPerRequestUs = ((cpuMs(system.pid) - before) * 1000) / full.requests;
  const rate = full.requests / full.seconds;
  const one = await load(worker, order(1, durationMs / 2));
  const direct = await load(worker, { ...order(1, durationMs / 4), port: upstreamPort });
  const half = await load(worker, order(CONNECTIONS, durationMs / 2, rate / 2));
  const directHalf = await load(worker, {
    ...order(CONNECTIONS, durationMs / 4, rate / 2),
    port: upstreamPort,
  });
  return {
    requestsPerSecond: rate,
    cpuPerRequestUs,
    addedP50Ms: one.p50Ms - direct.p50Ms,
    addedP99Ms: one.p99Ms - direct.p99Ms,
    addedHalfP50Ms: half.p50Ms - directHalf.p50Ms,
    addedHalfP99Ms: half.p99Ms - directHalf.p99Ms,
    addedFirstByteMs: one.firstByteP50Ms - direct.firstByteP50Ms,
    residentMiB: residentMiB(system.pid),
  };
}

keepOffSystemCore();
const upstream = startNode('test/bench/upstream.ts', [], OTHER_CORES);
const worker = startNode('test/bench/load.ts', [], OTHER_CORES);
const upstreamPort = await reportedPort(upstream);
const wanted = values.only?.split(',');
const scenarios = SCENARIOS.filter(
  ({ name }) => !values.scenarios || values.scenarios.split(',').includes(name),
);
const { systems, stopAll } = await startSystems(upstreamPort, wanted);
try {
  const cells: Cell[] = systems.flatMap((system) =>
    scenarios.map((scenario) => ({ system: system.name, scenario: scenario.name, samples: [] })),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const scenario of scenarios) {
      for (const system of systems) {
        await quiet(systems);
        const result = await sample(worker, system, scenario, upstreamPort);
        cells.find((c) => c.system === system.name && c.scenario === scenario.name)?.samples.push(result);
        console.error(
          `round ${round}/${rounds}  ${scenario.name.padEnd(10)} ${system.name.padEnd(20)} ${result.requestsPerSecond.toFixed(0).padStart(6)}/s  ${result.cpuPerRequestUs.toFixed(0)} µs CPU  +${result.addedP50Ms.toFixed(3)} ms p50`,
        );
      }
    }
  }
  writeReport(cells, systems, { rounds, durationMs, connections: CONNECTIONS, write: values.write });
} finally {
  await stopAll();
  await stop(worker);
  await stop(upstream);
}
