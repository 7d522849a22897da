import { asFault, FAULTS, Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';

/** A fault as OpenAI's SDKs read it; the admin API has no other dialect. */
export function faultBody(fault: Fault): JsonObject {
  return {
    error: {
      message: fault.message,
      type: FAULTS[fault.code].openai,
      param: fault.details.param ?? null,
      code: fault.code,
    },
  };
}

/** What was thrown, or what Fastify itself refused, as a row of our table. */
export function adminFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Fault('body_too_large', 'The body is larger than server.body_limit_bytes.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new Fault('unsupported_media_type', 'Send the body with content-type: application/json.');
  }
  const unreadable = code.startsWith('FST_ERR_CTP') || thrown instanceof SyntaxError;
  if (unreadable) return new Fault('invalid_json', 'The body is not valid JSON.');
  return asFault(thrown);
}
