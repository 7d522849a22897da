import fc from 'fast-check';
import t from 'tap';
import { answerHeaders, retryAfterMs } from './headers.ts';
import { backoffMs } from './walk.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

t.test('retry-after is read in all its forms, where it means something', async (t) => {
  const cases: readonly [number, Record<string, string>, number | undefined][] = [
    [429, { 'retry-after': '7' }, 7000],
    [429, { 'retry-after': '0.5' }, 500],
    [503, { 'retry-after': 'Fri, 20 Nov 2026 12:00:10 GMT' }, 10_000],
    [529, { 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 0],
    [429, { 'retry-after-ms': '579', 'retry-after': '1' }, 579],
    [429, { 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    [429, { 'retry-after': 'soon' }, undefined],
    [429, { 'retry-after': '-1x' }, undefined],
    [429, {}, undefined],
    // Anthropic sends it with 200 as well
    [200, { 'retry-after': '61' }, undefined],
    [500, { 'retry-after': '61' }, undefined],
  ];
  for (const [status, headers, expected] of cases) {
    t.equal(retryAfterMs(status, headers, NOW), expected, JSON.stringify([status, headers]));
  }
});

t.test('a limit that is used up, or the refusal itself, says how long where no header does', async (t) => {
  // https://github.com/anthropics/anthropic-sdk-typescript/issues/357
  const anthropic = {
    'anthropic-ratelimit-requests-limit': '5',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:30Z',
  };
  t.equal(retryAfterMs(429, anthropic, NOW), 30_000);
  t.equal(retryAfterMs(429, { ...anthropic, 'retry-after': '2' }, NOW), 2000);
  t.equal(retryAfterMs(200, anthropic, NOW), undefined);
  const google =
    '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}';
  t.equal(retryAfterMs(429, {}, NOW, google), 34_000);
  t.equal(retryAfterMs(429, {}, NOW, 'Limit 30000. Please try again in 579ms. Visit'), 579);
  t.equal(retryAfterMs(429, {}, NOW, 'Please try again in 1.5s.'), 1500);
  t.equal(retryAfterMs(429, {}, NOW, 'try again later'), undefined);
});

t.test('a pause is never longer than allowed, nor shorter than asked for', async () => {
  const retries = {
    max_attempts_per_target: 3,
    backoff_base_ms: 250,
    backoff_max_ms: 5000,
    max_retry_after_ms: 4000,
  };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (tries, asked, random) => {
        const pauseMs = backoffMs(tries, asked, retries, random);
        if (asked !== undefined && asked > 4000) return pauseMs === undefined;
        return pauseMs !== undefined && pauseMs >= (asked ?? 0) && pauseMs <= 5000;
      },
    ),
  );
});

t.test('of an answer’s headers the client sees what concerns it', async (t) => {
  const headers = {
    'content-type': 'application/json',
    'request-id': 'req_1',
    'openai-processing-ms': '12',
    'openai-organization': 'org-secret',
    'anthropic-ratelimit-requests-limit': '50',
    'x-ratelimit-remaining-tokens': '1',
    'retry-after': '7',
    'set-cookie': ['a=b'],
    'content-length': '10',
  };
  t.strictSame(answerHeaders(headers, false), {
    'content-type': 'application/json',
    'openai-processing-ms': '12',
    'x-provider-request-id': 'req_1',
  });
});
