/** Limits over the shards of a Redis Cluster: exact for each organisation, and without a shard as without Redis. */
import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { memoryCounter, redisCounter, withFallback } from '../../src/limits/index.ts';
import type { Limit } from '../../src/limits/limit.ts';
import { openRedis, type Redis, RedisUnavailable } from '../../src/storage/redis.ts';
import { redisSettings } from '../../src/storage/settings.ts';
import { silent } from '../support/database.ts';
import { ownRedisCluster, skipWithoutRedisServer } from '../support/redis.ts';
import { until } from '../support/until.ts';

const LIMITS: readonly Limit[] = [
  { kind: 'concurrent', per: 'key', key: 'concurrent/key/k', limit: 7 },
  { kind: 'requests', per: 'org', key: 'requests/org/o', limit: 100 },
  { kind: 'tokens', per: 'user', key: 'tokens/user/u', limit: 1_000_000 },
];
/** Enough to lie on all shards. */
const ORGS = Array.from({ length: 24 }, (_, n) => `org-${n}`);

t.test('a cluster of three', { skip: skipWithoutRedisServer() }, async (t) => {
  const servers = await ownRedisCluster(t, 3);
  const url = servers[0]?.url ?? '';
  const settings = {
    ...redisSettings.parse({ cluster: true, backoff_ms: 50, command_timeout_ms: 500 }),
    url,
  };
  const node = () => {
    const redis = openRedis(settings, silent);
    t.teardown(() => redis.close());
    const shared = redisCounter({ redis, clock: systemClock, timeoutMs: 500, slotTtlMs: 600_000 });
    return { redis, shared, counter: withFallback(redis, shared, memoryCounter(systemClock)) };
  };
  const nodes = [node(), node()];
  await until(() => nodes.every(({ redis }) => redis.state === 'up'));

  await t.test('two nodes let each organisation have its limit and no more, all at once', async (t) => {
    const passed = new Map<string, number>();
    await Promise.all(
      ORGS.flatMap((org) =>
        Array.from({ length: 12 }, async (_, n) => {
          const { counter, shared } = nodes[n % 2] as (typeof nodes)[number];
          const taken = await counter.take(org, LIMITS, 5, `slot-${n}`);
          if (taken.counter !== shared) t.fail('counted alone');
          if (taken.refusedBy < 0) passed.set(org, (passed.get(org) ?? 0) + 1);
        }),
      ),
    );
    t.strictSame(
      [...passed.values()],
      ORGS.map(() => 7),
    );
  });

  await t.test('values of the cache are read from whichever shard they lie on', async (t) => {
    const [one, other] = nodes.map(({ redis }) => redis) as [Redis, Redis];
    for (const org of ORGS) {
      await one.set(one.key(org, 'cache:a'), org, 60_000);
      t.equal(String(await other.get(other.key(org, 'cache:a'))), org);
      await one.delete(['cache:a', 'cache:b'].map((name) => one.key(org, name)));
    }
  });

  await t.test(
    'a shard freezes: one bounded wait, then nobody asks until all of them answer again',
    async (t) => {
      const [{ redis, counter, shared }] = nodes as [(typeof nodes)[number]];
      const frozen = servers[2]?.pid ?? 0;
      process.kill(frozen, 'SIGSTOP');
      const taken = await Promise.all(ORGS.map((org) => counter.take(org, LIMITS.slice(1), 0, 'frozen')));
      t.ok(
        taken.every(({ refusedBy }) => refusedBy < 0),
        'nobody is refused for it',
      );
      t.equal(redis.state, 'degraded');
      t.notOk(counter.take('org-0', LIMITS, 0, 'next') instanceof Promise, 'nobody waits');
      await t.rejects(redis.get(redis.key('org-0', 'a')), RedisUnavailable);
      process.kill(frozen, 'SIGCONT');
      await until(() => redis.state === 'up');
      for (const org of ORGS) {
        await until(async () => (await counter.take(org, LIMITS.slice(1), 0, 'again')).counter === shared);
      }
      t.pass('it recovers by itself, on every shard');
    },
  );

  await t.test('a shard dies, and none takes its place: each node counts by itself', async (t) => {
    const [{ redis, counter }] = nodes as [(typeof nodes)[number]];
    process.kill(servers[2]?.pid ?? 0, 'SIGKILL');
    await until(async () => {
      const taken = await Promise.all(ORGS.map((org) => counter.take(org, LIMITS.slice(1), 0, 'dead')));
      t.ok(taken.every(({ refusedBy }) => refusedBy < 0));
      return redis.state === 'degraded';
    });
  });
});
