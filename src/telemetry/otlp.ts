/** Spans to an OpenTelemetry collector, as OTLP over HTTP. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { spanIdOf, type Trace } from '../core/trace.ts';
import type { TelemetrySettings } from './settings.ts';
import type { SpanData, Traces } from './span.ts';

/** Gives the SDK the ids that were decided when the request arrived: the provider has seen them already. */
class GivenIds implements IdGenerator {
  traceId = '';
  spanId = '';
  generateTraceId = (): string => this.traceId;
  generateSpanId = (): string => this.spanId;
}

/** @param endpoint base URL of the collector */
export function otlpTraces(endpoint: string, settings: TelemetrySettings): Traces {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const ids = new GivenIds();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.service_name }),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('sluice');
  const ratio = new TraceIdRatioBasedSampler(settings.trace_sample_ratio);
  // Whole requests are kept or left out. A caller that has decided is followed.
  const sampled = (of: Trace): boolean =>
    of.parentSpanId === undefined
      ? ratio.shouldSample(ROOT_CONTEXT, of.traceId).decision === SamplingDecision.RECORD_AND_SAMPLED
      : (flagsOf(of) & TraceFlags.SAMPLED) !== 0;
  const emit = (of: Trace, span: SpanData): void => {
    ids.traceId = of.traceId;
    ids.spanId = spanIdOf(span.id);
    const parent = span.parentSpanId && {
      traceId: of.traceId,
      spanId: span.parentSpanId,
      traceFlags: TraceFlags.SAMPLED,
      isRemote: span.kind === 'server',
    };
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const kind = span.kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT;
    const open = tracer.startSpan(
      span.name,
      { kind, startTime: span.startMs, attributes: span.attributes },
      context,
    );
    if (span.error !== undefined) open.setStatus({ code: SpanStatusCode.ERROR, message: span.error });
    open.end(span.endMs);
  };
  return {
    record: (of, spans) => {
      if (sampled(of)) for (const span of spans()) emit(of, span);
    },
    close: () => provider.shutdown(),
  };
}

function flagsOf(of: Trace): number {
  return Number.parseInt(of.flags, 16);
}
