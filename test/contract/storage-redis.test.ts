import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { openRedis, RedisUnavailable, redisScript } from '../../src/storage/redis.ts';
import { redisSettings } from '../../src/storage/settings.ts';
import { silent } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { ownRedis, skipWithoutRedisServer, startRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const skip = skipWithoutRedisServer();
const COUNT = redisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");

function settingsOf(url: string) {
  return { ...redisSettings.parse({ backoff_ms: 50 }), url };
}

t.test('commands and scripts answer', { skip }, async (t) => {
  const { url } = await startRedis(t);
  const redis = openRedis(settingsOf(url), silent);
  t.teardown(() => redis.close());
  await until(() => redis.state === 'up');
  const key = redis.key(`org-${Date.now()}`, 'rpm');
  t.match(key, /^sluice:\{org-\d+\}:rpm$/);
  t.equal(await redis.run(COUNT, [key], [2]), 2);
  t.same(await Promise.all([1, 2, 3].map(() => redis.run(COUNT, [key], [1]))), [3, 4, 5]);
  await redis.set(key, Buffer.from([0, 255]), 10_000);
  t.same(await redis.get(key), Buffer.from([0, 255]));
  await redis.delete([key]);
  t.equal(await redis.get(key), null);
  await t.rejects(redis.run(redisScript('return redis.call("NOPE")'), [], []), /ERR|Unknown/);
  t.equal(redis.state, 'up', 'a wrong command is not an outage');
});

t.test(
  'a frozen Redis costs one time-out, not one per request (litellm PR#35273, #34299)',
  { skip },
  async (t) => {
    const { url, pid } = await ownRedis(t, await freePort());
    const redis = openRedis({ ...settingsOf(url), backoff_ms: 200 }, silent);
    t.teardown(() => redis.close());
    await until(() => redis.state === 'up');
    process.kill(pid as number, 'SIGSTOP');
    await t.rejects(redis.get('a'), RedisUnavailable);
    t.equal(redis.state, 'degraded');
    // rejected within the turn of the event loop, without asking Redis
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    for (let n = 0; n < 1_000; n++) await redis.get('a').catch(() => undefined);
    t.equal(turned, false);
    await sleep(300);
    t.equal(redis.state, 'degraded', 'the probe in the background does not let requests through');
    process.kill(pid as number, 'SIGCONT');
    await until(() => redis.state === 'up');
    t.equal(await redis.get('a'), null);
  },
);

t.test(
  'a Redis that is away is found when it comes, and lost without an exception when it goes',
  { skip },
  async (t) => {
    const port = await freePort();
    const redis = openRedis(settingsOf(`redis://127.0.0.1:${port}`), silent);
    t.teardown(() => redis.close());
    await t.rejects(redis.set('a', 'b', 1_000), RedisUnavailable);
    const first = await ownRedis(t, port);
    await until(() => redis.state === 'up');
    process.kill(first.pid as number, 'SIGKILL');
    await until(() => redis.state === 'degraded');
    await t.rejects(redis.get('a'), RedisUnavailable);
  },
);
