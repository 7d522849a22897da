import { FAULTS, type Fault } from '../../core/fault.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { type ProviderError, readProviderError } from '../provider-error.ts';

/**
 * `{error: {message, type, param, code, metadata?}}`, which the SDK maps to its error classes by status and
 * whose members it copies onto them. What a provider refused keeps the provider's own type, param and code,
 * so that code which looks for `context_length_exceeded` goes on working.
 */
export function openAiFaultBody(fault: Fault): JsonObject {
  return { error: openAiError(fault) };
}

/** The error object alone, as streams carry it. */
export function openAiError(fault: Fault): JsonObject {
  const said = rejection(fault);
  const { param, metadata } = fault.details;
  const error: JsonObject = {
    message: fault.message,
    type: said?.type ?? FAULTS[fault.code].openai,
    param: said?.param ?? param ?? null,
    code: said?.code ?? fault.code,
  };
  if (metadata !== undefined) error.metadata = metadata as JsonObject;
  return error;
}

/** What the provider said when it refused the request itself; undefined for every other fault. */
export function rejection(fault: Fault): ProviderError | undefined {
  if (fault.code !== 'provider_rejected') return undefined;
  const original = fault.details.metadata?.provider_error;
  if (typeof original === 'string' || isJsonObject(original))
    return readProviderError(fault.status, original);
  return undefined;
}
