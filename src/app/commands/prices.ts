import { parseArgs } from 'node:util';
import { loadConfig, processEnvironment } from '../../config/index.ts';
import { systemClock } from '../../core/clock.ts';
import { SERVICE_TIERS, type ServiceTier } from '../../core/usage.ts';
import type { Explanation } from '../../metering/index.ts';
import { type Command, misused, explain as say } from './command.ts';

const OPTIONS = {
  model: { type: 'string' },
  provider: { type: 'string' },
  usage: { type: 'string' },
  service: { type: 'string', default: 'standard' },
  regional: { type: 'boolean', default: false },
  org: { type: 'string', default: '' },
  at: { type: 'string' },
} as const;

export const prices: Command = {
  name: 'prices',
  args: 'explain --model M --provider P --usage in=…,cached=…,out=…',
  about: 'show line by line what a usage costs, by the configuration and the bundled prices',
  run: async ([action, ...args]) => {
    if (action !== 'explain') return misused(prices);
    try {
      const { values } = parseArgs({ args, options: OPTIONS });
      const { model, provider, usage, org, regional } = values;
      if (model === undefined || provider === undefined || usage === undefined) return misused(prices);
      const explanation = await explained({
        model,
        provider,
        usage,
        orgSlug: org,
        regional,
        service: readService(values.service),
        atMs: readInstant(values.at),
      });
      console.log(written(explanation));
      return explanation.totalUsd === undefined ? 1 : 0;
    } catch (error) {
      say(error);
      return 1;
    }
  },
};

interface Asked {
  readonly model: string;
  readonly provider: string;
  readonly usage: string;
  readonly orgSlug: string;
  readonly regional: boolean;
  readonly service: ServiceTier;
  readonly atMs: number;
}

async function explained({ usage, ...question }: Asked): Promise<Explanation> {
  const { explain, isVendor, parseUsage, priceTable } = await import('../../metering/index.ts');
  const { pricedProvider } = await import('../priced-provider.ts');
  const config = loadConfig(processEnvironment());
  const { provider } = question;
  // A vendor of the bundled data may be asked for by its name, before it is configured.
  const vendor = isVendor(provider) ? { kind: provider, baseUrl: undefined } : undefined;
  const known = pricedProvider(config, provider) ?? vendor;
  if (known === undefined)
    throw new Error(
      `the configuration has no provider ${provider}, and no vendor is called that; it has ${Object.keys(config.providers).join(', ')}`,
    );
  const table = priceTable(config.prices, () => known);
  return explain(table, { ...question, usage: parseUsage(usage) });
}

function readService(text: string): ServiceTier {
  const service = SERVICE_TIERS.find((name) => name === text);
  if (service === undefined) throw new RangeError(`--service is one of ${SERVICE_TIERS.join(', ')}`);
  return service;
}

function readInstant(text: string | undefined): number {
  const atMs = text === undefined ? systemClock.now() : Date.parse(text);
  if (Number.isNaN(atMs)) throw new RangeError('--at is an instant such as 2026-11-20T12:00:00Z');
  return atMs;
}

function written({ version, lines, totalUsd }: Explanation): string {
  if (totalUsd === undefined)
    return `unpriced${version === undefined ? ': no price is known for this model' : `: ${version} has no price for some of this usage, or for the service`}`;
  const rows = lines.map(({ what, count, priceUsd, unit, costUsd }) => {
    const price = unit === 'each' ? `$${priceUsd}` : `$${priceUsd} / M`;
    return `  ${what.padEnd(13)} ${String(count).padStart(12)} × ${price.padEnd(14)} = ${costUsd}`;
  });
  return [`by ${version}`, ...rows, `  ${'total'.padEnd(13)} ${' '.repeat(29)} = ${totalUsd} USD`].join('\n');
}
