/**
 * What a limit costs where it is counted: in the process itself, by the primary for its workers, in Redis.
 * `node test/bench/limits.ts [requests]`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../src/core/clock.ts';
import {
  type CountAnswer,
  type CountBatch,
  type Counter,
  CounterHost,
  memoryCounter,
  redisCounter,
  remoteCounter,
} from '../../src/limits/index.ts';
import type { Limit } from '../../src/limits/limit.ts';
import { openRedis } from '../../src/storage/redis.ts';
import { redisSettings } from '../../src/storage/settings.ts';
import { freePort } from '../support/ports.ts';
import { ownRedis, skipWithoutRedisServer } from '../support/redis.ts';
import { until } from '../support/until.ts';

const AT_ONCE = [1, 64];
const LIMITS: readonly Limit[] = (['requests', 'tokens', 'concurrent'] as const).map((kind) => ({
  kind,
  per: 'key',
  key: `${kind}/key/bench`,
  limit: 1_000_000_000,
}));

interface Ask {
  readonly id: number;
  readonly batch: CountBatch;
}

if (process.send !== undefined) {
  const host = new CounterHost(memoryCounter(systemClock));
  process.on('message', ({ id, batch }: Ask) => process.send?.({ id, answer: host.answer(batch) }));
  process.send('ready');
} else await main();

async function measure(name: string, counter: Counter, requests: number, atOnce: number): Promise<void> {
  let left = requests;
  const tookMs: number[] = [];
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: atOnce }, async (_, lane) => {
      while (left-- > 0) {
        const startedMs = performance.now();
        const slot = `${lane}-${left}`;
        const taken = await counter.take('org', LIMITS, 10, slot);
        tookMs.push(performance.now() - startedMs);
        taken.counter.give('org', LIMITS, 5, slot);
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  tookMs.sort((a, b) => a - b);
  const median = tookMs[tookMs.length >> 1] ?? 0;
  const cells = [
    name.padEnd(22),
    String(atOnce).padStart(8),
    ((user + system) / requests).toFixed(1).padStart(16),
    (median * 1000).toFixed(0).padStart(16),
  ];
  console.log(cells.join('  '));
}

async function main(): Promise<void> {
  const requests = Number(process.argv[2] ?? 50_000);
  const primary = fork(new URL(import.meta.url), { serialization: 'advanced' });
  await once(primary, 'message');
  const asked = new Map<number, (answer: CountAnswer) => void>();
  let lastId = 0;
  primary.on('message', ({ id, answer }: { id: number; answer: CountAnswer }) => {
    asked.get(id)?.(answer);
    asked.delete(id);
  });
  const remote = remoteCounter(
    (batch) =>
      new Promise((resolve) => {
        asked.set(++lastId, resolve);
        // the last returns may come when it has been let go
        primary.send({ id: lastId, batch } satisfies Ask, () => undefined);
      }),
  );
  console.log('counted by               at once  µs of processor  µs until counted');
  for (const atOnce of AT_ONCE) {
    await measure('this process', memoryCounter(systemClock), requests, atOnce);
    await measure('the primary', remote, requests, atOnce);
  }
  primary.disconnect();
  if (skipWithoutRedisServer() !== false) return;
  const closing: (() => unknown)[] = [];
  const { url } = await ownRedis(
    { teardown: (close) => void closing.push(() => close?.()) },
    await freePort(),
  );
  const redis = openRedis({ ...redisSettings.parse({ command_timeout_ms: 5_000 }), url }, console);
  await until(() => redis.state === 'up');
  const shared = redisCounter({ redis, clock: systemClock, timeoutMs: 5_000, slotTtlMs: 60_000 });
  for (const atOnce of AT_ONCE) await measure('Redis', shared, requests, atOnce);
  await redis.close();
  for (const close of closing) await close();
}
