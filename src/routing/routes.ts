import { z } from 'zod';
import { type AdminRoute, adminRoute, listOf, noParams, noQuery } from '../admin/route.ts';
import { type ListingDeps, wholeCatalogue } from './listing.ts';

const price = z
  .strictObject({ input: z.string(), cached_input: z.string(), output: z.string().nullable() })
  .nullable()
  .describe('Dollars per million tokens, exact; null = unpriced.');

const target = z.strictObject({
  provider: z.string(),
  model: z.string().describe('As the provider knows it.'),
  region: z.string().nullable(),
  context_length: z.number().int().nullable().describe('Tokens; null where nobody knows.'),
  pricing: price,
  condition: z
    .enum(['closed', 'open', 'half_open', 'resting', 'down'])
    .describe(
      'closed: calls go through; open: left alone after failures; half_open: one probe may go; resting: it asked to be left alone; down: a health check found it so.',
    ),
  pending: z.number().int().describe('Calls under way.'),
  calls: z.number().int().describe('Since the start of the node.'),
  failures: z.number().int(),
  first_byte_ms: z.number().int().nullable().describe('Peak EWMA of the time to the first byte.'),
});

const model = z.strictObject({
  name: z.string().describe('As a caller writes it in `model`.'),
  strategy: z.string(),
  targets: z.array(target),
});

/** The catalogue and its health; states are those of the node that answers. */
export function modelRoutes(deps: ListingDeps): readonly AdminRoute[] {
  return [
    adminRoute({
      method: 'GET',
      path: '/models',
      summary: 'List every model name, its targets, and how they fare on this node',
      action: 'models.read',
      params: noParams,
      query: noQuery,
      answer: listOf(model),
      handle: async () => ({ answer: { data: wholeCatalogue(deps) } }),
    }),
  ];
}
