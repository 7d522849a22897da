import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';
import type { CacheRuling } from './ruling.ts';

/** Why a request is not answered from the cache, and its answer not kept; undefined where it may be. */
export type Bypass = 'no-store' | 'temperature' | 'tools' | 'stored';

/** Members that tie an answer to something that the provider keeps, or runs on its own. */
const TIES = ['previous_response_id', 'conversation', 'background', 'container'] as const;

export function bypassOf(operation: Operation, body: JsonObject, ruling: CacheRuling): Bypass | undefined {
  if (staysAtProvider(operation, body)) return 'stored';
  if (temperatureOf(body) > ruling.maxTemperature) return 'temperature';
  return !ruling.tools && (offers(body.tools) || offers(body.functions)) ? 'tools' : undefined;
}

/** What a provider keeps has an id by which it is deleted or continued: it cannot be anybody else's answer. */
function staysAtProvider(operation: Operation, body: JsonObject): boolean {
  if (operation === 'responses' ? body.store !== false : body.store === true) return true;
  return TIES.some((member) => body[member] !== undefined && body[member] !== null && body[member] !== false);
}

/** Of OpenAI's and Anthropic's bodies, or Gemini's; 0 where none is asked for. */
function temperatureOf({ temperature, generationConfig }: JsonObject): number {
  if (typeof temperature === 'number') return temperature;
  const inner = isJsonObject(generationConfig) ? generationConfig.temperature : undefined;
  return typeof inner === 'number' ? inner : 0;
}

function offers(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}
