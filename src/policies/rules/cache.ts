import { z } from 'zod';
import { CACHE_SCOPES } from '../../cache/index.ts';
import { rule } from '../rule.ts';

const semantic = z
  .strictObject({
    model: z
      .string()
      .min(1)
      .describe('Embedding model, as a caller would name it; each question costs one call.'),
    threshold: z
      .number()
      .gt(0)
      .max(1)
      .default(0.95)
      .describe('Least cosine similarity of two questions that are taken to be the same.'),
    namespace: z.string().max(100).default('').describe('Questions of different namespaces never meet.'),
  })
  .describe('Reuse of answers to questions that mean the same, everything else of the request being equal.');

export const cache = rule({
  id: 'cache',
  schema: z
    .strictObject({
      ttl_seconds: z
        .int()
        .nonnegative()
        .max(30 * 24 * 3600)
        .describe('How long an answer may be reused for the same request in the same tenant; 0 = never.'),
      scope: z.enum(CACHE_SCOPES).default('org').describe('Who may share an answer.'),
      max_temperature: z
        .number()
        .min(0)
        .max(2)
        .default(0)
        .describe('Requests that ask for a higher temperature are neither answered from the cache nor kept.'),
      tools: z.boolean().default(false).describe('Also requests that offer tools.'),
      semantic: semantic.exactOptional(),
    })
    .describe('Reuse of answers.'),
  compile: ({ ttl_seconds, scope, max_temperature, tools, semantic }) => ({
    cache: { ttlMs: ttl_seconds * 1000, scope, maxTemperature: max_temperature, tools, semantic },
  }),
});
