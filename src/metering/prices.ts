import type { PicoUsd } from '../core/money.ts';
import type { Usage } from '../core/usage.ts';

/** Pico-dollars per token. $1 per million tokens is exactly 1,000,000 of them. */
export interface Rates {
  readonly input: PicoUsd;
  readonly cachedInput: PicoUsd;
  readonly cacheWrite: PicoUsd;
  readonly cacheWrite1h: PicoUsd;
  readonly audioInput: PicoUsd;
  /** undefined: the model is priced by input alone (embeddings); output tokens make it unpriced. */
  readonly output: PicoUsd | undefined;
  readonly reasoning: PicoUsd | undefined;
  readonly audioOutput: PicoUsd | undefined;
}

export interface Tier {
  /** The tier holds for the whole request once its input tokens, cached ones included, exceed this. */
  readonly aboveInputTokens: number;
  readonly rates: Rates;
}

/** What one model costs at one time. Immutable; `version` finds it again. */
export interface Price {
  /** Where it comes from: `genai-prices/0.1.8`, `config/1f0a…`, `simulated/1`. */
  readonly version: string;
  readonly perRequest: PicoUsd;
  /** Ascending; the first has `aboveInputTokens: -1` and so holds for every request. */
  readonly tiers: readonly [Tier, ...Tier[]];
}

/**
 * The exact cost of one attempt; undefined where a class of tokens that occurs has no known price. Every token
 * is billed in exactly one class: cached and cache-write tokens are parts of `inputTokens` and are taken out of
 * it, reasoning and audio tokens out of `outputTokens`.
 */
export function cost(price: Price, usage: Usage): PicoUsd | undefined {
  const rates = ratesFor(price, usage.inputTokens);
  const written = Math.max(usage.cacheWriteTokens, usage.cacheWrite1hTokens);
  const fresh = Math.max(0, usage.inputTokens - usage.cachedInputTokens - written);
  const audioIn = Math.min(usage.audioInputTokens, fresh);
  const input =
    tokens(usage.cachedInputTokens, rates.cachedInput) +
    tokens(written - usage.cacheWrite1hTokens, rates.cacheWrite) +
    tokens(usage.cacheWrite1hTokens, rates.cacheWrite1h) +
    tokens(audioIn, rates.audioInput) +
    tokens(fresh - audioIn, rates.input);
  const output = outputCost(rates, usage);
  return output === undefined ? undefined : price.perRequest + input + output;
}

function outputCost(rates: Rates, usage: Usage): PicoUsd | undefined {
  if (usage.outputTokens === 0) return 0n;
  const { output, reasoning, audioOutput } = rates;
  if (output === undefined || reasoning === undefined || audioOutput === undefined) return undefined;
  const thought = Math.min(usage.reasoningTokens, usage.outputTokens);
  const spoken = Math.min(usage.audioOutputTokens, usage.outputTokens - thought);
  return (
    tokens(thought, reasoning) +
    tokens(spoken, audioOutput) +
    tokens(usage.outputTokens - thought - spoken, output)
  );
}

/**
 * The most that a request of at most so many tokens can cost: every input token in the dearest input class,
 * every output token in the dearest output class, in the dearest tier it can reach. Undefined where unpriced.
 */
export function worstCase(price: Price, inputTokens: number, outputTokens: number): PicoUsd | undefined {
  let dearest: PicoUsd | undefined;
  for (const { aboveInputTokens, rates } of price.tiers) {
    if (aboveInputTokens >= inputTokens && aboveInputTokens >= 0) break;
    const output = outputTokens === 0 ? 0n : dearestOutput(rates);
    if (output === undefined) return undefined;
    const sum = price.perRequest + tokens(inputTokens, dearestInput(rates)) + tokens(outputTokens, output);
    if (dearest === undefined || sum > dearest) dearest = sum;
  }
  return dearest;
}

/** How many output tokens `amount` pays for beside the input; negative where it does not even pay for that. */
export function affordableOutput(price: Price, inputTokens: number, amount: PicoUsd): number {
  let fewest = Number.MAX_SAFE_INTEGER;
  for (const { aboveInputTokens, rates } of price.tiers) {
    if (aboveInputTokens >= inputTokens && aboveInputTokens >= 0) break;
    const rest = amount - price.perRequest - tokens(inputTokens, dearestInput(rates));
    if (rest < 0n) return -1;
    const output = dearestOutput(rates);
    if (output === undefined) return -1;
    if (output > 0n) fewest = Math.min(fewest, Number(rest / output));
  }
  return fewest;
}

function ratesFor(price: Price, inputTokens: number): Rates {
  let rates = price.tiers[0].rates;
  for (const tier of price.tiers) if (inputTokens > tier.aboveInputTokens) rates = tier.rates;
  return rates;
}

function dearestInput(rates: Rates): PicoUsd {
  return dearestOf(rates.input, rates.cachedInput, rates.cacheWrite, rates.cacheWrite1h, rates.audioInput);
}

function dearestOutput({ output, reasoning, audioOutput }: Rates): PicoUsd | undefined {
  if (output === undefined || reasoning === undefined || audioOutput === undefined) return undefined;
  return dearestOf(output, reasoning, audioOutput);
}

function dearestOf(...rates: readonly PicoUsd[]): PicoUsd {
  let dearest = 0n;
  for (const rate of rates) if (rate > dearest) dearest = rate;
  return dearest;
}

function tokens(count: number, rate: PicoUsd): PicoUsd {
  return count === 0 ? 0n : BigInt(count) * rate;
}
