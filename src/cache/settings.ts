import { z } from 'zod';

export const cacheSettings = z
  .strictObject({
    max_bytes: z
      .int()
      .min(0)
      .default(67_108_864)
      .describe(
        'Memory for cached answers of this process, where no Redis is configured; the oldest used go first.',
      ),
    max_entry_bytes: z.int().min(1024).default(1_048_576).describe('A larger answer is not kept.'),
  })
  .describe('Exact-match answer cache; a policy switches it on (`cache.ttl_seconds`).');
