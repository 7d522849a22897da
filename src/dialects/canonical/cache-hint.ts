import type { JsonObject } from '../../core/json.ts';
import { readObject } from '../fields.ts';
import type { CacheTtl } from './request.ts';
import type { Trail } from './trail.ts';

/** `cache_control`, which Anthropic made and OpenRouter's clients send in chat. */
export function cacheHint(holder: JsonObject, path: string, trail: Trail): CacheTtl | undefined {
  const control = readObject(holder.cache_control);
  if (control === undefined) return undefined;
  trail.uses('cache_hint', path === '' ? 'cache_control' : `${path}.cache_control`);
  return control.ttl === '1h' ? '1h' : '5m';
}
