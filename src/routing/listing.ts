/** What is told of models: to callers the names that they may use, to operators every target and how it fares. */
import { formatUsd } from '../core/money.ts';
import type { Principal } from '../identity/index.ts';
import type { Price, PriceTable } from '../metering/index.ts';
import type { Catalogue, KnownModel, Target } from '../providers/index.ts';
import type { Groups } from './groups.ts';
import type { TargetState } from './target-state.ts';
import type { TargetStates } from './target-states.ts';

export interface ListingDeps {
  readonly catalogue: Catalogue;
  readonly groups: Groups;
  readonly states: TargetStates;
  readonly prices: PriceTable;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Dollars per million tokens, exact decimals. */
export interface ListedPrice {
  readonly input: string;
  readonly cached_input: string;
  readonly output: string | null;
}

/** What is known of a model beside its name; null where nobody knows. */
export interface ModelDetails {
  readonly context_length: number | null;
  readonly capabilities: { readonly vision: boolean | null; readonly tools: boolean | null };
  /** Of the dearest target, so that nobody is surprised. */
  readonly pricing: ListedPrice | null;
  /** Those that may be asked, in the order of the configuration. */
  readonly providers: readonly string[];
}

export interface DetailedModel extends KnownModel {
  readonly details: ModelDetails;
}

/** The models that a caller may name. */
export function modelsOf(deps: ListingDeps, principal: Principal): DetailedModel[] {
  return deps.catalogue.knownModels(principal).map((model) => ({
    ...model,
    details: detailsOf(
      deps,
      model.id,
      deps.catalogue
        .targets(model.id, principal.org.defaultProvider)
        .filter((target) => deps.catalogue.allows(target, model.id, principal)),
    ),
  }));
}

function detailsOf(deps: ListingDeps, name: string, targets: readonly Target[]): ModelDetails {
  const { memberOf } = deps.groups.of(name);
  const capabilities = targets.map((target) => memberOf(target).capabilities);
  const contexts = capabilities.map(({ contextTokens }) => contextTokens).filter((one) => one !== undefined);
  return {
    // requests go to a target that they fit into
    context_length: contexts.length > 0 ? Math.max(...contexts) : null,
    capabilities: {
      vision: anyKnown(capabilities.map(({ vision }) => vision)),
      tools: anyKnown(capabilities.map(({ tools }) => tools)),
    },
    pricing: dearest(targets.map((target) => priceOf(deps, target))),
    providers: [...new Set(targets.map(({ provider }) => provider))],
  };
}

function anyKnown(values: readonly (boolean | undefined)[]): boolean | null {
  if (values.includes(true)) return true;
  return values.length > 0 && values.every((value) => value === false) ? false : null;
}

function priceOf({ prices, now }: ListingDeps, { provider, model }: Target): Price | undefined {
  return prices.priceOf(provider, model, now());
}

function dearest(prices: readonly (Price | undefined)[]): ListedPrice | null {
  let most: Price | undefined;
  for (const price of prices) {
    // one that is not known may be dearer than all
    if (price === undefined) return null;
    if (most === undefined || perPair(price) > perPair(most)) most = price;
  }
  return most === undefined ? null : listedPrice(most);
}

/** A token in and a token out. */
function perPair({ tiers: [{ rates }] }: Price): bigint {
  return rates.input + (rates.output ?? 0n);
}

function listedPrice({ tiers: [{ rates }] }: Price): ListedPrice {
  return {
    input: perMillion(rates.input),
    cached_input: perMillion(rates.cachedInput),
    output: rates.output === undefined ? null : perMillion(rates.output),
  };
}

function perMillion(picoUsd: bigint): string {
  return formatUsd(picoUsd * 1_000_000n);
}

/** One target, and how it fares on this node. */
export interface TargetReport {
  readonly provider: string;
  readonly model: string;
  readonly region: string | null;
  readonly context_length: number | null;
  readonly pricing: ListedPrice | null;
  readonly condition: ReturnType<TargetState['condition']>;
  readonly pending: number;
  readonly calls: number;
  readonly failures: number;
  readonly first_byte_ms: number | null;
}

/** A name and its targets, in the order of the configuration. */
export interface NamedModel {
  readonly name: string;
  readonly strategy: string;
  readonly targets: TargetReport[];
}

/** Everything that can be named, whoever may name it. */
export function wholeCatalogue(deps: ListingDeps): NamedModel[] {
  return deps.catalogue.everyName().map((name) => {
    const targets = deps.catalogue.targets(name, null);
    const group = deps.groups.of(name);
    const strategy = targets.length > 1 ? group.strategy.id : 'ordered';
    return {
      name,
      strategy,
      targets: targets.map((target) => {
        const price = priceOf(deps, target);
        return {
          provider: target.provider,
          model: target.model,
          region: target.region ?? null,
          context_length: group.memberOf(target).capabilities.contextTokens ?? null,
          pricing: price === undefined ? null : listedPrice(price),
          ...stateOf(deps.states, target),
        };
      }),
    };
  });
}

function stateOf(states: TargetStates, target: Target) {
  const state = states.known(target);
  if (state === undefined) {
    return { condition: 'closed' as const, pending: 0, calls: 0, failures: 0, first_byte_ms: null };
  }
  const meanMs = Math.round(state.meanMs());
  return {
    condition: state.condition(),
    pending: state.pending,
    ...state.counts,
    first_byte_ms: meanMs > 0 ? meanMs : null,
  };
}
