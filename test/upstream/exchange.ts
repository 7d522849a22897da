/** A request as it stands when the last stages are entered, made by hand: to try them without the whole street. */
import { Readable } from 'node:stream';
import type { Fault } from '../../src/core/fault.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { traceOf } from '../../src/core/trace.ts';
import type { Dialect, Operation } from '../../src/dialects/dialect.ts';
import {
  anthropicMessages,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiModerations,
  openAiResponses,
} from '../../src/dialects/index.ts';
import type { Arrival, ByteSource, HasCall } from '../../src/gateway/stage.ts';
import { clientClosed } from '../../src/gateway/walk.ts';
import type { HasPrincipal, Principal } from '../../src/identity/index.ts';
import type { HasVerdict, Verdict } from '../../src/policies/index.ts';
import type { HasKept, HasPlan, Target } from '../../src/providers/index.ts';

export const DIALECT_OF: Readonly<Record<Exclude<Operation, 'models'>, Dialect>> = {
  chat: openAiChat,
  completions: openAiCompletions,
  embeddings: openAiEmbeddings,
  responses: openAiResponses,
  moderations: openAiModerations,
  messages: anthropicMessages,
  count_tokens: anthropicMessages,
};

export const anyone: Principal = {
  kind: 'key',
  actor: 'key/test',
  orgId: 'org',
  orgSlug: 'org',
  teamId: null,
  userId: null,
  keyId: 'test',
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
};

export const everythingAllowed: Verdict = {
  policies: [],
  permits: () => undefined,
  redaction: undefined,
  cacheTtlMs: undefined,
  unpriced: 'allow',
  onDisconnect: 'cancel',
};

export interface ExchangeOptions {
  readonly operation?: Exclude<Operation, 'models'>;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly principal?: Principal;
  readonly verdict?: Partial<Verdict>;
  readonly targets?: readonly [Target, ...Target[]];
}

export type TestExchange = Arrival & HasCall & HasPrincipal & HasVerdict & HasKept & HasPlan;

export interface HandMade {
  readonly x: TestExchange;
  /** The client leaves. */
  leave(): void;
}

const BODY: JsonObject = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };

export function handMade(options: ExchangeOptions = {}): HandMade {
  const { operation = 'chat', body = BODY } = options;
  const dialect = DIALECT_OF[operation];
  const client = new AbortController();
  const id = uuidv7(Date.now());
  const x: TestExchange = {
    id,
    requestId: `req_${id}`,
    endpoint: { method: 'POST', path: `/${operation}`, operation, dialect },
    trace: traceOf(undefined, undefined, id),
    headers: { ...options.headers },
    remoteAddress: '127.0.0.1',
    arrivedAtMs: Date.now(),
    startedMs: performance.now(),
    payload: Readable.from([]),
    declaredBytes: 0,
    bytes: Buffer.from(JSON.stringify(body)),
    signal: client.signal,
    answerHeaders: {},
    attempts: [],
    answer: null,
    call: { body, described: dialect.describe(body), changed: false },
    principal: options.principal ?? anyone,
    verdict: { ...everythingAllowed, ...options.verdict },
    kept: undefined,
    plan: { targets: options.targets ?? [{ provider: 'p', model: String(body.model), region: undefined }] },
  };
  return { x, leave: () => client.abort(clientClosed()) };
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
