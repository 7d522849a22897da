import type { Attempt } from '../core/attempt.ts';
import type { PicoUsd } from '../core/money.ts';
import type { PriceTable } from './price-table.ts';
import { cost } from './prices.ts';

export type AttemptCost = NonNullable<Attempt['cost']>;

/**
 * What one attempt costs by the price that held when it began; undefined where it has no known price. An attempt
 * that brought no tokens and no answer costs nothing: vendors bill neither errors nor refused connections.
 */
export function attemptCost(prices: PriceTable, attempt: Attempt): AttemptCost | undefined {
  const price = prices.priceOf(attempt.provider, attempt.model, attempt.startedAtMs);
  if (price === undefined) return undefined;
  const { inputTokens, outputTokens } = attempt.usage;
  const unbilled = attempt.outcome !== 'answered' && inputTokens === 0 && outputTokens === 0;
  const picoUsd = unbilled ? 0n : cost(price, attempt.usage);
  return picoUsd === undefined ? undefined : { picoUsd, priceVersion: price.version };
}

/**
 * The cost of a request so far, over all its attempts; undefined when one of them is unpriced, since a sum that
 * leaves something out is not the cost. Needs no settlement before it: deliver writes it into the last chunk.
 */
export function costOf(prices: PriceTable, attempts: readonly Attempt[]): PicoUsd | undefined {
  let sum = 0n;
  for (const attempt of attempts) {
    const one = attempt.cost ?? attemptCost(prices, attempt);
    if (one === undefined) return undefined;
    sum += one.picoUsd;
  }
  return sum;
}
