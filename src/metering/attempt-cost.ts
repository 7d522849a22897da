import type { Attempt } from '../core/attempt.ts';
import { cost } from './cost.ts';
import { scaled } from './price.ts';
import type { PriceTable } from './price-table.ts';

type AttemptCost = NonNullable<Attempt['cost']>;

/**
 * What one attempt costs by the price that held when it began; undefined where it has no known price. What a
 * vendor itself says that it charged wins over any list. An attempt that brought no tokens and no answer costs
 * nothing: vendors bill neither errors nor refused connections.
 *
 * @param orgSlug whose prices; '' for those that hold for all
 */
export function attemptCost(prices: PriceTable, attempt: Attempt, orgSlug = ''): AttemptCost | undefined {
  const { usage } = attempt;
  const { price, reported } = prices.quote(attempt.provider, attempt.model, attempt.startedAtMs, orgSlug);
  if (reported !== undefined && usage.providerCost !== undefined) {
    return { picoUsd: scaled(usage.providerCost, reported.share), priceVersion: reported.version };
  }
  if (price === undefined) return undefined;
  const unbilled = attempt.outcome !== 'answered' && usage.inputTokens === 0 && usage.outputTokens === 0;
  const picoUsd = unbilled ? 0n : cost(price, usage);
  return picoUsd === undefined ? undefined : { picoUsd, priceVersion: price.version };
}
