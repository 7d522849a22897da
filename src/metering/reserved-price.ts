/** The price by which a request is reserved: of the service that it asks for, with the searches that it allows. */
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { PicoUsd } from '../core/money.ts';
import { requestedService } from '../dialects/index.ts';
import { inService, type Price } from './price.ts';

/** Vendors state no limit of searches; a model that is asked to research was seen to make about this many. */
const USUAL_SEARCHES = 20;

/**
 * Its tiers are those of the service that the body asks for, and its fee for the request covers the searches that
 * the provider may run: as many as the body allows, or as is usual where it sets no limit.
 *
 * @returns undefined where the service, or a search that the body allows, has no known price
 */
export function reservedPrice(price: Price, body: JsonObject): Price | undefined {
  const served = inService(price, requestedService(body));
  if (served === undefined || !Array.isArray(body.tools)) return served;
  const searches = searchFees(served, body.tools, limitOf(body.max_tool_calls) ?? USUAL_SEARCHES);
  if (searches === undefined || searches === 0n) return searches === undefined ? undefined : served;
  return { ...served, fees: { ...served.fees, request: served.fees.request + searches } };
}

function searchFees({ fees }: Price, tools: readonly Json[], most: number): PicoUsd | undefined {
  let sum = 0n;
  for (const tool of tools) {
    if (!isJsonObject(tool) || typeof tool.type !== 'string') continue;
    const web = tool.type.startsWith('web_search');
    if (!web && tool.type !== 'file_search') continue;
    const fee = web ? fees.webSearch : fees.fileSearch;
    if (fee === undefined) return undefined;
    // Anthropic's own limit of one tool.
    sum += fee * BigInt(limitOf(tool.max_uses) ?? most);
  }
  return sum;
}

function limitOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
