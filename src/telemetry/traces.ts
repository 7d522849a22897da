import type { TelemetrySettings } from './settings.ts';
import type { Traces } from './span.ts';

/** Traces, only where an endpoint is configured: without one the OpenTelemetry SDK is not even loaded. */
export async function openTraces(settings: TelemetrySettings): Promise<Traces | undefined> {
  const { otlp_endpoint: endpoint } = settings;
  if (endpoint === undefined) return undefined;
  const { otlpTraces } = await import('./otlp.ts');
  return otlpTraces(endpoint, settings);
}
