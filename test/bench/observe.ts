/**
 * What it costs to tell of one request: metrics, and the access-log line (written to a file), in microseconds.
 *   npx --no node test/bench/observe.ts
 */
import pino from 'pino';
import { systemClock } from '../../src/core/clock.ts';
import { observer } from '../../src/gateway/observe.ts';
import type { Served } from '../../src/gateway/serve.ts';
import { Walk } from '../../src/gateway/walk.ts';
import { openAccessLog, openLog } from '../../src/telemetry/log.ts';
import { openMetrics } from '../../src/telemetry/metrics.ts';
import { testExchange, testPrincipal } from '../support/exchange.ts';
import { attempt } from '../support/records.ts';

const STAGES = [
  'record',
  'authenticate',
  'admit',
  'read',
  'resolve-prompt',
  'apply-policy',
  'redact',
  'consult-cache',
  'route',
  'admit-call',
  'hold-budget',
  'call-upstream',
];
const ROUNDS = 7;
const REQUESTS = 50_000;
const MODELS = 20;

/** A served request of one answered attempt, as the street leaves it. */
async function served(model: string): Promise<Served> {
  const x = testExchange({ principal: testPrincipal({ orgSlug: 'demo' }) });
  x.attempts.push(attempt({ model }));
  const exchange = { admission: null, redaction: null, hold: null, ...x };
  const stages = STAGES.map((name) => ({ name, enter: () => undefined }));
  const walk = new Walk(stages as never, exchange as never, systemClock);
  await walk.enter().catch(() => undefined); // nobody answers: only the stages' times are wanted
  return {
    x: exchange,
    walk,
    ending: { kind: 'done' },
    status: 200,
    durationMs: 81.4,
    failures: [],
  } as never;
}

const requests = await Promise.all(Array.from({ length: MODELS }, (_, n) => served(`model-${n}`)));
const destination = pino.destination({ dest: '/dev/null', sync: false, minLength: 4096 });
const log = openLog('info', destination);

for (const accessLog of [undefined, openAccessLog(log)]) {
  const observe = observer({ metrics: openMetrics(), accessLog, log, traces: undefined });
  const micros: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.cpuUsage();
    for (let n = 0; n < REQUESTS; n++) observe(requests[n % MODELS] as Served);
    const { user, system } = process.cpuUsage(began);
    micros.push((user + system) / REQUESTS);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [best, median] = [Math.min(...micros), micros.sort((a, b) => a - b)[ROUNDS >> 1]];
  console.log(
    `${accessLog ? 'metrics and access log' : 'metrics'}: ${median?.toFixed(1)} µs a request (best ${best.toFixed(1)})`,
  );
}
