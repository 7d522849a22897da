import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { memoryCounter, redisCounter, withFallback } from '../../src/limits/index.ts';
import type { Limit } from '../../src/limits/limit.ts';
import { openRedis, type Redis, RedisUnavailable } from '../../src/storage/redis.ts';
import { redisSettings } from '../../src/storage/settings.ts';
import { silent } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { ownRedis, skipWithoutRedisServer, startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const LIMITS: readonly Limit[] = [
  { kind: 'concurrent', per: 'key', key: 'concurrent/key/frozen', limit: 3 },
  { kind: 'requests', per: 'key', key: 'requests/key/frozen', limit: 10 },
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
    const shared = redisCounter({ redis, clock: systemClock, timeoutMs: 50, slotTtlMs: 600_000 });
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
      const taken = await counter.take('org', LIMITS.slice(0, 1), 0, 'after');
      if (taken.counter !== shared || taken.refusedBy >= 0) return false;
      taken.counter.give('org', LIMITS, 0, 'after');
      return taken.remaining[0] === 2;
    });
    t.pass('all slots are free');
    const { remaining } = await take('last');
    t.ok((remaining[1] ?? 0) >= 8, 'takes that came too late did not count');
  },
);

/** A Redis that fails command by command: refused before it is sent, done without an answer, answered with an error. */
function faulty(redis: Redis, faults: Faults): Redis {
  return {
    ...redis,
    key: redis.key,
    get state() {
      return redis.state;
    },
    async run(script, keys, args) {
      const fault = faults.next;
      faults.next = undefined;
      if (fault === 'unsent') throw new RedisUnavailable('Redis is away', { sent: false });
      const answer = await redis.run(script, keys, args);
      if (fault === 'unanswered') throw new RedisUnavailable('Redis did not answer', { sent: true });
      return answer;
    },
  };
}

interface Faults {
  next: 'unsent' | 'unanswered' | undefined;
}

t.test(
  'a fault in any command neither inflates nor drops what is counted (litellm#30460, PR#30039, #33923)',
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const server = await startRedis(t);
    const settings = redisSettings.parse({
      url: server.url,
      key_prefix: `faulty${process.pid}`,
      command_timeout_ms: 5_000,
    });
    const redis = openRedis({ ...settings, url: server.url }, silent);
    t.teardown(() => redis.close());
    await until(() => redis.state === 'up');
    const faults: Faults = { next: undefined };
    // the clock of Redis stands, so that no token comes back by itself
    const counter = redisCounter({
      redis: faulty(redis, faults),
      clock: systemClock,
      timeoutMs: 5_000,
      slotTtlMs: 600_000,
      now: () => 1_800_000_000_000,
    });
    const limits: readonly Limit[] = [
      { kind: 'concurrent', per: 'key', key: 'concurrent/key/faulty', limit: 10 },
      { kind: 'tokens', per: 'key', key: 'tokens/key/faulty', limit: 10_000 },
    ];
    const take = async (slot: string, tokens: number) => counter.take('org', limits, tokens, slot);
    const left = async (): Promise<readonly number[]> => {
      const name = `look${Math.random()}`;
      const { remaining } = await take(name, 0);
      counter.give('org', limits, 0, name);
      return remaining;
    };
    // the first give loads its script, and so comes behind the next take
    await until(async () => (await left())[0] === 9 && (await left())[0] === 9);
    t.same(await left(), [9, 10_000]);

    faults.next = 'unsent';
    await t.rejects(take('a', 100), RedisUnavailable);
    t.same(await left(), [9, 10_000], 'a take that was not sent leaves nothing');

    faults.next = 'unanswered';
    await t.rejects(take('b', 100), RedisUnavailable);
    await until(async () => (await left())[0] === 9);
    t.pass('a take without an answer gives its slot back');
    t.same(await left(), [9, 9_900], 'and counts its tokens once');

    for (const [fault, slot] of [
      ['unsent', 'c'],
      ['unanswered', 'd'],
    ] as const) {
      const before = (await left())[1] ?? 0;
      const taken = await take(slot, 100);
      faults.next = fault;
      taken.counter.give('org', limits, 400, slot);
      await until(async () => (await left())[0] === 9);
      t.equal((await left())[1], before - 500, `a return that was ${fault} pours its tokens once`);
    }
  },
);
