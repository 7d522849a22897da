import { z } from 'zod';
import { type AdminCall, type AdminRoute, adminRoute, noParams } from '../../admin/route.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/fault.ts';
import { SERVICE_TIERS, type Usage } from '../../core/usage.ts';
import { explain, listedPrice, parseUsage, USAGE_WORDS } from '../explain.ts';
import type { PriceTable } from '../price-table.ts';

export interface PriceRouteDeps {
  readonly prices: PriceTable;
  /** Is there such a provider in the configuration? */
  readonly hasProvider: (name: string) => boolean;
  /** Every model that a provider of the configuration is known to have. */
  readonly models: () => readonly { readonly provider: string; readonly model: string }[];
  /** '' where there is none. */
  readonly orgSlug: (orgId: string) => string;
  readonly clock: Clock;
}

const at = z.iso.datetime({ offset: true }).optional().describe('Prices of this instant; now by default.');

const listQuery = z.strictObject({
  provider: z.string().max(128).optional().describe('Only this provider of the configuration.'),
  model: z.string().max(256).optional().describe('Only this model; with `provider`, any that it may have.'),
  at,
});

const listed = z.strictObject({
  provider: z.string(),
  model: z.string(),
  price: z
    .strictObject({
      version: z.string(),
      tiers: z.array(
        z.strictObject({
          above_input_tokens: z.number().int().nullable().describe('null: from the first token on.'),
          usd_per_million: z.record(z.string(), z.string()),
        }),
      ),
      services: z.record(z.string(), z.string()).describe('Times the standard price of tokens: `1/2`, `2`.'),
      usd_per_piece: z.record(z.string(), z.string()),
    })
    .nullable()
    .describe('null: unpriced, which is not free.'),
});

const explainQuery = z.strictObject({
  provider: z.string().max(128).describe('Name of a provider of the configuration.'),
  model: z.string().max(256).describe('Model as the provider knows it.'),
  usage: z.string().max(500).describe(`What was used, as in=1000,cached=600,out=100; knows ${USAGE_WORDS}.`),
  service: z.enum(SERVICE_TIERS).default('standard').describe('The service that the answer was given.'),
  regional: z.enum(['true', 'false']).default('false').describe('Kept inside a region at the client’s wish.'),
  at,
});

const explanation = z.strictObject({
  version: z.string().nullable(),
  lines: z.array(
    z.strictObject({
      what: z.string(),
      count: z.number().int(),
      price_usd: z.string(),
      unit: z.enum(['per million tokens', 'each']),
      cost_usd: z.string(),
    }),
  ),
  total_usd: z.string().nullable().describe('null: unpriced, which is not free.'),
});

type ListCall = AdminCall<unknown, z.output<typeof listQuery>, unknown>;
type ExplainCall = AdminCall<unknown, z.output<typeof explainQuery>, unknown>;

/** The prices in force, and what a given usage costs by them; of one's own organisation, or of the one named. */
export function priceRoutes(deps: PriceRouteDeps): readonly AdminRoute[] {
  return ['', '/orgs/:orgId'].flatMap((prefix) => [
    adminRoute({
      method: 'GET',
      path: `${prefix}/prices`,
      summary: 'List the prices in force',
      action: 'prices.read',
      params: noParams,
      query: listQuery,
      answer: z.strictObject({ data: z.array(listed) }),
      handle: async (call) => ({ answer: { data: list(deps, call) } }),
    }),
    adminRoute({
      method: 'GET',
      path: `${prefix}/prices/explain`,
      summary: 'Show line by line what a usage costs',
      action: 'prices.read',
      params: noParams,
      query: explainQuery,
      answer: explanation,
      handle: async (call) => ({ answer: explained(deps, call) }),
    }),
  ]);
}

function list({ prices, models, orgSlug, clock }: PriceRouteDeps, call: ListCall): z.input<typeof listed>[] {
  const { provider, model } = call.query;
  const atMs = instantOf(call.query.at, clock);
  const named = provider !== undefined && model !== undefined ? [{ provider, model }] : models();
  return named
    .filter((one) => (provider ?? one.provider) === one.provider && (model ?? one.model) === one.model)
    .map((one) => {
      const price = prices.priceOf(one.provider, one.model, atMs, orgSlug(call.orgId));
      return { ...one, price: price === undefined ? null : listedPrice(price) };
    });
}

function explained(
  { prices, hasProvider, orgSlug, clock }: PriceRouteDeps,
  call: ExplainCall,
): z.input<typeof explanation> {
  const { provider, model, service, regional } = call.query;
  if (!hasProvider(provider))
    throw new Fault('not_found', `There is no provider "${provider}" in the configuration.`, {
      param: 'provider',
    });
  const { version, lines, totalUsd } = explain(prices, {
    provider,
    model,
    orgSlug: orgSlug(call.orgId),
    atMs: instantOf(call.query.at, clock),
    service,
    regional: regional === 'true',
    usage: readUsage(call.query.usage),
  });
  return {
    version: version ?? null,
    lines: lines.map(({ what, count, priceUsd, unit, costUsd }) => ({
      what,
      count,
      price_usd: priceUsd,
      unit,
      cost_usd: costUsd,
    })),
    total_usd: totalUsd ?? null,
  };
}

function instantOf(text: string | undefined, clock: Clock): number {
  return text === undefined ? clock.now() : Date.parse(text);
}

/** @throws Fault `invalid_request` that says what is wrong with it */
function readUsage(text: string): Usage {
  try {
    return parseUsage(text);
  } catch (error) {
    if (error instanceof RangeError)
      throw new Fault('invalid_request', `usage: ${error.message}`, { param: 'usage' });
    throw error;
  }
}
