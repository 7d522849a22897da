import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type AnswerStore, MemoryAnswers, redisAnswers } from '../../src/cache/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { openRedis } from '../../src/storage/redis.ts';
import { silent } from '../support/database.ts';
import { skipWithoutRedisServer, startRedis } from '../support/redis.ts';

const ORG_A = '0190a000-0000-7000-8000-00000000000a';
const ORG_B = '0190b000-0000-7000-8000-00000000000b';

async function keeps(t: Test, store: AnswerStore): Promise<void> {
  t.equal(await store.get(ORG_A, 'k'), undefined, 'nothing is there at first');
  await store.set(ORG_A, 'k', '{"a":"ü"}', 60_000);
  t.equal(await store.get(ORG_A, 'k'), '{"a":"ü"}');
  t.equal(
    await store.get(ORG_B, 'k'),
    undefined,
    'the same key of another organisation is another entry (litellm#29955)',
  );
  await store.set(ORG_A, 'k', 'second', 60_000);
  t.equal(await store.get(ORG_A, 'k'), 'second');
  await store.set(ORG_A, 'short', 'x', 30);
  await sleep(60);
  t.equal(await store.get(ORG_A, 'short'), undefined, 'gone after its time');
}

t.test('answers in memory keep what they were given, per organisation and for their time', async (t) => {
  await keeps(t, new MemoryAnswers(1_000_000, systemClock));
});

t.test(
  'answers in Redis keep what they were given, per organisation and for their time',
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const server = await startRedis(t);
    const redis = openRedis(
      {
        url: server.url,
        cluster: false,
        key_prefix: 'test',
        command_timeout_ms: 1000,
        connect_timeout_ms: 2000,
        backoff_ms: 100,
      },
      silent,
    );
    t.teardown(() => redis.close());
    for (let i = 0; i < 100 && redis.state !== 'up'; i++) await sleep(20);
    await keeps(t, redisAnswers(redis, silent));
  },
);

t.test('answers in memory stay within their bytes; the least recently used go first', async (t) => {
  const store = new MemoryAnswers(100, systemClock);
  store.set(ORG_A, 'first', 'x'.repeat(20), 60_000);
  store.set(ORG_A, 'second', 'x'.repeat(20), 60_000);
  store.get(ORG_A, 'first');
  store.set(ORG_A, 'third', 'x'.repeat(20), 60_000);
  t.equal(store.get(ORG_A, 'second'), undefined);
  t.equal(store.get(ORG_A, 'first'), 'x'.repeat(20));
  store.set(ORG_A, 'huge', 'x'.repeat(200), 60_000);
  t.equal(store.get(ORG_A, 'huge'), undefined, 'an answer larger than everything is not kept');
  t.equal(store.get(ORG_A, 'third'), 'x'.repeat(20), 'and drives nothing else out');
});
