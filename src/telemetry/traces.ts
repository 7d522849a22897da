/** Traces, only where an endpoint is configured: without one the OpenTelemetry SDK is not even loaded. */
import type { Trace } from '../core/trace.ts';
import type { TelemetrySettings } from './settings.ts';

export interface SpanData {
  /** The UUID of the request or attempt; the span id follows from it. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'server' | 'client';
  /** Span id of the parent within the same trace. */
  readonly parentSpanId: string | undefined;
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean | string[]>>;
  /** Fault code, where it is an error of this side: a refusal is none. */
  readonly error: string | undefined;
}

export interface Traces {
  /** Takes the spans of one request, after it has settled: tracing adds nothing to the way of an answer. */
  record(of: Trace, spans: () => readonly SpanData[]): void;
  /** Sends what is still held. */
  close(): Promise<void>;
}

export async function openTraces(settings: TelemetrySettings): Promise<Traces | undefined> {
  const { otlp_endpoint: endpoint } = settings;
  if (endpoint === undefined) return undefined;
  const { otlpTraces } = await import('./otlp.ts');
  return otlpTraces(endpoint, settings);
}
