import { FAULTS, type Fault } from '../../core/fault.ts';
import type { JsonObject } from '../../core/json.ts';
import { rejection } from '../openai-common/faults.ts';

/**
 * `{type:'error', error:{type, message, details:{error_code, …}}, request_id}`. The SDK maps the status to its
 * error classes and reads our code from `details.error_code`; what a provider refused keeps the provider's type.
 */
export function anthropicFaultBody(fault: Fault, requestId: string): JsonObject {
  return { type: 'error', error: anthropicError(fault), request_id: requestId };
}

/** The error object alone. */
export function anthropicError(fault: Fault): JsonObject {
  const said = rejection(fault);
  const { param, metadata } = fault.details;
  const details: JsonObject = { error_code: said?.code ?? fault.code };
  const field = said?.param ?? param;
  if (field !== undefined) details.param = field;
  if (metadata !== undefined) details.metadata = metadata as JsonObject;
  const type = said?.type ?? FAULTS[fault.code].anthropic;
  return { type, message: fault.message, details };
}
