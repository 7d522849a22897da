import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** What a provider's error body says, in OpenAI's terms. */
export interface ProviderError {
  readonly message: string;
  readonly type: string | undefined;
  readonly param: string | undefined;
  readonly code: string | undefined;
}

/** Longer plain text is a page, not a message. */
const MAX_WORDS = 1000;

/**
 * Reads the error body of any provider, whatever its shape: `{error:{…}}`, `{error:"…"}`, `{message}`,
 * `{detail}`, numeric codes, an array around it all, or plain words. undefined when nobody can read it (HTML, no body).
 *
 * @param status the HTTP status: a `code` that only repeats it is not a code
 * @param body the text, whatever its content type says (DeepSeek sends JSON as octet-stream), or its JSON
 */
export function readProviderError(status: number, body: string | Json): ProviderError | undefined {
  const json = typeof body === 'string' ? parsed(body) : body;
  const outer = Array.isArray(json) ? json[0] : json;
  if (!isJsonObject(outer)) return inWords(json === undefined ? body : outer);
  const inner = isJsonObject(outer.error) ? outer.error : outer;
  const message = firstText(inner.message, inner.Message, outer.error, inner.detail, inner.errors, inner.msg);
  if (message === undefined) return undefined;
  return {
    message,
    type: text(inner.type) === 'error' ? undefined : (text(inner.type) ?? text(inner.error_type)),
    param: text(inner.param),
    code: codeOf(status, inner, outer),
  };
}

/** Proxies and small servers say it without JSON. Markup is for eyes. */
function inWords(said: Json | undefined): ProviderError | undefined {
  const message = typeof said === 'string' ? text(said)?.trim() : undefined;
  if (message === undefined || /^[<{[]/.test(message) || message.length > MAX_WORDS) return undefined;
  return { message, type: undefined, param: undefined, code: undefined };
}

function codeOf(status: number, inner: JsonObject, outer: JsonObject): string | undefined {
  for (const value of [inner.code, detailReason(inner.details), inner.status, inner.error_type, outer.code]) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const code = String(value);
    if (code !== '' && code !== String(status)) return code;
  }
  return undefined;
}

/** Google's `details: [{reason: "API_KEY_INVALID"}]`. */
function detailReason(details: Json | undefined): Json | undefined {
  if (!Array.isArray(details)) return undefined;
  return details.find(
    (detail): detail is JsonObject => isJsonObject(detail) && text(detail.reason) !== undefined,
  )?.reason;
}

function firstText(...values: readonly (Json | undefined)[]): string | undefined {
  for (const value of values) {
    const found = deepText(value, 0);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A string, or the first message inside FastAPI's `[{loc, msg, type}]` and its likes. */
function deepText(value: Json | undefined, depth: number): string | undefined {
  if (typeof value === 'string') return text(value);
  if (depth > 3 || typeof value !== 'object' || value === null) return undefined;
  const inside = Array.isArray(value) ? value.slice(0, 1) : [value.message, value.msg, value.detail];
  for (const item of inside) {
    const found = deepText(item, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function parsed(body: string): Json | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
