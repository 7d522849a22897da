import type { RequestRecord } from '../../src/audit/index.ts';
import type { Attempt } from '../../src/core/attempt.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { NO_USAGE } from '../../src/core/usage.ts';
import { usageLine } from '../../src/metering/index.ts';

export const ORG = '01890000-0000-7000-8000-000000000001';
export const AT_MS = Date.UTC(2026, 10, 20, 12);

/** An answered attempt of 10 + 5 tokens for 1,500,000 pico-dollars. */
export function attempt(over: Partial<Attempt> = {}): Attempt {
  return {
    id: uuidv7(AT_MS),
    provider: 'openai',
    model: 'gpt-x',
    region: undefined,
    role: 'first',
    startedAtMs: AT_MS + 3,
    firstByteMs: 12.4,
    durationMs: 80.6,
    status: 200,
    outcome: 'answered',
    reason: 'stop',
    usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 5, source: 'reported' },
    responseId: undefined,
    cost: { picoUsd: 1_500_000n, priceVersion: 'v1' },
    ...over,
  };
}

/** The journal record of an answered request. */
export function requestRecord(over: Partial<RequestRecord> = {}, attempts = [attempt()]): RequestRecord {
  const id = uuidv7(AT_MS);
  return {
    v: 1,
    kind: 'request',
    id,
    occurred_at: new Date(AT_MS).toISOString(),
    org_id: ORG,
    request_id: `req_${id}`,
    actor: 'key/1',
    team_id: null,
    user_id: null,
    key_id: null,
    remote_address: '127.0.0.1',
    action: 'chat',
    resource: null,
    outcome: 'done',
    fault: null,
    status: 200,
    duration_ms: 81,
    details: {
      model: 'gpt-x',
      stream: false,
      policies: ['p'],
      prompt: { name: 'greeting', version: 3, label: null },
      findings: [],
      cache: null,
      response_id: null,
      tags: { env: 'prod' },
      end_user: null,
      session_id: null,
      attempts: ['openai/gpt-x'],
    },
    usage: attempts.map(usageLine),
    draws: [],
    ...over,
  };
}
