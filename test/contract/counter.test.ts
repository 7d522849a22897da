import t, { type Test } from 'tap';
import type { Clock } from '../../src/core/clock.ts';
import type { Counter } from '../../src/limits/counter.ts';
import { CounterHost, memoryCounter, portioned, remoteCounter } from '../../src/limits/index.ts';
import type { Limit } from '../../src/limits/limit.ts';
import { redisCounter } from '../../src/limits/redis.ts';
import { openRedis } from '../../src/storage/redis.ts';
import { redisSettings } from '../../src/storage/settings.ts';
import { silent } from '../support/database.ts';
import { skipWithoutRedisServer, startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const ORG = 'org-1';
const limit = (kind: Limit['kind'], amount: number, per: Limit['per'] = 'key'): Limit => ({
  kind,
  per,
  key: `${kind}/${per}/subject`,
  limit: amount,
});

/** A clock that stands until it is turned. */
class Dial implements Clock {
  nowMs = 1_800_000_000_000;
  now(): number {
    return this.nowMs;
  }
  elapsed(): number {
    return this.nowMs;
  }
}

type Open = (t: Test, dial: Dial) => Promise<Counter>;

function contract(name: string, open: Open, options: { skip: string | false }): void {
  t.test(name, options, async (t) => {
    let slot = 0;
    const start = async (t: Test) => {
      const dial = new Dial();
      const counter = await open(t, dial);
      const take = (limits: readonly Limit[], tokens = 0, name = `slot-${++slot}`) =>
        counter.take(ORG, limits, tokens, name);
      const give = async (limits: readonly Limit[], tokens: number, name: string) => {
        counter.give(ORG, limits, tokens, name);
        // Gives are sent without waiting; a question on the same connection comes after them.
        await take([limit('requests', 1_000_000, 'org')]);
      };
      return { dial, take, give };
    };

    await t.test('requests per minute: a whole minute at once, then evenly', async (t) => {
      const { dial, take } = await start(t);
      const limits = [limit('requests', 3)];
      for (const remaining of [2, 1, 0]) {
        const taken = await take(limits);
        t.match(taken, { refusedBy: -1, remaining: [remaining] });
      }
      t.match(await take(limits), { refusedBy: 0, retryAfterMs: 20_000, remaining: [0], resetMs: [60_000] });
      dial.nowMs += 19_999;
      t.match(await take(limits), { refusedBy: 0, retryAfterMs: 1 });
      dial.nowMs += 1;
      t.match(await take(limits), { refusedBy: -1, remaining: [0] });
      dial.nowMs += 60_000;
      t.match(await take(limits), { refusedBy: -1, remaining: [2] });
    });

    await t.test('what one limit refuses is taken from none', async (t) => {
      const { take } = await start(t);
      const wide = limit('requests', 10, 'org');
      const narrow = limit('requests', 1);
      await take([wide, narrow]);
      for (let attempt = 0; attempt < 5; attempt++) t.match(await take([wide, narrow]), { refusedBy: 1 });
      t.match(await take([wide]), { refusedBy: -1, remaining: [8] });
    });

    await t.test(
      'tokens: anything left lets a request pass, which may overdraw; settling corrects',
      async (t) => {
        const { dial, take, give } = await start(t);
        const limits = [limit('tokens', 600)];
        t.match(await take(limits, 500, 'a'), { refusedBy: -1, remaining: [100] });
        t.match(await take(limits, 500, 'b'), { refusedBy: -1, remaining: [0] });
        t.match(await take(limits, 1, 'c'), { refusedBy: 0, retryAfterMs: 40_100 });
        await give(limits, -450, 'b');
        t.match(await take(limits, 0, 'd'), { refusedBy: -1, remaining: [50] });
        await give(limits, 200, 'd');
        t.match(await take(limits, 0, 'e'), { refusedBy: 0, remaining: [0] });
        dial.nowMs += 60_000;
        t.match(await take(limits, 0, 'f'), { refusedBy: -1 });
      },
    );

    await t.test('requests at once: a slot is free again when it is given back, once', async (t) => {
      const { take, give } = await start(t);
      const limits = [limit('concurrent', 2)];
      t.match(await take(limits, 0, 'a'), { refusedBy: -1, remaining: [1] });
      t.match(await take(limits, 0, 'b'), { refusedBy: -1, remaining: [0] });
      t.match(await take(limits, 0, 'c'), { refusedBy: 0, retryAfterMs: 0 });
      await give(limits, 0, 'a');
      t.match(await take(limits, 0, 'd'), { refusedBy: -1, remaining: [0] });
    });

    await t.test('N concurrent takes never exceed the limit', async (t) => {
      const { take } = await start(t);
      const limits = [limit('requests', 20), limit('concurrent', 10)];
      const taken = await Promise.all(Array.from({ length: 50 }, () => take(limits)));
      t.equal(taken.filter(({ refusedBy }) => refusedBy < 0).length, 10);
    });
  });
}

contract('memory counter', async (_t, dial) => memoryCounter(dial), { skip: false });

contract(
  'counter of another process',
  async (_t, dial) => {
    const host = new CounterHost(memoryCounter(dial));
    return remoteCounter(async (batch) => structuredClone(host.answer(structuredClone(batch))));
  },
  { skip: false },
);

t.test(
  'another process that does not answer in time is left alone, and what it took late is given back',
  async (t) => {
    const counter = memoryCounter(new Dial());
    const host = new CounterHost(counter);
    let release: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => {
      release = resolve;
    });
    const remote = remoteCounter(async (batch) => {
      await frozen;
      return host.answer(batch);
    });
    const limits = [limit('concurrent', 1), limit('tokens', 100)];
    await t.rejects(Promise.resolve(remote.take(ORG, limits, 40, 'late')), /did not answer/);
    t.equal(remote.state, 'degraded');
    release();
    await until(() => remote.state === 'up');
    t.match(await remote.take(ORG, limits, 0, 'next'), { refusedBy: -1, remaining: [0, 100] });
  },
);

