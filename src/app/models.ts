/** The houses that know which models there are: enough to list them, without a database. */
import type { Config } from '../config/index.ts';
import type { Clock } from '../core/clock.ts';
import { type PriceTable, priceTable } from '../metering/index.ts';
import { Catalogue, openProviders, type Providers } from '../providers/index.ts';
import { Groups, type ListingDeps, type TargetStates, targetStates } from '../routing/index.ts';
import { pricedProvider } from './priced-provider.ts';

export interface ModelHouses {
  readonly providers: Providers;
  readonly catalogue: Catalogue;
  readonly groups: Groups;
  readonly targets: TargetStates;
  readonly prices: PriceTable;
}

/** No connection is made yet. */
export function openModels(config: Config, clock: Clock): ModelHouses {
  const providers = openProviders(config.providers, clock);
  return {
    providers,
    catalogue: new Catalogue(providers.byName, config.models),
    groups: new Groups(providers.byName, config.models, config.routing),
    targets: targetStates(config.routing, clock),
    prices: priceTable(config.prices, (name) => pricedProvider(config, name)),
  };
}

/** What listings of models ask. */
export function listingOf({ catalogue, groups, targets, prices }: ModelHouses, clock: Clock): ListingDeps {
  return { catalogue, groups, states: targets, prices, now: () => clock.now() };
}
