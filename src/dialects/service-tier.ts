import type { Json, JsonObject } from '../core/json.ts';
import type { ServiceTier } from '../core/usage.ts';

/** Every vendor's words. `scale` and `reserved` are bought ahead by capacity, so the list price is that of standard. */
const TIERS: ReadonlyMap<string, ServiceTier> = new Map([
  ...['default', 'standard', 'standard_only', 'auto', 'on_demand', 'scale', 'reserved', 'unspecified'].map(
    (word) => [word, 'standard'] as const,
  ),
  ['flex', 'flex'],
  ['batch', 'batch'],
  ['priority', 'priority'],
  // OpenAI renamed its priority processing on 30 July 2026: openai.com/api-fast-mode
  ['fast', 'priority'],
]);

/** The service that an answer's `service_tier` names, in any vendor's words; standard where it names none. */
export function readServiceTier(value: Json | undefined): ServiceTier {
  return typeof value === 'string' ? (TIERS.get(value.toLowerCase()) ?? 'other') : 'standard';
}

/** What the price of a request depends on beside its tokens, as the request asks for it; the answer has the last word. */
export interface RequestedService {
  readonly serviceTier: ServiceTier;
  readonly regional: boolean;
}

const STANDARD: RequestedService = { serviceTier: 'standard', regional: false };

/** The service that a request body asks for, in any dialect: it decides how much must be reserved. */
export function requestedService(body: JsonObject): RequestedService {
  const { service_tier: tier, serviceTier, speed, inference_geo: geo } = body;
  const named = tier ?? serviceTier;
  if (named === undefined && speed === undefined && geo === undefined) return STANDARD;
  return { serviceTier: speed === 'fast' ? 'fast' : readServiceTier(named), regional: isRegional(geo) };
}

/** Anthropic's `inference_geo`: `us` costs more, everything else does not. */
export function isRegional(geo: Json | undefined): boolean {
  return geo === 'us';
}
