import type { Attempt } from '../core/attempt.ts';
import type { PriceTable } from './price-table.ts';
import { cost } from './prices.ts';

type AttemptCost = NonNullable<Attempt['cost']>;

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
