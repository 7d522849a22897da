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
    wait_ms: z
      .int()
      .min(0)
      .max(600_000)
      .default(30_000)
      .describe(
        'How long a request waits for an equal one under way on this node before it asks a provider itself; 0 = not at all.',
      ),
    encryption_key: z
      .string()
      .min(32)
      .optional()
      .describe(
        'Encrypts what is kept (AES-256-GCM). The same on every node that shares a Redis; another one makes old entries misses.',
      ),
    semantic_max_questions: z
      .int()
      .min(0)
      .default(10_000)
      .describe('Questions that this process can recognise by meaning, where a policy asks for it.'),
    semantic_wait_ms: z
      .int()
      .min(1)
      .max(60_000)
      .default(1_000)
      .describe('How long a request waits for the vector of its question before it is asked of a provider.'),
  })
  .describe('Answer cache; a policy switches it on (`cache.ttl_seconds`).');
