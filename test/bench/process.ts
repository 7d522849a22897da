/** Processes of the benchmark: started, pinned to a core where `taskset` exists, measured, stopped. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const HAS_TASKSET = spawnSync('taskset', ['--version']).status === 0;

/** The systems under test share core 0; load, upstream and database have the others. */
export const SYSTEM_CORE = '0';
export const OTHER_CORES = availableParallelism() > 1 ? `1-${availableParallelism() - 1}` : '0';
export const PINNED = HAS_TASKSET && availableParallelism() > 1;

/** Moves this process, and with it the database that it starts, off the core of the systems. */
export function keepOffSystemCore(): void {
  if (PINNED) spawnSync('taskset', ['-acp', OTHER_CORES, String(process.pid)]);
}

export function startNode(
  script: string,
  args: readonly string[],
  cores: string,
  env: NodeJS.ProcessEnv = {},
  flags: readonly string[] = [],
): ChildProcess {
  const command = PINNED ? ['taskset', '-c', cores, process.execPath] : [process.execPath];
  const [program = process.execPath, ...before] = command;
  return spawn(program, [...before, ...flags, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
}

/** Waits for the port that a process of ours reports. */
export async function reportedPort(child: ChildProcess): Promise<number> {
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return message.port;
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await exited;
  clearTimeout(timer);
}

/** Processor time of a process and its threads so far, milliseconds (clock ticks of 10 ms). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function residentMiB(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0) / 1024;
}
