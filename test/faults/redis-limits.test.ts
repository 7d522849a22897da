import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { memoryCounter, redisCounter, withFallback } from '../../src/limits/index.ts';
import type { Limit } from '../../src/limits/limit.ts';
import { openRedis } from '../../src/storage/redis.ts';
import { redisSettings } from '../../src/storage/settings.ts';
import { silent } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { ownRedis, skipWithoutRedisServer } from '../support/redis.ts';
import { until } from '../support/until.ts';

const LIMITS: readonly Limit[] = [
  { kind: 'concurrent', per: 'key', key: 'concurrent/key/frozen', limit: 3 },
  { kind: 'requests', per: 'key', key: 'requests/key/frozen', limit: 1_000 },
];

t.test(
  'a frozen Redis costs one bounded wait, then this node counts alone; it recovers by itself and leaks no slot (litellm#30460, PR#35273)',
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const server = await ownRedis(t, await freePort());
    const settings = redisSettings.parse({ url: server.url, key_prefix: 'frozen' });
    const redis = openRedis({ ...settings, url: server.url }, silent);
    t.teardown(() => redis.close());
    await until(() => redis.state === 'up');
    const shared = redisCounter({ redis, slotTtlMs: 600_000 });
    const counter = withFallback(redis, shared, memoryCounter(systemClock));
    const take = async (slot: string) => counter.take('org', LIMITS, 0, slot);

    const before = await take('before');
    t.equal(before.counter, shared);
    if (server.pid === undefined) return t.fail('needs a redis-server of its own');
    process.kill(server.pid, 'SIGSTOP');

    const frozen = await Promise.all(['a', 'b', 'c', 'd'].map(take));
    t.same(
      frozen.map(({ refusedBy }) => refusedBy),
      [-1, -1, -1, 0],
      'counted here, to the same limits',
    );
    const local = counter.take('org', LIMITS, 0, 'e');
    t.notOk(local instanceof Promise, 'nobody waits for a Redis that is known to be frozen');
    for (const [index, slot] of ['a', 'b', 'c'].entries())
      frozen[index]?.counter.give('org', LIMITS, 0, slot);
    before.counter.give('org', LIMITS, 0, 'before');

    process.kill(server.pid, 'SIGCONT');
    await until(() => redis.state === 'up');
    // The slots that the frozen Redis took, and the one whose return it did not answer, are freed again.
    await until(async () => {
      const taken = await take('after');
      if (taken.counter !== shared || taken.refusedBy >= 0) return false;
      taken.counter.give('org', LIMITS, 0, 'after');
      return taken.remaining[0] === 2;
    });
    t.pass('all slots are free');
  },
);
