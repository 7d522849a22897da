/**
 * Traces over OTLP, only where an endpoint is configured. Spans are made after the request has settled, from
 * what its record knows anyway, so tracing adds nothing to the way of an answer.
 */
import {
  type Attributes,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { spanIdOf, type Trace } from '../core/trace.ts';
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
  readonly attributes: Attributes;
  /** Fault code, where it failed. */
  readonly fault: string | undefined;
}

export interface Traces {
  record(of: Trace, spans: readonly SpanData[]): void;
  close(): Promise<void>;
}

/** Gives the SDK the ids that were decided when the request arrived: the provider has seen them already. */
class GivenIds implements IdGenerator {
  traceId = '';
  spanId = '';
  generateTraceId = (): string => this.traceId;
  generateSpanId = (): string => this.spanId;
}

export function openTraces(settings: TelemetrySettings): Traces | undefined {
  if (settings.otlp_endpoint === undefined) return undefined;
  const exporter = new OTLPTraceExporter({ url: `${settings.otlp_endpoint.replace(/\/$/, '')}/v1/traces` });
  const ids = new GivenIds();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.service_name }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.trace_sample_ratio) }),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('sluice');
  const emit = (of: Trace, span: SpanData): void => {
    ids.traceId = of.traceId;
    ids.spanId = spanIdOf(span.id);
    const parent = span.parentSpanId && {
      traceId: of.traceId,
      spanId: span.parentSpanId,
      traceFlags: Number.parseInt(of.flags, 16) & TraceFlags.SAMPLED,
      isRemote: span.kind === 'server',
    };
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const kind = span.kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT;
    const open = tracer.startSpan(
      span.name,
      { kind, startTime: span.startMs, attributes: span.attributes },
      context,
    );
    if (span.fault !== undefined) open.setStatus({ code: SpanStatusCode.ERROR, message: span.fault });
    open.end(span.endMs);
  };
  return {
    record: (of, spans) => {
      for (const span of spans) emit(of, span);
    },
    close: () => provider.shutdown(),
  };
}
