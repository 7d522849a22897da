import { namePatterns } from '../core/pattern.ts';
import { BUNDLED_SLOT_MS, bundledPrice, isVendor, vendorAt } from './bundled-prices.ts';
import { compileOverride, isPrice, type Override, ownPrice } from './configured-prices.ts';
import { type Factor, type Price, scaledPrice, UNCHANGED } from './price.ts';
import type { PriceSettings } from './settings.ts';

/** What the price table must know of a provider of the configuration to find its prices. */
export interface PricedProvider {
  /** The provider's kind: `openai`, `openai-compatible`, `anthropic`, `simulated`, … */
  readonly kind: string;
  /** Where an `openai-compatible` provider listens: tells Groq from Together. */
  readonly baseUrl: string | undefined;
}

/** What is known of the price of one model, for one organisation, at one time. */
export interface Quote {
  /** undefined: unpriced, which is not zero. */
  readonly price: Price | undefined;
  /** Set where the provider's own statement of what it charges is taken, times this. */
  readonly reported: { readonly share: Factor; readonly version: string } | undefined;
}

export interface PriceTable {
  /**
   * @param provider the provider's name in the configuration
   * @param atMs epoch milliseconds
   * @param orgSlug '' for nobody's organisation
   */
  quote(provider: string, model: string, atMs: number, orgSlug: string): Quote;
  /** The price alone, without an organisation the one that holds for all. */
  priceOf(provider: string, model: string, atMs: number, orgSlug?: string): Price | undefined;
}

interface Entry extends Quote {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Models named by clients must not grow the memory without end. */
const MEMO_LIMIT = 10_000;

/** Demo price of the simulated provider: like a small model, so that dashboards and budgets have work. */
const SIMULATED = ownPrice(
  {
    input: '0.15',
    cached_input: '0.075',
    output: '0.60',
    per_request: '0',
    service_tiers: { flex: '50', batch: '50', priority: '200' },
  },
  'simulated/1',
);

/** OpenAI bills moderations with nothing (platform.openai.com/docs/pricing, "Moderation": free); known, so not unpriced. */
const FREE_MODERATION = ownPrice({ input: '0', per_request: '0' }, 'openai-moderation/1');
const isModeration = namePatterns(['omni-moderation*', 'text-moderation*']);

/** Vendors whose answers say exactly what they charge: docs.x.ai/developers/cost-tracking, openrouter.ai/docs/use-cases/usage-accounting. */
const REPORTS_COST: ReadonlySet<string> = new Set(['openrouter', 'x-ai', 'perplexity']);

const NOTHING: Quote = { price: undefined, reported: undefined };

/**
 * The table: own prices first, then what the gateway itself documents, then the bundled data. Answers are kept
 * for the time they hold in, so that the request path costs three Map look-ups.
 */
export function priceTable(
  settings: PriceSettings,
  providerOf: (name: string) => PricedProvider | undefined,
): PriceTable {
  const overrides = settings.overrides.map(compileOverride);
  const byOrg = settings.overrides.some(({ org }) => org !== undefined);
  const changes = overrides.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]).filter(Number.isFinite);
  const memo = new Map<string, Map<string, Map<string, Entry>>>();
  let entries = 0;

  const find = (provider: string, model: string, atMs: number, org: string): Quote => {
    const asked = overrides.filter(
      (entry) => entry.provider(provider) && entry.model(model) && entry.org(org),
    );
    const holding = asked.filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
    return overridden(holding, () => listed(providerOf(provider), model, atMs));
  };

  const quote: PriceTable['quote'] = (provider, model, atMs, orgSlug) => {
    const org = byOrg ? orgSlug : '';
    const known = memo.get(org)?.get(provider)?.get(model);
    if (known !== undefined && known.fromMs <= atMs && atMs < known.untilMs) return known;
    const { price, reported } = find(provider, model, atMs, orgSlug);
    const entry = { price, reported, ...heldAround(atMs, changes) };
    if (entries >= MEMO_LIMIT) {
      memo.clear();
      entries = 0;
    }
    within(within(memo, org), provider).set(model, entry);
    entries += 1;
    return entry;
  };
  return {
    quote,
    priceOf: (provider, model, atMs, orgSlug = '') => quote(provider, model, atMs, orgSlug).price,
  };
}

function within<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}

/** The time around an instant in which no price can change. */
function heldAround(atMs: number, changes: readonly number[]): { fromMs: number; untilMs: number } {
  let fromMs = Math.floor(atMs / BUNDLED_SLOT_MS) * BUNDLED_SLOT_MS;
  let untilMs = fromMs + BUNDLED_SLOT_MS;
  for (const change of changes) {
    if (change <= atMs) fromMs = Math.max(fromMs, change);
    else untilMs = Math.min(untilMs, change);
  }
  return { fromMs, untilMs };
}

/** Shares are taken of what the entries after them say, or the list. */
function overridden(holding: readonly Override[], list: () => Quote): Quote {
  const [first, ...others] = holding;
  if (first === undefined) return list();
  const { states, version } = first;
  if (isPrice(states)) return { price: states, reported: undefined };
  const { price, reported } = overridden(others, list);
  return {
    price: price && scaledPrice(price, states, `${price.version}*${version}`),
    reported: reported && {
      share: { times: reported.share.times * states.times, per: reported.share.per * states.per },
      version: `${reported.version}*${version}`,
    },
  };
}

function listed(provider: PricedProvider | undefined, model: string, atMs: number): Quote {
  if (provider?.kind === 'simulated') return { price: SIMULATED, reported: undefined };
  if (provider?.kind === 'openai' && isModeration(model))
    return { price: FREE_MODERATION, reported: undefined };
  const vendor = vendorOf(provider);
  if (vendor === undefined) return NOTHING;
  return {
    price: bundledPrice(vendor, model, atMs),
    reported: REPORTS_COST.has(vendor) ? { share: UNCHANGED, version: `reported/${vendor}` } : undefined,
  };
}

/** Kinds whose name is not the vendor's in the bundled data. */
const VENDOR_OF_KIND: Readonly<Record<string, string>> = {
  'azure-openai': 'azure',
  bedrock: 'aws',
  gemini: 'google',
  vertex: 'google',
  xai: 'x-ai',
};

/** Kinds that are one vendor are priced as that vendor; `openai-compatible` ones by the address they listen on. */
function vendorOf(provider: PricedProvider | undefined): string | undefined {
  if (provider === undefined) return undefined;
  const vendor = VENDOR_OF_KIND[provider.kind] ?? provider.kind;
  if (isVendor(vendor)) return vendor;
  return provider.baseUrl === undefined ? undefined : vendorAt(provider.baseUrl);
}
