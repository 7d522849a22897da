import type { PicoUsd } from '../core/money.ts';
import type { Price, Rates } from './price.ts';

/**
 * The most that a request of at most so many tokens can cost: every input token in the dearest input class,
 * every output token in the dearest output class, in the dearest tier it can reach. Undefined where unpriced.
 * Of a `reservedPrice`, so that the service and the searches are in it.
 */
export function worstCase(price: Price, inputTokens: number, outputTokens: number): PicoUsd | undefined {
  let dearest: PicoUsd | undefined;
  for (const { aboveInputTokens, rates } of price.tiers) {
    if (aboveInputTokens >= inputTokens && aboveInputTokens >= 0) break;
    const output = outputTokens === 0 ? 0n : dearestOutput(rates);
    if (output === undefined) return undefined;
    const sum = price.fees.request + tokens(inputTokens, dearestInput(rates)) + tokens(outputTokens, output);
    if (dearest === undefined || sum > dearest) dearest = sum;
  }
  return dearest;
}

/** How many output tokens `amount` pays for beside the input; negative where it does not even pay for that. */
export function affordableOutput(price: Price, inputTokens: number, amount: PicoUsd): number {
  let fewest = Number.MAX_SAFE_INTEGER;
  for (const { aboveInputTokens, rates } of price.tiers) {
    if (aboveInputTokens >= inputTokens && aboveInputTokens >= 0) break;
    const rest = amount - price.fees.request - tokens(inputTokens, dearestInput(rates));
    if (rest < 0n) return -1;
    const output = dearestOutput(rates);
    if (output === undefined) return -1;
    if (output > 0n) fewest = Math.min(fewest, Number(rest / output));
  }
  return fewest;
}

function dearestInput(rates: Rates): PicoUsd {
  const { input, cachedInput, cacheWrite, cacheWrite1h, audioInput, imageInput } = rates;
  return dearestOf(input, cachedInput, cacheWrite, cacheWrite1h, audioInput, imageInput);
}

function dearestOutput({ output, reasoning, audioOutput, imageOutput }: Rates): PicoUsd | undefined {
  if (output === undefined || reasoning === undefined) return undefined;
  if (audioOutput === undefined || imageOutput === undefined) return undefined;
  return dearestOf(output, reasoning, audioOutput, imageOutput);
}

function dearestOf(...rates: readonly PicoUsd[]): PicoUsd {
  let dearest = 0n;
  for (const rate of rates) if (rate > dearest) dearest = rate;
  return dearest;
}

function tokens(count: number, rate: PicoUsd): PicoUsd {
  return count === 0 ? 0n : BigInt(count) * rate;
}
