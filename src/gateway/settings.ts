import { z } from 'zod';

export const serverSettings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every interface.'),
  port: z.int().min(0).max(65535).default(8080).describe('Port to listen on; 0 picks a free one.'),
  workers: z
    .union([z.literal('auto'), z.int().min(1).max(256)])
    .default(1)
    .describe(
      'Processes that serve the port together: a number, or "auto" for one per core. They count as one node. Also SLUICE_WORKERS.',
    ),
  trust_proxy: z
    .union([z.boolean(), z.array(z.string())])
    .default(false)
    .describe('Believe x-forwarded-for: true, or the CIDR ranges of the load balancers before the gateway.'),
  body_limit_bytes: z.int().min(1024).default(33_554_432).describe('Largest request body.'),
  answer_limit_bytes: z
    .int()
    .min(1024)
    .default(67_108_864)
    .describe('Largest non-streamed answer of a provider.'),
  key_failures_per_minute: z
    .int()
    .min(1)
    .default(30)
    .describe('Refused keys per address and minute; past that, the refusal is a 429 that asks to slow down.'),
  shutdown_grace_ms: z
    .int()
    .min(0)
    .default(30_000)
    .describe('How long running requests may go on after SIGTERM before they are cut.'),
});

export type ServerSettings = z.output<typeof serverSettings>;
