import t from 'tap';
import { testArrival, testPrincipal } from '../../test/support/exchange.ts';
import type { Attempt } from '../core/attempt.ts';
import { Fault } from '../core/fault.ts';
import { NO_USAGE } from '../core/usage.ts';
import { type Arrival, Call } from '../gateway/stage.ts';
import type { RequestRecord } from './record.ts';
import type { Recorded } from './request.ts';
import { record } from './stage.ts';

const ORG = '01890000-0000-7000-8000-000000000001';
const unjudged = (_: unknown, text: string) => text.replaceAll('bob', '<NAME>');
const clock = { now: () => 0, elapsed: () => 1100.4 };

function arrival(over: Partial<Recorded> = {}): Recorded {
  return { ...testArrival(), arrivedAtMs: Date.UTC(2026, 0), startedMs: 1000, ...over };
}

const principal = testPrincipal({
  orgId: ORG,
  tags: { env: 'prod' },
  org: { ...testPrincipal().org, storeContent: true },
});

const call = new Call(
  { model: 'm', messages: [{ role: 'user', content: 'redacted \ud800 text' }] },
  { model: 'm\0', stream: true, outputCapTokens: 5, choices: 1, tools: [], user: 'u' },
);

const attempt: Attempt = {
  id: '01890000-0000-7000-8000-00000000000b',
  provider: 'openai',
  model: 'm',
  region: undefined,
  role: 'first',
  startedAtMs: Date.UTC(2026, 0),
  firstByteMs: 1,
  durationMs: 2,
  status: 200,
  outcome: 'answered',
  reason: 'stop',
  usage: NO_USAGE,
  responseId: undefined,
  cost: undefined,
};

/** What settling writes into the journal. */
function settled(x: Recorded, ending: Parameters<NonNullable<ReturnType<typeof record>['settle']>>[1]) {
  const written: string[] = [];
  const stage = record({
    journal: { admits: () => undefined, appendSoon: async (json) => void written.push(json) },
    clock,
    unjudged,
  });
  stage.settle?.(x as Arrival, ending);
  t.equal(written.length, 1, 'one record per request');
  return JSON.parse(written[0] ?? '') as RequestRecord;
}

t.test('a request that got nowhere has its record', async (t) => {
  const fault = new Fault('invalid_api_key', 'No.');
  t.match(settled(arrival(), { kind: 'refused', fault }), {
    kind: 'request',
    org_id: null,
    actor: 'anonymous',
    outcome: 'refused',
    fault: 'invalid_api_key',
    status: 401,
    duration_ms: 100,
    occurred_at: '2026-01-01T00:00:00.000Z',
    usage: [],
    draws: [],
  });
});

t.test(
  'a request that ran tells all: who, what, which policies, which attempts, what it draws',
  async (t) => {
    const x = arrival({
      principal,
      call,
      prompt: { name: 'greet', version: 2, label: 'production' },
      redaction: undefined,
      hold: {
        draws: [
          {
            budgetId: 'b',
            subjectId: ORG,
            windowStartMs: Date.UTC(2026, 0),
            picoUsd: 10n ** 20n,
            leaseId: undefined,
            terms: {
              name: 'Budget',
              scope: 'org',
              subjectName: null,
              alertPercents: [],
              rollingSeconds: null,
              hard: false,
              amount: 5n * 10n ** 12n,
              windowEndMs: Date.UTC(2026, 1),
            },
          },
        ],
      },
      attempts: [{ ...attempt, outcome: 'failed' }, attempt],
      headers: { 'x-sluice-tags': 'feature=search,env=dev', 'x-sluice-session': 's' },
      answer: { status: 200, headers: {}, stream: true, usageInjected: false, source: {} as never },
    });
    const written = settled(x, { kind: 'done' });
    t.match(written, {
      org_id: ORG,
      actor: 'key/test',
      outcome: 'done',
      fault: null,
      status: 200,
      details: {
        model: 'm\ufffd',
        stream: true,
        prompt: { name: 'greet', version: 2, label: 'production' },
        tags: { feature: 'search', env: 'prod' },
        end_user: 'u',
        session_id: 's',
        attempts: ['openai/m', 'openai/m'],
      },
      draws: [
        {
          budget_id: 'b',
          pico_usd: '100000000000000000000',
          window_start: '2026-01-01T00:00:00.000Z',
          lease_id: null,
          terms: { amount_pico_usd: '5000000000000', window_end: '2026-02-01T00:00:00.000Z' },
        },
      ],
    });
    t.same(
      written.usage.map((line) => [line.attempt, line.outcome]),
      [
        [1, 'failed'],
        [2, 'answered'],
      ],
    );
    t.equal(written.content?.request.includes('redacted'), true);
  },
);

t.test('content is kept only after redaction had its say, and never where that blocked it', async (t) => {
  const blocked = { kind: 'refused', fault: new Fault('pii_blocked', 'No.') } as const;
  t.notOk('content' in settled(arrival({ principal, call }), { kind: 'done' }), 'redaction was not reached');
  t.notOk('content' in settled(arrival({ principal, call, redaction: null }), { kind: 'done' }));
  t.notOk('content' in settled(arrival({ principal, call, redaction: undefined }), blocked));
  const org = { ...principal.org, storeContent: false };
  const silent = arrival({ principal: { ...principal, org }, call, redaction: undefined });
  t.notOk('content' in settled(silent, { kind: 'done' }), 'the organisation keeps none');
});

t.test('content that redaction did not get through to its end is not kept', async (t) => {
  const redaction = {
    complete: false,
    findings: () => [],
    kept: (text: string) => text,
    transform: () => undefined,
  };
  const failed = { kind: 'failed', fault: new Fault('analyser_unavailable', 'No.') } as const;
  t.notOk('content' in settled(arrival({ principal, call, redaction }), failed));
  t.ok(
    'content' in settled(arrival({ principal, call, redaction: { ...redaction, complete: true } }), failed),
  );
});

t.test(
  'what headers say is kept as policy lets it, even where the request was refused before it was judged',
  async (t) => {
    const headers = { 'x-sluice-tags': 'owner=bob', 'x-sluice-session': 'of bob', 'x-sluice-user': 'bob' };
    const fault = new Fault('rate_limit_exceeded', 'No.');
    const { details } = settled(arrival({ principal, headers, redaction: null }), { kind: 'refused', fault });
    t.match(details, { tags: { owner: '<NAME>' }, session_id: 'of <NAME>', end_user: '<NAME>' });
    const stranger = settled(arrival({ headers, redaction: null }), { kind: 'refused', fault }).details;
    t.same([stranger.tags, stranger.session_id, stranger.end_user], [{}, null, null]);
  },
);

t.test('a full journal and tags that cannot be read stop a request at the door', async (t) => {
  const full = new Fault('journal_full', 'Full.');
  const refusing = record({
    journal: { admits: () => full, appendSoon: async () => undefined },
    clock,
    unjudged,
  });
  t.throws(() => refusing.enter(arrival()), full);
  const open = record({
    journal: { admits: () => undefined, appendSoon: async () => undefined },
    clock,
    unjudged,
  });
  const x = arrival({ headers: { 'x-sluice-tags': 'prod' } });
  t.throws(() => open.enter(x), { code: 'invalid_request' });
  const fault = new Fault('invalid_request', 'Bad tags.');
  t.same(settled(x, { kind: 'refused', fault }).details.tags, {}, 'and the refusal is still recorded');
});
