import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/json.ts';
import { type PicoUsd, shiftDecimal } from '../core/money.ts';
import { type NameTest, namePatterns } from '../core/pattern.ts';
import type { ServiceTier } from '../core/usage.ts';
import { type Factor, type Price, type Rates, UNCHANGED } from './price.ts';
import type { PriceOverride } from './settings.ts';

/** An entry of `prices.overrides`, ready to be asked. */
export interface Override {
  readonly org: NameTest;
  readonly provider: NameTest;
  readonly model: NameTest;
  /** Epoch milliseconds. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  /** Changes exactly when the entry does: `config/1f0a…`. */
  readonly version: string;
  /** Own prices, or a share of what holds otherwise. */
  readonly states: Price | Factor;
}

export function compileOverride(entry: PriceOverride): Override {
  const version = `config/${createHash('sha256').update(canonicalJson(entry)).digest('hex').slice(0, 12)}`;
  return {
    org: namePatterns([entry.org ?? '*']),
    provider: namePatterns([entry.provider]),
    model: namePatterns([entry.model]),
    fromMs: entry.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(entry.from),
    untilMs: entry.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(entry.until),
    version,
    states: entry.percent === undefined ? ownPrice(entry, version) : percentFactor(entry.percent),
  };
}

export function isPrice(states: Override['states']): states is Price {
  return 'tiers' in states;
}

const MTOK_DIGITS = 6;
const USD_DIGITS = 12;
const PERCENT_DIGITS = 4;

function percentFactor(percent: string): Factor {
  return { times: shiftDecimal(percent, PERCENT_DIGITS), per: 100n * 10n ** BigInt(PERCENT_DIGITS) };
}

/** Of an entry, or of one of its tiers. */
type OwnRates = Omit<NonNullable<PriceOverride['above']>[number], 'input_tokens' | 'input'> &
  Pick<PriceOverride, 'input'>;

type OwnPrice = Omit<PriceOverride, 'org' | 'provider' | 'model' | 'from' | 'until' | 'percent'>;

/** The price that an entry states by itself. */
export function ownPrice(entry: OwnPrice, version: string): Price {
  const above = [...(entry.above ?? [])].sort((a, b) => a.input_tokens - b.input_tokens);
  const services: Partial<Record<ServiceTier, Factor>> = {};
  for (const [service, percent] of Object.entries(entry.service_tiers ?? {})) {
    services[service as ServiceTier] = percentFactor(percent);
  }
  return {
    version,
    fees: {
      request: shiftDecimal(entry.per_request, USD_DIGITS),
      webSearch: optional(entry.web_search, USD_DIGITS),
      fileSearch: optional(entry.file_search, USD_DIGITS),
    },
    tiers: [
      { aboveInputTokens: -1, rates: ownRates(entry) },
      ...above.map((tier) => ({ aboveInputTokens: tier.input_tokens, rates: ownRates(tier) })),
    ],
    services,
    regional: UNCHANGED,
  };
}

function optional(text: string | undefined, digits: number): PicoUsd | undefined {
  return text === undefined ? undefined : shiftDecimal(text, digits);
}

function ownRates(entry: OwnRates): Rates {
  const rate = (text: string | undefined): PicoUsd | undefined => optional(text, MTOK_DIGITS);
  const input = rate(entry.input) ?? 0n;
  const output = rate(entry.output);
  const cacheWrite = rate(entry.cache_write) ?? input;
  return {
    input,
    cachedInput: rate(entry.cached_input) ?? input,
    cacheWrite,
    cacheWrite1h: rate(entry.cache_write_1h) ?? cacheWrite,
    audioInput: rate(entry.audio_input) ?? input,
    imageInput: rate(entry.image_input) ?? input,
    output,
    reasoning: rate(entry.reasoning) ?? output,
    audioOutput: rate(entry.audio_output) ?? output,
    imageOutput: rate(entry.image_output) ?? output,
  };
}
