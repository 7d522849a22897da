import { Readable } from 'node:stream';
import type { Attempt } from '../../src/core/attempt.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { traceOf } from '../../src/core/trace.ts';
import { NO_USAGE, type Usage } from '../../src/core/usage.ts';
import type { Dialect, Operation } from '../../src/dialects/dialect.ts';
import type { Arrival, Call } from '../../src/gateway/stage.ts';
import type { Principal } from '../../src/identity/index.ts';
import type { Verdict } from '../../src/policies/index.ts';
import type { Plan } from '../../src/providers/index.ts';

/** The exchange of a chat request as it stands before hold-budget; parts of it for stages before. */
export interface TestExchange extends Arrival {
  principal: Principal;
  call: Call;
  plan: Plan;
  verdict: Verdict;
}

export function testPrincipal(part: Partial<Principal> = {}): Principal {
  return {
    kind: 'key',
    actor: 'key/test',
    orgId: '00000000-0000-7000-8000-000000000001',
    orgSlug: 'test',
    teamId: null,
    userId: null,
    keyId: '00000000-0000-7000-8000-000000000002',
    email: null,
    role: 'member',
    managedTeams: [],
    uses: { inference: true, admin: false },
    models: null,
    tags: {},
    org: {
      allowedProviders: null,
      restrictedProviders: [],
      defaultProvider: null,
      dataResidency: null,
      storeContent: false,
    },
    ...part,
  };
}

/** Only what the stages under test ask of a dialect. */
const dialect = {
  setOutputCap: (body: JsonObject, tokens: number) => {
    body.max_tokens = tokens;
  },
} as Partial<Dialect> as Dialect;

export interface ExchangeParts {
  readonly body?: JsonObject;
  readonly operation?: Operation;
  readonly principal?: Principal;
  readonly plan?: Plan;
  readonly unpriced?: Verdict['unpriced'];
}

export function testExchange(parts: ExchangeParts = {}): TestExchange {
  const body: JsonObject = parts.body ?? { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  const cap = body.max_tokens;
  const id = '00000000-0000-7000-8000-000000000003';
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    id,
    trace: traceOf(undefined, undefined, id),
    payload: Readable.from([bytes]),
    declaredBytes: bytes.length,
    requestId: 'req_test',
    endpoint: { method: 'POST', path: '/v1/test', operation: parts.operation ?? 'chat', dialect },
    headers: {},
    remoteAddress: '127.0.0.1',
    arrivedAtMs: 0,
    startedMs: 0,
    bytes,
    signal: new AbortController().signal,
    answerHeaders: {},
    attempts: [],
    answer: null,
    principal: parts.principal ?? testPrincipal(),
    call: {
      body,
      described: {
        model: 'm',
        stream: false,
        outputCapTokens: typeof cap === 'number' ? cap : undefined,
        choices: typeof body.n === 'number' ? body.n : 1,
        tools: [],
        user: undefined,
      },
      changed: false,
    },
    plan: parts.plan ?? { targets: [{ provider: 'p', model: 'm', region: undefined }] },
    verdict: {
      policies: [],
      permits: () => undefined,
      redaction: undefined,
      cacheTtlMs: undefined,
      unpriced: parts.unpriced ?? 'allow',
      onDisconnect: 'cancel',
    },
  };
}

export function testAttempt(usage: Partial<Usage>, part: Partial<Attempt> = {}): Attempt {
  return {
    id: '00000000-0000-7000-8000-000000000004',
    provider: 'p',
    model: 'm',
    region: undefined,
    startedAtMs: 0,
    firstByteMs: undefined,
    durationMs: undefined,
    status: 200,
    outcome: 'answered',
    reason: undefined,
    usage: { ...NO_USAGE, source: 'reported', ...usage },
    responseId: undefined,
    cost: undefined,
    ...part,
  };
}
