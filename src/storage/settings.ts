import { z } from 'zod';

export const databaseSettings = z.strictObject({
  url: z
    .union([z.literal('embedded'), z.url({ protocol: /^postgres(ql)?$/ })])
    .default('embedded')
    .describe(
      'postgres://user:password@host:5432/name of a PostgreSQL 16 or later, or "embedded": one that Sluice starts by itself in data_dir.',
    ),
  data_dir: z
    .string()
    .min(1)
    .default('./data')
    .describe(
      'Folder of the embedded PostgreSQL and of the journal; must outlive the process. Also SLUICE_DATA_DIR.',
    ),
  pool_size: z
    .int()
    .min(2)
    .max(1000)
    .default(10)
    .describe(
      'Connections of one node at most; its workers share them, with at least 2 for each. Each worker listens on one more. Keep the sum over all nodes below the max_connections of the server.',
    ),
  statement_timeout_ms: z
    .int()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe('PostgreSQL ends a statement that takes longer. Migrations are exempt.'),
  unowned_retention_days: z
    .int()
    .min(1)
    .max(36_500)
    .default(365)
    .describe(
      "Days that audit records of no organisation are kept: refused strangers, what operators do. An organisation's records follow its own retention_days.",
    ),
  audit_least_retention_days: z
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .describe(
      'Days that audit records are kept at least, whatever retention_days an organisation sets: nobody shortens the trail of what was just done.',
    ),
  migrate_on_start: z
    .boolean()
    .default(true)
    .describe(
      'Bring the tables up to date before serving; off where `sluice migrate` runs under another login.',
    ),
});

export const redisSettings = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe(
      'redis://host:6379 or rediss://…; shares limits and cache between nodes. Without it each node counts by itself.',
    ),
  cluster: z
    .boolean()
    .default(false)
    .describe('The url is one server of a Redis Cluster; the others are found through it.'),
  key_prefix: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .default('sluice')
    .describe('First part of every key, for installations that share one Redis.'),
  command_timeout_ms: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('A command that takes longer counts as failed, and Redis is left alone for a while.'),
  connect_timeout_ms: z
    .int()
    .min(10)
    .max(60_000)
    .default(2_000)
    .describe('Time to make a connection. Requests never wait for it.'),
  backoff_ms: z
    .int()
    .min(10)
    .max(60_000)
    .default(1_000)
    .describe(
      'How long Redis is left alone after a failed command before it is tried in the background; doubles up to 30 times this.',
    ),
});

export type RedisSettings = z.output<typeof redisSettings>;
