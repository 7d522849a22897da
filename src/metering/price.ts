import type { PicoUsd } from '../core/money.ts';
import type { ServiceTier } from '../core/usage.ts';

/** Pico-dollars per token. $1 per million tokens is exactly 1,000,000 of them. */
export interface Rates {
  readonly input: PicoUsd;
  readonly cachedInput: PicoUsd;
  readonly cacheWrite: PicoUsd;
  readonly cacheWrite1h: PicoUsd;
  readonly audioInput: PicoUsd;
  readonly imageInput: PicoUsd;
  /** undefined: the model is priced by input alone (embeddings); output tokens make it unpriced. */
  readonly output: PicoUsd | undefined;
  readonly reasoning: PicoUsd | undefined;
  readonly audioOutput: PicoUsd | undefined;
  readonly imageOutput: PicoUsd | undefined;
}

export interface Tier {
  /** The tier holds for the whole request once its input tokens, cached ones included, exceed this. */
  readonly aboveInputTokens: number;
  readonly rates: Rates;
}

/** A fraction of whole numbers: 3/2 is half as much again. */
export interface Factor {
  readonly times: bigint;
  readonly per: bigint;
}

export const UNCHANGED: Factor = { times: 1n, per: 1n };

/** Dollars per piece, beside the tokens; undefined where nobody knows them. */
export interface Fees {
  readonly request: PicoUsd;
  readonly webSearch: PicoUsd | undefined;
  readonly fileSearch: PicoUsd | undefined;
}

/** What one model costs at one time. Immutable; `version` and the time find it again. */
export interface Price {
  /** Where it comes from: `genai-prices/0.1.8+1`, `config/1f0a…`, `simulated/1`. */
  readonly version: string;
  readonly fees: Fees;
  /** Of standard service. Ascending; the first has `aboveInputTokens: -1` and so holds for every request. */
  readonly tiers: readonly [Tier, ...Tier[]];
  /** What the tokens cost in a service, times standard; a service that is missing has no known price. */
  readonly services: Readonly<Partial<Record<ServiceTier, Factor>>>;
  /** The same for answers that were kept inside a region. */
  readonly regional: Factor;
}

/** `amount` times a factor, rounded up to a whole pico-dollar: nobody is billed less than the vendor takes. */
export function scaled(amount: PicoUsd, { times, per }: Factor): PicoUsd {
  return per === 1n ? amount * times : (amount * times + per - 1n) / per;
}

function scaledRate<Amount extends PicoUsd | undefined>(amount: Amount, factor: Factor): Amount {
  return (amount === undefined ? amount : scaled(amount, factor)) as Amount;
}

export function scaledRates(rates: Rates, factor: Factor): Rates {
  if (factor === UNCHANGED) return rates;
  return {
    input: scaled(rates.input, factor),
    cachedInput: scaled(rates.cachedInput, factor),
    cacheWrite: scaled(rates.cacheWrite, factor),
    cacheWrite1h: scaled(rates.cacheWrite1h, factor),
    audioInput: scaled(rates.audioInput, factor),
    imageInput: scaled(rates.imageInput, factor),
    output: scaledRate(rates.output, factor),
    reasoning: scaledRate(rates.reasoning, factor),
    audioOutput: scaledRate(rates.audioOutput, factor),
    imageOutput: scaledRate(rates.imageOutput, factor),
  };
}

/** A price of which everything, fees included, is taken times a factor. */
export function scaledPrice(price: Price, factor: Factor, version: string): Price {
  const { request, webSearch, fileSearch } = price.fees;
  return {
    ...withTiers(price, factor),
    version,
    fees: {
      request: scaled(request, factor),
      webSearch: scaledRate(webSearch, factor),
      fileSearch: scaledRate(fileSearch, factor),
    },
  };
}

function withTiers(price: Price, factor: Factor): Price {
  const [first, ...others] = price.tiers;
  const tier = ({ aboveInputTokens, rates }: Tier): Tier => ({
    aboveInputTokens,
    rates: scaledRates(rates, factor),
  });
  return { ...price, tiers: [tier(first), ...others.map(tier)] };
}

/** How a request is, or wants to be, served, as far as it decides the price. */
export interface Served {
  readonly serviceTier: ServiceTier;
  readonly regional: boolean;
}

/** What standard rates are taken times for this service; undefined where its price is not known. */
export function serviceFactor(price: Price, { serviceTier, regional }: Served): Factor | undefined {
  const service = serviceTier === 'standard' ? UNCHANGED : price.services[serviceTier];
  if (service === undefined || !regional) return service;
  return { times: service.times * price.regional.times, per: service.per * price.regional.per };
}

/** The price whose rates are those of this service; undefined where they are not known. */
export function inService(price: Price, served: Served): Price | undefined {
  const factor = serviceFactor(price, served);
  if (factor === undefined) return undefined;
  return factor === UNCHANGED ? price : withTiers(price, factor);
}
