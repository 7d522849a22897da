import { findProvider } from '@pydantic/genai-prices';
import { namePatterns } from '../core/pattern.ts';
import { bundledPrice, configuredPrice } from './price-data.ts';
import type { Price } from './prices.ts';
import type { PriceSettings } from './settings.ts';

/** What the price table must know of a provider of the configuration to find its prices. */
export interface PricedProvider {
  /** The provider's kind: `openai`, `openai-compatible`, `anthropic`, `simulated`. */
  readonly kind: string;
  /** Where an `openai-compatible` provider listens: tells Groq from Together. */
  readonly baseUrl: string | undefined;
}

export interface PriceTable {
  /**
   * The price of a model at a time (epoch milliseconds). Undefined means unpriced, which is not zero.
   * @param provider the provider's name in the configuration
   */
  priceOf(provider: string, model: string, atMs: number): Price | undefined;
}

interface Entry {
  readonly slot: number;
  readonly price: Price | undefined;
}

/** The finest grain in which the bundled data changes prices (DeepSeek's hours of the day begin at :30). */
const SLOT_MS = 15 * 60_000;
/** Models named by clients must not grow the memory without end. */
const MEMO_LIMIT = 10_000;

/** Demo price of the simulated provider: like a small model, so that dashboards and budgets have work. */
const SIMULATED: Price = {
  ...configuredPrice({
    provider: 'simulated',
    model: '*',
    input: '0.15',
    cached_input: '0.075',
    output: '0.60',
    per_request: '0',
  }),
  version: 'simulated/1',
};

/** OpenAI bills moderations with nothing (platform.openai.com/docs/pricing, "Moderation": free); known, so not unpriced. */
const FREE_MODERATION: Price = {
  ...configuredPrice({ provider: 'openai', model: 'omni-moderation*', input: '0', per_request: '0' }),
  version: 'openai-moderation/1',
};
const isModeration = namePatterns(['omni-moderation*', 'text-moderation*']);

/**
 * The table: own prices first, then what the gateway itself documents, then the bundled data. Answers are kept
 * for the quarter of an hour they hold in, so that the request path costs two Map look-ups.
 */
export function priceTable(
  settings: PriceSettings,
  providerOf: (name: string) => PricedProvider | undefined,
): PriceTable {
  const overrides = settings.overrides.map((entry) => ({
    provider: namePatterns([entry.provider]),
    model: namePatterns([entry.model]),
    price: configuredPrice(entry),
  }));
  const memo = new Map<string, Map<string, Entry>>();
  let entries = 0;

  const find = (provider: string, model: string, atMs: number): Price | undefined => {
    const own = overrides.find((entry) => entry.provider(provider) && entry.model(model));
    if (own) return own.price;
    const known = providerOf(provider);
    if (known?.kind === 'simulated') return SIMULATED;
    if (known?.kind === 'openai' && isModeration(model)) return FREE_MODERATION;
    const catalogue = catalogueOf(known);
    return catalogue === undefined ? undefined : bundledPrice(catalogue, model, atMs);
  };

  return {
    priceOf(provider, model, atMs) {
      const slot = Math.floor(atMs / SLOT_MS);
      let models = memo.get(provider);
      const entry = models?.get(model);
      if (entry?.slot === slot) return entry.price;
      const price = find(provider, model, atMs);
      if (entries >= MEMO_LIMIT) {
        memo.clear();
        entries = 0;
        models = undefined;
      }
      if (!models) {
        models = new Map();
        memo.set(provider, models);
      }
      models.set(model, { slot, price });
      entries += 1;
      return price;
    },
  };
}

/** Kinds that are one vendor are priced as that vendor; `openai-compatible` ones by the address they listen on. */
function catalogueOf(provider: PricedProvider | undefined): string | undefined {
  if (provider?.kind === 'openai' || provider?.kind === 'anthropic') return provider.kind;
  if (provider?.baseUrl === undefined) return undefined;
  return findProvider({ providerApiUrl: provider.baseUrl })?.id;
}
