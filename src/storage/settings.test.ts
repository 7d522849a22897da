import t from 'tap';
import { databaseSettings, redisSettings } from './settings.ts';

t.test('everything has a default, and Redis is optional', async (t) => {
  t.same(databaseSettings.parse({}), {
    url: 'embedded',
    data_dir: './data',
    pool_size: 10,
    statement_timeout_ms: 10_000,
    migrate_on_start: true,
    unowned_retention_days: 365,
    audit_least_retention_days: 90,
  });
  t.equal(redisSettings.parse({}).url, undefined);
});

t.test('URLs of the right kind are taken, others and unknown fields refused (bifrost#5673)', async (t) => {
  for (const url of [
    'postgres://u:p@db:5432/x?sslmode=require',
    'postgresql:///x?host=/run/postgresql',
    'embedded',
  ])
    t.ok(databaseSettings.safeParse({ url }).success, url);
  for (const url of ['mysql://u:p@db/x', 'embeded', ''])
    t.notOk(databaseSettings.safeParse({ url }).success, url);
  for (const url of ['redis://h:6379/1', 'rediss://:p@h'])
    t.ok(redisSettings.safeParse({ url }).success, url);
  t.notOk(redisSettings.safeParse({ url: 'http://h' }).success);
  t.notOk(databaseSettings.safeParse({ poolsize: 3 }).success);
  t.notMatch(JSON.stringify(databaseSettings.safeParse({ url: 'mysql://u:hidden@db/x' }).error), /hidden/);
});
