/** The command line in a process of its own, with nothing of this environment but where programs are. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { programEnv } from './children.ts';
import { until } from './until.ts';

export type Env = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sluice …` to its end. */
export async function sluice(args: readonly string[], env: Env = {}): Promise<Ran> {
  const { child, stdout, stderr } = launch(args, env);
  const [code] = await once(child, 'close');
  return { code, stdout: stdout(), stderr: stderr() };
}

export interface Starting {
  readonly child: ChildProcess;
  /** Everything printed so far, on both streams. */
  readonly printed: () => string;
  /** Sends the signal and waits for the end; gives the exit code, null where the signal ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export interface Serving extends Starting {
  readonly origin: string;
}

/** Starts `sluice serve`, on a free port unless the environment names one, and waits for nothing. */
export function starting(t: Test, env: Env): Starting {
  const { child, stdout, stderr } = launch(['serve'], { SLUICE_PORT: '0', ...env });
  const closed = once(child, 'close');
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await closed;
  });
  return {
    child,
    printed: () => stdout() + stderr(),
    end: async (signal) => {
      child.kill(signal);
      const [code] = await closed;
      return code;
    },
  };
}

/** Starts it and waits until it is ready. @throws Error when it ends before */
export async function serving(t: Test, env: Env): Promise<Serving> {
  const started = starting(t, env);
  const ready = /Sluice is ready on (\S+)/;
  await until(() => ready.test(started.printed()) || started.child.exitCode !== null, 180_000);
  const origin = ready.exec(started.printed())?.[1];
  if (origin === undefined) throw new Error(`it did not start:\n${started.printed()}`);
  return { ...started, origin };
}

function launch(args: readonly string[], env: Env) {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    env: { ...programEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const orphan = (): void => void child.kill('SIGKILL');
  process.once('exit', orphan);
  child.once('close', () => process.off('exit', orphan));
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  return { child, stdout: () => text.stdout, stderr: () => text.stderr };
}

/** The process of the embedded PostgreSQL on the data folder; undefined where none runs. */
export async function embeddedPid(dataDir: string): Promise<number | undefined> {
  const file = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  return pid > 0 ? pid : undefined;
}

/** Removes a data folder, and ends the PostgreSQL on it where a failed test left one running. */
export async function removeData(dataDir: string): Promise<void> {
  const pid = await embeddedPid(dataDir);
  if (pid !== undefined) {
    process.kill(pid, 'SIGINT');
    await until(async () => (await embeddedPid(dataDir)) === undefined);
  }
  await rm(dataDir, { recursive: true, force: true });
}
