import type { PicoUsd } from '../core/money.ts';
import type { Usage } from '../core/usage.ts';
import { type Price, type Rates, scaledRates, serviceFactor } from './price.ts';

/** One line of the sum: so many pieces of one class, at its rate. */
export interface CostLine {
  readonly what: keyof Rates | 'request' | 'webSearch' | 'fileSearch';
  readonly count: number;
  /** Pico-dollars per piece. */
  readonly rate: PicoUsd;
  readonly picoUsd: PicoUsd;
}

/** The exact cost of one attempt; undefined where something in it has no known price. */
export function cost(price: Price, usage: Usage): PicoUsd | undefined {
  const lines = costLines(price, usage);
  if (lines === undefined) return undefined;
  let sum = 0n;
  for (const { picoUsd } of lines) sum += picoUsd;
  return sum;
}

/**
 * The cost of one attempt, line by line. Every token is billed in exactly one class: cached and cache-write tokens
 * are parts of `inputTokens` and are taken out of it, reasoning, audio and images out of `outputTokens`. The tier
 * is chosen by all input tokens; the service multiplies the rates of tokens, not the fees.
 *
 * @returns undefined where something that occurs, or the service, has no known price
 */
export function costLines(price: Price, usage: Usage): readonly CostLine[] | undefined {
  const factor = serviceFactor(price, usage);
  if (factor === undefined) return undefined;
  const sum = new Sum();
  const rates = scaledRates(ratesFor(price, usage.inputTokens), factor);
  addInput(sum, usage, rates);
  addOutput(sum, usage, rates);
  sum.add('request', price.fees.request === 0n ? 0 : 1, price.fees.request);
  sum.add('webSearch', usage.webSearches, price.fees.webSearch);
  sum.add('fileSearch', usage.fileSearches, price.fees.fileSearch);
  return sum.lines;
}

class Sum {
  lines: CostLine[] | undefined = [];

  add(what: CostLine['what'], count: number, rate: PicoUsd | undefined): void {
    if (count === 0) return;
    if (rate === undefined) this.lines = undefined;
    else this.lines?.push({ what, count, rate, picoUsd: BigInt(count) * rate });
  }
}

function addInput(sum: Sum, usage: Usage, rates: Rates): void {
  const written = Math.max(usage.cacheWriteTokens, usage.cacheWrite1hTokens);
  const fresh = Math.max(0, usage.inputTokens - usage.cachedInputTokens - written);
  const audio = Math.min(usage.audioInputTokens, fresh);
  const image = Math.min(usage.imageInputTokens, fresh - audio);
  sum.add('input', fresh - audio - image, rates.input);
  sum.add('cachedInput', usage.cachedInputTokens, rates.cachedInput);
  sum.add('cacheWrite', written - usage.cacheWrite1hTokens, rates.cacheWrite);
  sum.add('cacheWrite1h', usage.cacheWrite1hTokens, rates.cacheWrite1h);
  sum.add('audioInput', audio, rates.audioInput);
  sum.add('imageInput', image, rates.imageInput);
}

function addOutput(sum: Sum, usage: Usage, rates: Rates): void {
  const reasoning = Math.min(usage.reasoningTokens, usage.outputTokens);
  const audio = Math.min(usage.audioOutputTokens, usage.outputTokens - reasoning);
  const image = Math.min(usage.imageOutputTokens, usage.outputTokens - reasoning - audio);
  sum.add('output', usage.outputTokens - reasoning - audio - image, rates.output);
  sum.add('reasoning', reasoning, rates.reasoning);
  sum.add('audioOutput', audio, rates.audioOutput);
  sum.add('imageOutput', image, rates.imageOutput);
}

function ratesFor(price: Price, inputTokens: number): Rates {
  let rates = price.tiers[0].rates;
  for (const tier of price.tiers) if (inputTokens > tier.aboveInputTokens) rates = tier.rates;
  return rates;
}
