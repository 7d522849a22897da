import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Test } from 'tap';
import { freePort } from './ports.ts';
import { skipWithout } from './programs.ts';
import { until } from './until.ts';

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
export async function ownRedis(
  t: Pick<Test, 'teardown'>,
  port: number,
  more: readonly string[] = [],
): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'));
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...flags, '--dir', folder, ...more], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
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

const SLOTS = 16_384;

/** A Redis Cluster of so many masters without replicas, in which every slot is served. */
export async function ownRedisCluster(t: Pick<Test, 'teardown'>, masters: number): Promise<RedisServer[]> {
  const members = await Promise.all(
    Array.from({ length: masters }, async () => {
      const port = await freePort();
      const bus = await freePort();
      const flags = [
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        String(bus),
        '--cluster-node-timeout',
        '1000',
      ];
      return { server: await ownRedis(t, port, flags), port, bus };
    }),
  );
  const clients = members.map(({ server }) => new Redis(server.url));
  try {
    const [first] = members;
    for (const [index, client] of clients.entries()) {
      const begin = Math.floor((index * SLOTS) / masters);
      const end = Math.floor(((index + 1) * SLOTS) / masters) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', begin, end);
      // else all of them claim the same epoch, and sort that out first
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      if (first !== undefined && index > 0)
        await client.call('CLUSTER', 'MEET', '127.0.0.1', first.port, first.bus);
    }
    const whole = async (client: Redis): Promise<boolean> => {
      const info = String(await client.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes(`cluster_size:${masters}`);
    };
    await until(async () => (await Promise.all(clients.map(whole))).every(Boolean), 30_000);
  } finally {
    for (const client of clients) client.disconnect();
  }
  return members.map(({ server }) => server);
}
