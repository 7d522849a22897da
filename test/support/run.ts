/**
 * `npm test`: starts the PostgreSQL that the tests share (unless DATABASE_URL is set), runs tap, stops everything, names what was skipped, and closes with `N passed, N failed`.
 * Arguments are passed on to tap: `npm test -- test/flow/keys.test.ts`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './postgres.ts';

const TAP = join('node_modules', '.bin', 'tap');
const folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
const output = join(folder, 'output.tap');

/** tap generates its test class for the plugins in package.json; once per install. */
function buildTap(): void {
  // a link into .tap, made by the build: it is there only when both sides are
  if (existsSync('node_modules/@tapjs/test/test-built/node_modules')) return;
  const { status, stderr } = spawnSync(TAP, ['build'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tap build failed: ${stderr}`);
}

/** The benchmark's peers bring tests of their own, which are none of ours. */
function testFiles(): string[] {
  return globSync(['src/**/*.test.ts', 'test/**/*.test.ts']).filter((file) => !file.includes('node_modules'));
}

function runTap(env: NodeJS.ProcessEnv): Promise<number> {
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : testFiles();
  const args = [
    'run',
    '--reporter=terse',
    // ends what hangs; a busy machine must never end a test
    '--timeout=300',
    `--output-file=${output}`,
    // tap notes every module that a test loads, to know what to run again: nobody here asks, and it took a third of a start
    '--test-env=_TAPJS_PROCESSINFO_EXCLUDE_=/./',
    `--jobs=${Math.max(2, availableParallelism())}`,
    ...files,
  ];
  const child = spawn(TAP, args, { stdio: 'inherit', env });
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

interface Counts {
  passed: number;
  failed: number;
  /** With the lines that say what was expected. */
  failures: string[];
  skipped: string[];
}

/** tap's own sums, which close its output, and the names of what was skipped. */
function count(tap: string): Counts {
  const sums = tap.slice(tap.lastIndexOf('\n# { total: '));
  const sum = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(sums)?.[1] ?? 0);
  const skipped = tap.split('\n').flatMap((line) => /^ *ok \d+ - (.*# SKIP.*)$/i.exec(line)?.[1] ?? []);
  // a terminal shows them as they happen; the log of a CI only here
  const failures = [...tap.matchAll(/^ *not ok \d+ - .*(?:\n(?! *(?:not )?ok \d).*){0,25}/gm)].map(
    ([text]) => text,
  );
  return { passed: sum('pass'), failed: sum('fail'), failures, skipped };
}

let status = 1;
const postgres = await startPostgres();
try {
  buildTap();
  status = await runTap({
    ...process.env,
    DATABASE_URL: postgres.url,
    // each file is a process of its own, and most of them load the whole gateway: stripped and compiled once
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  });
} finally {
  await postgres.stop();
}
const { passed, failed, failures, skipped } = existsSync(output)
  ? count(readFileSync(output, 'utf8'))
  : { passed: 0, failed: 1, failures: [], skipped: [] };
rmSync(folder, { recursive: true, force: true });
for (const failure of failures.slice(0, 50)) console.log(failure);
for (const name of skipped) console.log(`skipped: ${name}`);
// With CI=true everything must be there: a skipped test is a test that nobody ran.
const unmet = process.env.CI === 'true' ? skipped.length : 0;
const broken = failed === 0 && status !== 0 ? 1 : 0;
console.log(
  `${passed} passed, ${failed + unmet + broken} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
);
process.exit(failed + unmet + broken === 0 && passed > 0 ? 0 : 1);
