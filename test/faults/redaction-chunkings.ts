/**
 * Random chunkings with every recogniser on, and with entities of operators; says how many made a difference, and which was the first.
 * `node test/faults/redaction-chunkings.ts [--count=1000000] [--way=roundTrip] [--seed=1] [--seconds=N] [--jobs=2]`:
 * that many, shared by the ways, or as many as there is time for; jobs are threads. Ten million take seven minutes of two cores.
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Difference, firstDifference, type Way } from '../support/chunkings.ts';

const SHARES: Readonly<Record<Way, number>> = {
  inCharacters: 0.3,
  inBytes: 0.2,
  inJson: 0.2,
  declaredOnes: 0.1,
  roundTrip: 0.2,
};
const STEP = 10_000;
/** Every way and every job has seeds of its own. */
const SEEDS = 10_000_000;

interface Share {
  readonly way: Way;
  readonly seed: number;
  readonly count: number;
  readonly seconds: number;
}

interface Tried {
  readonly done: number;
  readonly difference?: Difference | undefined;
}

function tryShare({ way, seed, count, seconds }: Share): Tried {
  const endMs = performance.now() + seconds * 1000;
  let done = 0;
  for (; done < count && performance.now() < endMs; done += Math.min(STEP, count - done)) {
    const difference = firstDifference(way, seed + done, Math.min(STEP, count - done));
    if (difference !== undefined) return { done, difference };
  }
  return { done };
}

function inThread(share: Share): Promise<Tried> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.once('message', resolve).once('error', reject);
  });
}

async function tryAll(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000000' },
      way: { type: 'string' },
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '1000000' },
      jobs: { type: 'string', default: '1' },
    },
  });
  const jobs = Number(values.jobs);
  const ways = Object.entries(SHARES) as [Way, number][];
  for (const [index, [way, part]] of ways.entries()) {
    if (values.way !== undefined && values.way !== way) continue;
    const share = values.way === undefined ? part : 1;
    const count = Math.round((Number(values.count) * share) / jobs);
    const seconds = Number(values.seconds) * share;
    const from = Number(values.seed) + index * jobs * SEEDS;
    const shares = Array.from({ length: jobs }, (_, job) => ({
      way,
      seed: from + job * SEEDS,
      count,
      seconds,
    }));
    const tried = await Promise.all(shares.map(inThread));
    const differences = tried.flatMap(({ difference }) => difference ?? []);
    const done = tried.reduce((sum, each) => sum + each.done, 0);
    console.log(`${way}: ${done} chunkings, ${differences.length} differences`);
    for (const difference of differences) console.error(difference);
    if (differences.length > 0) process.exitCode = 1;
  }
}

if (isMainThread) await tryAll();
else parentPort?.postMessage(tryShare(workerData as Share));