t.test('what a worker held is free again when it is gone', async (t) => {
  const counter = memoryCounter(new Dial());
  const [dead, alive] = [new CounterHost(counter), new CounterHost(counter)];
  const takes = [[ORG, [limit('concurrent', 1)], 0, 'a']] as const;
  t.match(dead.answer({ gives: [], takes }), [{ refusedBy: -1 }]);
  t.match(alive.answer({ gives: [], takes }), [{ refusedBy: 0 }]);
  dead.release();
  t.match(alive.answer({ gives: [], takes }), [{ refusedBy: -1 }]);
});

t.test('a share of a limit: as many parts as count by themselves, and at least one request', async (t) => {
  let parts = 4;
  const counter = portioned(memoryCounter(new Dial()), () => parts);
  const requests = [limit('requests', 20)];
  const passed = (limits: readonly Limit[], tries: number): number => {
    let count = 0;
    for (let n = 0; n < tries; n++) {
      const taken = counter.take(ORG, limits, 0, `${n}`);
      if (!(taken instanceof Promise) && taken.refusedBy < 0) count++;
    }
    return count;
  };
  t.equal(passed(requests, 20), 5);
  t.equal(passed([limit('concurrent', 10, 'org')], 10), 2);
  t.equal(passed([limit('concurrent', 2, 'user')], 10), 1, 'none at all would stop traffic');

  const tokens = [limit('tokens', 1_000)];
  const taken = await counter.take(ORG, tokens, 200, 'a');
  t.match(taken, { remaining: [50] });
  parts = 1;
  taken.counter.give(ORG, tokens, -200, 'a');
  t.match(
    await counter.take(ORG, tokens, 0, 'b'),
    { remaining: [1_000] },
    'given back by the measure it was taken by',
  );
});

let prefix = 0;
contract(
  'redis counter',
  async (t, dial) => {
    const { url } = await startRedis(t);
    const settings = redisSettings.parse({
      url,
      key_prefix: `t${process.pid}-${++prefix}`,
      command_timeout_ms: 5_000,
    });
    const redis = openRedis({ ...settings, url }, silent);
    t.teardown(() => redis.close());
    await until(() => redis.state === 'up');
    return redisCounter({ redis, clock: dial, timeoutMs: 5_000, slotTtlMs: 60_000, now: () => dial.nowMs });
  },
  { skip: skipWithoutRedisServer() },
);
