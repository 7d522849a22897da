/** Which headers cross the gateway, in either direction. Both are lists of what passes: nothing else does. */
import type { IncomingHttpHeaders } from 'node:http';
import { ANTHROPIC_LIMITS, exhaustedUntilMs, OPENAI_LIMITS, readRateLimits } from './rate-limits.ts';

/** Headers that a client names in `Connection` are its own affair (RFC 9110 §7.6.1) and go no further. */
function connectionNames(headers: IncomingHttpHeaders): readonly string[] {
  const connection = headers.connection;
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return [];
  return connection.split(',').map((name) => name.trim().toLowerCase());
}

/**
 * Copies the client's headers that the provider may see into `target`. What `target` holds already is the gateway's
 * own and stays.
 */
export function forwardHeaders(
  client: IncomingHttpHeaders,
  names: readonly string[],
  target: Record<string, string>,
): void {
  const dropped = connectionNames(client);
  for (const name of names) {
    const value = client[name];
    if (typeof value === 'string' && !dropped.includes(name)) target[name] = value;
  }
}

const PASSED_ON = ['openai-processing-ms', 'openai-version', 'x-sluice-dropped'] as const;
const REQUEST_IDS = ['x-request-id', 'request-id', 'x-generation-id', 'x-ds-trace-id'] as const;

/** The headers of a provider's answer that the client sees: its own rate limits and account are not among them. */
export function answerHeaders(headers: IncomingHttpHeaders, stream: boolean): Record<string, string> {
  const passed: Record<string, string> = {
    'content-type':
      headers['content-type'] ?? (stream ? 'text/event-stream; charset=utf-8' : 'application/json'),
  };
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (typeof value === 'string') passed[name] = value;
  }
  for (const name of REQUEST_IDS) {
    const value = headers[name];
    if (typeof value !== 'string') continue;
    passed['x-provider-request-id'] = value;
    break;
  }
  return passed;
}

/** Google's RetryInfo, and the words of OpenAI where it sends no header. */
const SAID = /"retryDelay":\s*"(\d+(?:\.\d+)?)(s)"|try again in (\d+(?:\.\d+)?)(ms|s)\b/;

/**
 * How long a provider asks to be left alone, in milliseconds. Read only on 429, 503 and 529: Anthropic sends
 * `retry-after` with 200 too. Where no header says it, the limits that are used up do, or the refusal itself.
 * @param refusal the body, where it was read
 */
export function retryAfterMs(
  status: number,
  headers: IncomingHttpHeaders,
  nowMs: number,
  refusal = '',
): number | undefined {
  if (status !== 429 && status !== 503 && status !== 529) return undefined;
  return headerMs(headers, nowMs) ?? limitMs(headers, nowMs) ?? saidMs(refusal);
}

function limitMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  for (const names of [OPENAI_LIMITS, ANTHROPIC_LIMITS]) {
    const untilMs = exhaustedUntilMs(readRateLimits(headers, names, nowMs), nowMs);
    if (untilMs > 0) return untilMs - nowMs;
  }
  return undefined;
}

function saidMs(refusal: string): number | undefined {
  const said = SAID.exec(refusal);
  if (said === null) return undefined;
  return Number(said[1] ?? said[3]) * ((said[2] ?? said[4]) === 'ms' ? 1 : 1000);
}

function headerMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const precise = headers['retry-after-ms'];
  if (typeof precise === 'string' && /^\d{1,12}(\.\d+)?$/.test(precise)) return Number(precise);
  const text = headers['retry-after'];
  if (typeof text !== 'string') return undefined;
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
