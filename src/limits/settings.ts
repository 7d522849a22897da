import { z } from 'zod';

export const limitSettings = z
  .strictObject({
    slot_ttl_seconds: z
      .int()
      .min(1)
      .default(2_100)
      .describe(
        'With Redis: a request that a killed node was running counts as running for this long. Longer than the longest request.',
      ),
  })
  .describe('How limits are counted. The limits themselves stand in policies.');
