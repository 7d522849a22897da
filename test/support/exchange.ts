/** Requests, callers and attempts made by hand, to try single stages without the whole street. */
import { Readable } from 'node:stream';
import type { Attempt } from '../../src/core/attempt.ts';
import type { Fault } from '../../src/core/fault.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { traceOf } from '../../src/core/trace.ts';
import { NO_USAGE, type Usage } from '../../src/core/usage.ts';
import type { Dialect, Operation } from '../../src/dialects/dialect.ts';
import {
  anthropicCountTokens,
  anthropicMessages,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiModerations,
  openAiResponses,
} from '../../src/dialects/index.ts';
import { type Arrival, type ByteSource, Call, type HasCall } from '../../src/gateway/stage.ts';
import { clientClosed } from '../../src/gateway/walk.ts';
import type { HasPrincipal, Principal } from '../../src/identity/index.ts';
import type { HasVerdict, Verdict } from '../../src/policies/index.ts';
import type { HasPrompt } from '../../src/prompts/index.ts';
import { type HasKept, type HasPlan, type Manner, PATIENT, type Target } from '../../src/providers/index.ts';

export const DIALECT_OF = {
  chat: openAiChat,
  completions: openAiCompletions,
  embeddings: openAiEmbeddings,
  responses: openAiResponses,
  moderations: openAiModerations,
  messages: anthropicMessages,
  count_tokens: anthropicCountTokens,
} as const satisfies Partial<Record<Operation, Dialect>>;

/** A member of the organisation `test` who calls with a key. */
export function testPrincipal(change: Partial<Principal> = {}): Principal {
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
    ...change,
  };
}

export interface ArrivalOptions {
  readonly operation?: keyof typeof DIALECT_OF;
  readonly headers?: Arrival['headers'];
  readonly bytes?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** A request before the first stage. It arrives at second 0 of both clocks. */
export function testArrival(options: ArrivalOptions = {}): Arrival {
  const { operation = 'chat', headers = {}, bytes = new Uint8Array() } = options;
  const id = '00000000-0000-7000-8000-000000000003';
  return {
    id,
    requestId: 'req_test',
    endpoint: { method: 'POST', path: `/v1/${operation}`, operation, dialect: DIALECT_OF[operation] },
    trace: traceOf(undefined, undefined, id),
    headers,
    remoteAddress: '127.0.0.1',
    arrivedAtMs: 0,
    startedMs: 0,
    payload: Readable.from([bytes]),
    declaredBytes: bytes.length,
    bytes,
    signal: options.signal ?? new AbortController().signal,
    answerHeaders: {},
    attempts: [],
    answer: null,
  };
}

export type TestExchange = Arrival & HasCall & HasPrincipal & HasPrompt & HasVerdict & HasKept & HasPlan;

export interface ExchangeOptions extends Omit<ArrivalOptions, 'bytes'> {
  readonly body?: JsonObject;
  readonly principal?: Principal;
  readonly verdict?: Partial<Verdict>;
  readonly targets?: readonly [Target, ...Target[]];
  readonly manner?: Manner;
}

const BODY: JsonObject = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };

/** A request as it stands before hold-budget, with everything allowed. */
export function testExchange(options: ExchangeOptions = {}): TestExchange {
  const { body = BODY, principal = testPrincipal(), verdict } = options;
  const arrival = testArrival({ ...options, bytes: Buffer.from(JSON.stringify(body)) });
  return {
    ...arrival,
    principal,
    prompt: undefined,
    call: new Call(body, arrival.endpoint.dialect.describe(body)),
    verdict: {
      policies: [],
      permits: () => undefined,
      redaction: undefined,
      cache: undefined,
      unpriced: 'allow',
      onDisconnect: 'cancel',
      ...verdict,
    },
    kept: undefined,
    plan: {
      targets: options.targets ?? [{ provider: 'p', model: String(body.model), region: undefined }],
      manner: options.manner ?? PATIENT,
      mirror: undefined,
    },
  };
}

/** An exchange whose client can leave. */
export function abandonable(options: ExchangeOptions = {}): { x: TestExchange; leave: () => void } {
  const client = new AbortController();
  const x = testExchange({ ...options, signal: client.signal });
  return { x, leave: () => client.abort(clientClosed()) };
}

export function testAttempt(usage: Partial<Usage> = {}, change: Partial<Attempt> = {}): Attempt {
  return {
    id: '00000000-0000-7000-8000-000000000004',
    provider: 'p',
    model: 'm',
    region: undefined,
    role: 'first',
    startedAtMs: 0,
    firstByteMs: undefined,
    durationMs: undefined,
    status: 200,
    outcome: 'answered',
    reason: undefined,
    usage: { ...NO_USAGE, source: 'reported', ...usage },
    responseId: undefined,
    cost: undefined,
    ...change,
  };
}

/** Reads a source to its end. */
export function drain(
  source: ByteSource,
): Promise<{ text: string; fault: Fault | undefined; chunks: number }> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    const over = (fault: Fault | undefined): void =>
      resolve({ text: Buffer.concat(chunks).toString('utf8'), fault, chunks: chunks.length });
    source.pipe({
      data: (chunk) => {
        chunks.push(chunk);
        return true;
      },
      end: () => over(undefined),
      fail: over,
    });
  });
}
