import { z } from 'zod';
import { rule } from '../rule.ts';

export const cache = rule({
  id: 'cache',
  schema: z
    .strictObject({
      ttl_seconds: z
        .int()
        .nonnegative()
        .max(30 * 24 * 3600)
        .describe('How long an answer may be reused for the same request in the same tenant; 0 = never.'),
    })
    .describe('Reuse of answers.'),
  compile: ({ ttl_seconds: ttlSeconds }) => ({ cacheTtlMs: ttlSeconds * 1000 }),
});
