import { z } from 'zod';

export const telemetrySettings = z.strictObject({
  log_level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severity that is logged (JSON lines on standard output).'),
  access_log: z
    .boolean()
    .default(true)
    .describe('One line per request: ids, outcome, durations, tokens; never content.'),
  metrics_key: z
    .string()
    .min(16)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .optional()
    .describe(
      'What /metrics asks for as Authorization: Bearer. Without it whoever reaches the port reads what every organisation spends.',
    ),
  otlp_endpoint: z
    .url()
    .optional()
    .describe(
      'Base URL of an OpenTelemetry collector (OTLP over HTTP). Traces are sent only where it is set.',
    ),
  service_name: z.string().min(1).default('sluice').describe('service.name of the traces.'),
  trace_sample_ratio: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of traces kept of those that no caller has decided on already.'),
});

export type TelemetrySettings = z.output<typeof telemetrySettings>;
