/** A hand-made exchange, for tests of single stages. */
import { Readable } from 'node:stream';
import type { Dialect, Operation } from '../../src/dialects/dialect.ts';
import type { Arrival } from '../../src/gateway/stage.ts';
import type { Principal } from '../../src/identity/index.ts';

export function arrival(
  { operation, dialect }: { operation: Operation; dialect: Dialect },
  headers: Arrival['headers'] = {},
): Arrival {
  return {
    id: '01890000-0000-7000-8000-000000000001',
    requestId: 'req_test',
    endpoint: { method: 'POST', path: '/v1/test', operation, dialect },
    trace: { traceId: '0'.repeat(31).concat('1'), parentSpanId: undefined, flags: '01', state: undefined },
    headers,
    remoteAddress: '127.0.0.1',
    arrivedAtMs: 0,
    startedMs: 0,
    payload: Readable.from([]),
    declaredBytes: 0,
    bytes: new Uint8Array(),
    signal: new AbortController().signal,
    answerHeaders: {},
    attempts: [],
    answer: null,
  };
}

/** A member of the organisation `acme`, calling with a key. */
export function caller(change: Partial<Principal> = {}): Principal {
  return {
    kind: 'key',
    actor: 'key/k1',
    orgId: 'o1',
    orgSlug: 'acme',
    teamId: null,
    userId: null,
    keyId: 'k1',
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
