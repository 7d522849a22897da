/** The metrics of the request path. Base units; label values are bounded; keys and users are never labels. */
import { collectDefaultMetrics, Gauge, Counter as ReadCounter, Registry } from 'prom-client';
import { ModelLabels } from './models.ts';
import { Counter, Family, Histogram, registerCounter, registerHistogram } from './series.ts';

/** Overheads are fractions of a millisecond, answers take minutes. */
const OVERHEAD_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];
const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];
/** Bucket boundaries of gen_ai.client.token.usage (OpenTelemetry semantic conventions for generative AI). */
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

/** Models that are told apart in labels. */
const MODELS_MAX = 100;

export type Metrics = ReturnType<typeof openMetrics>;

export function openMetrics(registry: Registry = new Registry()) {
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: readonly string[]) => {
    const family = new Family(labelNames, () => new Counter());
    registerCounter(registry, name, help, family);
    return family;
  };
  const histogram = (
    name: string,
    help: string,
    labelNames: readonly string[],
    bounds: readonly number[],
  ) => {
    const family = new Family(labelNames, () => new Histogram(bounds));
    registerHistogram(registry, name, help, bounds, family);
    return family;
  };
  const byModel = ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model'];
  return {
    registry,
    /** Whatever names a model in a label asks here first. */
    models: new ModelLabels(MODELS_MAX),
    requests: counter('sluice_requests_total', 'Requests by how they ended.', [
      'operation',
      'outcome',
      'fault',
    ]),
    requestSeconds: histogram(
      'sluice_request_duration_seconds',
      'From arrival until settled.',
      ['operation', 'stream'],
      ANSWER_SECONDS,
    ),
    overheadSeconds: histogram(
      'sluice_overhead_seconds',
      "The gateway's own time before the provider was called: authentication, policy, redaction and everything else.",
      ['operation'],
      OVERHEAD_SECONDS,
    ),
    stageSeconds: histogram(
      'sluice_stage_duration_seconds',
      "The gateway's own time in each stage of the pipeline; `read` waits for the caller's body, too.",
      ['stage'],
      OVERHEAD_SECONDS,
    ),
    firstByteSeconds: histogram(
      'sluice_first_byte_seconds',
      "From the start of an attempt to the provider's first byte.",
      ['provider', 'model'],
      ANSWER_SECONDS,
    ),
    attempts: counter('sluice_attempts_total', 'Calls to providers by how they ended.', [
      'provider',
      'model',
      'outcome',
    ]),
    tokens: counter('sluice_tokens_total', 'Tokens by class.', ['provider', 'model', 'class']),
    costUsd: counter(
      'sluice_cost_usd_total',
      'Cost of attempts in dollars, approximate; the ledger is exact.',
      ['org', 'provider', 'model'],
    ),
    unpriced: counter('sluice_unpriced_attempts_total', 'Attempts with a model whose price is not known.', [
      'provider',
      'model',
    ]),
    cache: counter(
      'sluice_cache_lookups_total',
      'Requests that policy lets the cache answer, by what came of it.',
      ['result'],
    ),
    savedUsd: counter(
      'sluice_cache_saved_usd_total',
      'What answers from the cache had cost, in dollars, approximate.',
      ['org'],
    ),
    findings: counter('sluice_redaction_findings_total', 'What redaction found.', [
      'entity',
      'action',
      'direction',
    ]),
    /** There from the start, so that the first one shows as an increase. */
    internalErrors: counter(
      'sluice_internal_errors_total',
      'Requests that ended with an internal error; each is a defect and stands in the log.',
      [],
    ).of(),
    settleFailures: counter(
      'sluice_settle_failures_total',
      'Stages that failed to settle; each one is a bug or a full journal.',
      ['fault'],
    ),
    genAiTokens: histogram(
      'gen_ai_client_token_usage',
      'Tokens per operation.',
      [...byModel, 'gen_ai_token_type'],
      TOKENS,
    ),
    genAiSeconds: histogram(
      'gen_ai_client_operation_duration_seconds',
      'Duration of provider calls.',
      byModel,
      ANSWER_SECONDS,
    ),
  };
}

/** What one number for all workers of a node is made of. */
export type Together = 'sum' | 'min' | 'max';

/**
 * A gauge that is read when it is scraped.
 * @param read the value now
 * @param together how the workers' values become one
 */
export function gauge(
  metrics: Pick<Metrics, 'registry'>,
  name: string,
  help: string,
  read: () => number,
  together: Together = 'sum',
): void {
  new Gauge({
    name,
    help,
    registers: [metrics.registry],
    aggregator: together,
    collect() {
      this.set(read());
    },
  });
}

/** A counter that is read when it is scraped. @param read the count since the start; never goes down */
export function counted(
  metrics: Pick<Metrics, 'registry'>,
  name: string,
  help: string,
  read: () => number,
): void {
  new ReadCounter({
    name,
    help,
    registers: [metrics.registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
