import { z } from 'zod';
import { SUBJECT_KINDS } from '../identity/index.ts';

const limitRule = z
  .strictObject({
    per: z
      .enum(SUBJECT_KINDS)
      .describe('Whose requests are counted together: each of them has this limit for itself.'),
    models: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Only calls to models that match a pattern such as "gpt-5*", as callers or prompts name them; each model has the limit for itself. Absent: all calls together.',
      ),
    requests_per_minute: z.int().positive().optional().describe('Requests in any minute.'),
    tokens_per_minute: z.int().positive().optional().describe('Input and output tokens in any minute.'),
    concurrent_requests: z.int().positive().optional().describe('Requests that may run at once.'),
  })
  .refine(
    (rule) =>
      rule.requests_per_minute !== undefined ||
      rule.tokens_per_minute !== undefined ||
      rule.concurrent_requests !== undefined,
    'set at least one of requests_per_minute, tokens_per_minute, concurrent_requests',
  );

export const limitRules = z.array(limitRule).min(1);
export type LimitRule = z.output<typeof limitRule>;
