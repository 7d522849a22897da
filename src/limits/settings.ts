import { z } from 'zod';

export const limitSettings = z
  .strictObject({
    uncapped_output_tokens: z
      .int()
      .min(0)
      .default(1_000)
      .describe(
        'Taken from limits on tokens for an answer that has no cap, until it is known what it used. One with a cap is taken to use it up.',
      ),
    slot_ttl_seconds: z
      .int()
      .min(1)
      .default(2_100)
      .describe(
        'With Redis: a request that a killed node was running counts as running for this long. Longer than the longest request.',
      ),
  })
  .describe('How limits are counted. The limits themselves stand in policies.');
