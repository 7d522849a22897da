/** W3C trace context (https://www.w3.org/TR/trace-context/): the ids that tie a request to its traces. */
export interface Trace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The caller's span, where it sent one. */
  readonly parentSpanId: string | undefined;
  /** Two hex digits; bit 0 = sampled. */
  readonly flags: string;
  /** Passed on as it came. */
  readonly state: string | undefined;
}

const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** The caller's trace, or a new one that starts at this request. @param id UUID of the request */
export function traceOf(traceparent: unknown, tracestate: unknown, id: string): Trace {
  const match = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (!match)
    return { traceId: id.replaceAll('-', ''), parentSpanId: undefined, flags: '01', state: undefined };
  const [, traceId = '', parentSpanId, flags = '01'] = match;
  return { traceId, parentSpanId, flags, state: typeof tracestate === 'string' ? tracestate : undefined };
}

/** The span id of a request or an attempt: the random half of its UUIDv7, which is never all zeros. */
export function spanIdOf(id: string): string {
  return id.slice(19, 23) + id.slice(24);
}

/** What goes upstream: the same trace, and the attempt as the parent of whatever the provider does. */
export function traceparentFor(trace: Trace, attemptId: string): string {
  return `00-${trace.traceId}-${spanIdOf(attemptId)}-${trace.flags}`;
}
