/** The sum of a price, line by line, for people. */
import { formatUsd, type PicoUsd, parseUsd } from '../core/money.ts';
import { nearest } from '../core/nearest.ts';
import { NO_USAGE, type ServiceTier, type Usage } from '../core/usage.ts';
import { type CostLine, costLines } from './cost.ts';
import { type Price, scaled } from './price.ts';
import type { PriceTable } from './price-table.ts';

/** How usage is written by hand: `in=1000,cached=600,out=100`. */
const USAGE_NAMES = {
  in: 'inputTokens',
  cached: 'cachedInputTokens',
  write: 'cacheWriteTokens',
  write_1h: 'cacheWrite1hTokens',
  audio_in: 'audioInputTokens',
  image_in: 'imageInputTokens',
  out: 'outputTokens',
  reasoning: 'reasoningTokens',
  audio_out: 'audioOutputTokens',
  image_out: 'imageOutputTokens',
  web: 'webSearches',
  files: 'fileSearches',
} as const;

export const USAGE_WORDS = `${Object.keys(USAGE_NAMES).join(', ')}, reported`;

const HUNDRED_THOUSAND_MILLION = 100_000_000_000;

/**
 * Reads `in=1000,cached=600,out=100`. `in` is everything read, cached and written ones included, and `out`
 * everything written; `reported` is what the provider says it charged, in dollars.
 * @throws RangeError that says what is wrong, and what may be written
 */
export function parseUsage(text: string): Usage {
  const usage: Record<string, unknown> = { ...NO_USAGE, source: 'reported' };
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=', 2).map((word) => word.trim());
    if (name === 'reported') {
      usage.providerCost = parseUsd(value);
      continue;
    }
    if (!Object.hasOwn(USAGE_NAMES, name)) {
      const meant = nearest(name, Object.keys(USAGE_NAMES));
      throw new RangeError(
        `there is no ${JSON.stringify(name)} in usage${meant === undefined ? '.' : `; did you mean ${meant}?`} It knows ${USAGE_WORDS}.`,
      );
    }
    if (!/^\d{1,12}$/.test(value) || Number(value) > HUNDRED_THOUSAND_MILLION)
      throw new RangeError(`${name} must be a whole number, such as ${name}=1000`);
    usage[USAGE_NAMES[name as keyof typeof USAGE_NAMES]] = Number(value);
  }
  return checkedParts(usage as unknown as Usage);
}

function checkedParts(usage: Usage): Usage {
  if (usage.cachedInputTokens + usage.cacheWriteTokens > usage.inputTokens)
    throw new RangeError('in counts all that was read: cached and write are parts of it and cannot be more');
  if (usage.cacheWrite1hTokens > usage.cacheWriteTokens)
    throw new RangeError(
      'write counts all that was written to a cache: write_1h is part of it and cannot be more',
    );
  if (usage.reasoningTokens > usage.outputTokens)
    throw new RangeError('out counts all that was written: reasoning is part of it and cannot be more');
  return usage;
}

export interface ExplainedLine {
  readonly what: CostLine['what'] | 'reported';
  readonly count: number;
  /** Dollars per million tokens, or per piece. */
  readonly priceUsd: string;
  readonly unit: 'per million tokens' | 'each';
  readonly costUsd: string;
}

export interface Explanation {
  /** undefined: unpriced. */
  readonly version: string | undefined;
  readonly lines: readonly ExplainedLine[];
  /** undefined: unpriced. */
  readonly totalUsd: string | undefined;
}

export interface Question {
  readonly provider: string;
  readonly model: string;
  readonly orgSlug: string;
  readonly atMs: number;
  readonly service: ServiceTier;
  readonly regional: boolean;
  readonly usage: Usage;
}

/** What an answered attempt of this usage would cost, exactly as it would be billed. */
export function explain(prices: PriceTable, question: Question): Explanation {
  const { provider, model, atMs, orgSlug, service, regional } = question;
  const usage = { ...question.usage, serviceTier: service, regional };
  const { price, reported } = prices.quote(provider, model, atMs, orgSlug);
  if (reported !== undefined && usage.providerCost !== undefined) {
    const costUsd = formatUsd(scaled(usage.providerCost, reported.share));
    const line = { what: 'reported', count: 1, priceUsd: costUsd, unit: 'each', costUsd } as const;
    return { version: reported.version, lines: [line], totalUsd: costUsd };
  }
  const lines = price && costLines(price, usage);
  if (price === undefined || lines === undefined) {
    return { version: price?.version, lines: [], totalUsd: undefined };
  }
  const total = lines.reduce((sum, { picoUsd }) => sum + picoUsd, 0n);
  return { version: price.version, lines: lines.map(explained), totalUsd: formatUsd(total) };
}

const PIECES: ReadonlySet<CostLine['what']> = new Set(['request', 'webSearch', 'fileSearch']);

function explained({ what, count, rate, picoUsd }: CostLine): ExplainedLine {
  const costUsd = formatUsd(picoUsd);
  if (PIECES.has(what)) return { what, count, priceUsd: formatUsd(rate), unit: 'each', costUsd };
  return { what, count, priceUsd: perMillion(rate), unit: 'per million tokens', costUsd };
}

function perMillion(rate: PicoUsd): string {
  return formatUsd(rate * 1_000_000n);
}

/** A price as people read it. Amounts are exact decimal dollars, of tokens per million of them. */
export interface ListedPrice {
  readonly version: string;
  readonly tiers: {
    /** null: from the first token on. */
    readonly above_input_tokens: number | null;
    readonly usd_per_million: Record<string, string>;
  }[];
  /** Times the standard price of tokens: `1/2`, `2`. */
  readonly services: Record<string, string>;
  readonly usd_per_piece: Record<string, string>;
}

export function listedPrice({ version, tiers, services, fees }: Price): ListedPrice {
  const amounts = (of: object, written: (amount: PicoUsd) => string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(of).flatMap(([name, amount]) =>
        typeof amount === 'bigint' ? [[snakeCase(name), written(amount)]] : [],
      ),
    );
  return {
    version,
    tiers: tiers.map(({ aboveInputTokens, rates }) => ({
      above_input_tokens: aboveInputTokens < 0 ? null : aboveInputTokens,
      usd_per_million: amounts(rates, perMillion),
    })),
    services: Object.fromEntries(
      Object.entries(services).map(([service, { times, per }]) => [
        service,
        per === 1n ? `${times}` : `${times}/${per}`,
      ]),
    ),
    usd_per_piece: amounts(fees, formatUsd),
  };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]|\d\w/g, (letter) => `_${letter.toLowerCase()}`);
}
