/** What a trace is told, whoever it is sent to. */
import type { Trace } from '../core/trace.ts';

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
