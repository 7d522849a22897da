import type { Config } from '../config/index.ts';
import type { PricedProvider } from '../metering/index.ts';

/** What decides the prices of a provider of the configuration; undefined where it has none of that name. */
export function pricedProvider(config: Config, name: string): PricedProvider | undefined {
  const settings = config.providers[name];
  if (settings === undefined) return undefined;
  return { kind: settings.kind, baseUrl: 'base_url' in settings ? settings.base_url : undefined };
}
