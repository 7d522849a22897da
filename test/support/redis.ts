import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { freePort } from './ports.ts';
import { skipWithout } from './programs.ts';

export interface RedisServer {
  readonly url: string;
  /** Process id where this test started it (to freeze or kill), undefined for the server of REDIS_URL. */
  readonly pid: number | undefined;
}

/** Set as tap's `skip` of tests that need a redis-server of their own; in CI its absence is a failure. */
export const skipWithoutRedisServer = (): string | false => skipWithout('redis-server', 'redis-server');

/** The Redis of REDIS_URL, or one of the test's own on a free port. */
export async function startRedis(t: Test): Promise<RedisServer> {
  const url = process.env.REDIS_URL;
  if (url !== undefined && url !== '') return { url, pid: undefined };
  return ownRedis(t, await freePort());
}

/** A redis-server on this port that ends with the test. */
export async function ownRedis(t: Pick<Test, 'teardown'>, port: number): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'));
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...flags, '--dir', folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(server, 'exit');
  t.teardown(async () => {
    server.kill('SIGCONT');
    server.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  let output = '';
  for await (const chunk of server.stdout) {
    output += chunk;
    if (output.includes('Ready to accept connections')) break;
  }
  if (server.exitCode !== null) throw new Error(`redis-server did not start: ${output}`);
  return { url: `redis://127.0.0.1:${port}`, pid: server.pid };
}
