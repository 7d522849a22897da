/** What is told of a served request: metrics, one access-log line, spans. Never content, keys or people. */
import type { Attempt } from '../core/attempt.ts';
import { approximateUsd } from '../core/money.ts';
import { spanIdOf } from '../core/trace.ts';
import type { AccessLog, Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { SpanData, Traces } from '../telemetry/span.ts';
import type { Served } from './serve.ts';
import { CALL_UPSTREAM } from './stage.ts';

export interface Observers {
  readonly metrics: Metrics;
  /** undefined: no access log. */
  readonly accessLog: AccessLog | undefined;
  readonly log: Log;
  readonly traces: Traces | undefined;
}

export function observer({ metrics, accessLog, log, traces }: Observers): (served: Served) => void {
  return (served) => {
    count(metrics, served);
    accessLog?.(accessLine(served));
    for (const { stage, fault } of served.failures) {
      log.error(
        { requestId: served.x.requestId, stage, fault: fault.code, internal: fault.details.internal },
        'a stage failed to settle',
      );
    }
    if (served.ending.kind !== 'done' && served.ending.fault.code === 'internal_error') {
      log.error(
        { requestId: served.x.requestId, internal: served.ending.fault.details.internal },
        'internal error',
      );
    }
    if (traces) traces.record(served.x.trace, () => spans(served));
  };
}

function faultOf({ ending }: Served): string {
  return ending.kind === 'done' ? '' : ending.fault.code;
}

/** What was done: the endpoint's operation, or `responses.retrieve` and the like. */
function operationOf({ x: { endpoint } }: Served): string {
  return endpoint.stored?.action ?? endpoint.operation;
}

function count(metrics: Metrics, served: Served): void {
  const { x, walk, ending, durationMs } = served;
  const operation = operationOf(served);
  const fault = faultOf(served);
  metrics.requests.of(operation, ending.kind, fault).inc();
  if (fault === 'internal_error') metrics.internalErrors.inc();
  metrics.requestSeconds
    .of(operation, x.call?.described.stream ? 'true' : 'false')
    .observe(durationMs / 1000);
  for (let index = 0; index < walk.stageMs.length; index++) {
    const stage = walk.name(index);
    if (stage !== CALL_UPSTREAM)
      metrics.stageSeconds.of(stage).observe((walk.stageMs[index] as number) / 1000);
  }
  metrics.overheadSeconds.of(operation).observe(walk.ownMs() / 1000);
  for (const attempt of x.attempts) countAttempt(metrics, attempt, operation, x.principal?.orgSlug ?? '');
  const cache = x.answerHeaders['x-sluice-cache'];
  if (cache !== undefined) metrics.cache.of(cache).inc();
  const saved = x.answer?.saving?.picoUsd;
  if (saved !== undefined) metrics.savedUsd.of(x.principal?.orgSlug ?? '').inc(approximateUsd(saved));
  for (const finding of x.redaction?.findings() ?? []) {
    metrics.findings.of(finding.entity, finding.action, finding.direction).inc(finding.count);
  }
  for (const failure of served.failures) metrics.settleFailures.of(failure.fault.code).inc();
}

/** What was asked beside the requests of clients: only its calls to providers count. */
export function countCalls(metrics: Metrics, { attempts, endpoint, principal }: Served['x']): void {
  for (const attempt of attempts) {
    countAttempt(metrics, attempt, endpoint.operation, principal?.orgSlug ?? '');
  }
}

function countAttempt(metrics: Metrics, attempt: Attempt, operation: string, org: string): void {
  const { provider, usage, cost } = attempt;
  const model = metrics.models.of(attempt.model, attempt.outcome === 'answered');
  metrics.attempts.of(provider, model, attempt.outcome).inc();
  if (attempt.firstByteMs !== undefined)
    metrics.firstByteSeconds.of(provider, model).observe(attempt.firstByteMs / 1000);
  metrics.genAiSeconds.of(operation, provider, model).observe((attempt.durationMs ?? 0) / 1000);
  if (usage.inputTokens > 0) metrics.tokens.of(provider, model, 'input').inc(usage.inputTokens);
  if (usage.outputTokens > 0) metrics.tokens.of(provider, model, 'output').inc(usage.outputTokens);
  if (usage.cachedInputTokens > 0)
    metrics.tokens.of(provider, model, 'cached_input').inc(usage.cachedInputTokens);
  if (usage.reasoningTokens > 0) metrics.tokens.of(provider, model, 'reasoning').inc(usage.reasoningTokens);
  metrics.genAiTokens.of(operation, provider, model, 'input').observe(usage.inputTokens);
  metrics.genAiTokens.of(operation, provider, model, 'output').observe(usage.outputTokens);
  if (cost === undefined) metrics.unpriced.of(provider, model).inc();
  else metrics.costUsd.of(org, provider, model).inc(approximateUsd(cost.picoUsd));
}

function accessLine(served: Served): Record<string, unknown> {
  const { x, walk, ending, status, durationMs } = served;
  const attempt = x.attempts.at(-1);
  return {
    requestId: x.requestId,
    traceId: x.trace.traceId,
    operation: operationOf(served),
    org: x.principal?.orgId,
    actor: x.principal?.actor,
    status,
    outcome: ending.kind,
    fault: faultOf(served) || undefined,
    provider: attempt?.provider,
    model: attempt?.model,
    attempts: x.attempts.length,
    inputTokens: attempt?.usage.inputTokens,
    outputTokens: attempt?.usage.outputTokens,
    durationMs: round(durationMs),
    overheadMs: round(walk.ownMs()),
    firstByteMs: attempt?.firstByteMs === undefined ? undefined : round(attempt.firstByteMs),
  };
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

function spans(served: Served): SpanData[] {
  const { x, ending, durationMs } = served;
  const fault = faultOf(served);
  const server: SpanData = {
    id: x.id,
    name: `${x.endpoint.method} ${x.endpoint.path}`,
    kind: 'server',
    parentSpanId: x.trace.parentSpanId,
    startMs: x.arrivedAtMs,
    endMs: x.arrivedAtMs + durationMs,
    attributes: {
      'http.request.method': x.endpoint.method,
      'http.route': x.endpoint.path,
      'http.response.status_code': served.status,
      'sluice.request_id': x.requestId,
      'sluice.org_id': x.principal?.orgId ?? '',
      'sluice.outcome': ending.kind,
      ...(fault === '' ? {} : { 'error.type': fault }),
    },
    error: ending.kind === 'failed' ? fault : undefined,
  };
  return [server, ...x.attempts.map((attempt) => attemptSpan(served, attempt))];
}

/** Names of https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ */
function attemptSpan({ x }: Served, attempt: Attempt): SpanData {
  const answered = attempt.outcome === 'answered';
  const reason = attempt.reason ?? (answered ? undefined : attempt.outcome);
  return {
    id: attempt.id,
    name: `${x.endpoint.operation} ${attempt.model}`,
    kind: 'client',
    parentSpanId: spanIdOf(x.id),
    startMs: attempt.startedAtMs,
    endMs: attempt.startedAtMs + (attempt.durationMs ?? 0),
    attributes: {
      'gen_ai.operation.name': x.endpoint.operation,
      'gen_ai.provider.name': attempt.provider,
      'gen_ai.request.model': attempt.model,
      'gen_ai.request.stream': x.call?.described.stream ?? false,
      'gen_ai.usage.input_tokens': attempt.usage.inputTokens,
      'gen_ai.usage.output_tokens': attempt.usage.outputTokens,
      'sluice.requested_model': x.call?.described.model ?? attempt.model,
      'sluice.attempt.outcome': attempt.outcome,
      'sluice.attempt.role': attempt.role,
      ...(attempt.status === undefined ? {} : { 'http.response.status_code': attempt.status }),
      ...(reason === undefined ? {} : reasonAttribute(answered, reason)),
    },
    error: attempt.outcome === 'failed' ? reason : undefined,
  };
}

function reasonAttribute(answered: boolean, reason: string): SpanData['attributes'] {
  return answered ? { 'gen_ai.response.finish_reasons': [reason] } : { 'error.type': reason };
}
