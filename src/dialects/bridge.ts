import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Operation } from './dialect.ts';
import { modelTraits } from './models.ts';

/**
 * The operation in which OpenAI itself wants a request that the client has written for another one of its own: chat
 * completions of its newer models refuse tools beside an effort ("use /v1/responses or set reasoning_effort to 'none'").
 * @param model as the provider knows it
 * @returns undefined where the client's own will do
 */
export function bridge(operation: Operation, model: string, body: JsonObject): Operation | undefined {
  if (operation !== 'chat') return undefined;
  const { reasoning_effort: effort, tools } = body;
  if (typeof effort !== 'string' || effort === 'none' || !Array.isArray(tools)) return undefined;
  return tools.some(isJsonObject) && !modelTraits(model).chatToolsReason ? 'responses' : undefined;
}
