import { parseArgs } from 'node:util';
import { type Config, loadConfig, processEnvironment } from '../../config/index.ts';
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
  args: 'explain --model M --usage in=…,cached=…,out=… [--provider P]',
  about: 'show line by line what a usage costs, by the configuration and the bundled prices',
  run: async ([action, ...args]) => {
    if (action !== 'explain') return misused(prices);
    try {
      const { values } = parseArgs({ args, options: OPTIONS });
      const { model, usage, org, regional } = values;
      if (model === undefined || usage === undefined) return misused(prices);
      const config = loadConfig(processEnvironment());
      const target =
        values.provider === undefined ? await targetOf(config, model) : { provider: values.provider, model };
      const explanation = await explained(config, {
        ...target,
        usage,
        orgSlug: org,
        regional,
        service: readService(values.service),
        atMs: readInstant(values.at),
      });
      console.log(`${target.provider}/${target.model}, ${written(explanation)}`);
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

/** Who answers for this name first: by the configuration, else the vendor of the bundled data that has such a model. */
async function targetOf(config: Config, model: string): Promise<Pick<Asked, 'provider' | 'model'>> {
  const [{ openModels }, { vendorOfModel }] = await Promise.all([
    import('../models.ts'),
    import('../../metering/index.ts'),
  ]);
  const { catalogue, providers } = openModels(config, systemClock);
  const [target] = catalogue.targets(model, null);
  await providers.close();
  const provider = target?.provider ?? vendorOfModel(model);
  if (provider === undefined)
    throw new Error(
      `nobody is known to have the model ${model}; say with --provider whose price is asked for`,
    );
  return { provider, model: target?.model ?? model };
}

async function explained(config: Config, { usage, ...question }: Asked): Promise<Explanation> {
  const { explain, isVendor, parseUsage, priceTable } = await import('../../metering/index.ts');
  const { pricedProvider } = await import('../priced-provider.ts');
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
