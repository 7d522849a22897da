import type { Fault } from '../../core/fault.ts';
import type { JsonObject } from '../../core/json.ts';

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** `{error: {code, message, status, details}}` as Google's APIs have it; our own code is the `reason`. */
export function geminiFaultBody(fault: Fault): JsonObject {
  const { metadata, param, retryAfterMs } = fault.details;
  const info: JsonObject = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: fault.code,
    domain: 'sluice',
  };
  if (param !== undefined || metadata !== undefined) {
    info.metadata = { ...(metadata as JsonObject), ...(param === undefined ? {} : { param }) };
  }
  const details: JsonObject[] = [info];
  if (retryAfterMs !== undefined) {
    const retryDelay = `${Math.ceil(retryAfterMs / 1000)}s`;
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
  }
  const status = STATUSES[fault.status] ?? (fault.status < 500 ? 'FAILED_PRECONDITION' : 'UNKNOWN');
  return { error: { code: fault.status, message: fault.message, status, details } };
}
