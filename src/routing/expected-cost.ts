import type { PicoUsd } from '../core/money.ts';
import { type Price, worstCase } from '../metering/index.ts';
import type { Needs } from './capabilities.ts';

/** What an answer is taken to be long where the client sets no cap. */
const OUTPUT_TOKENS = 500;

/** What a request may cost at this price, to compare targets by; undefined where it is not priced. */
export function expectedCost(
  price: Price | undefined,
  { inputTokens, outputTokens }: Needs,
): PicoUsd | undefined {
  if (price === undefined) return undefined;
  const output = outputTokens === 0 ? OUTPUT_TOKENS : outputTokens;
  // embeddings have no price for output, and write none
  return worstCase(price, inputTokens, output) ?? worstCase(price, inputTokens, 0);
}
