import t from 'tap';
import {
  ANTHROPIC_LIMITS,
  exhaustedUntilMs,
  MISTRAL_LIMITS,
  OPENAI_LIMITS,
  readRateLimits,
  readResetMs,
  TOGETHER_LIMITS,
} from './rate-limits.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

t.test('limits of every form have one shape', async (t) => {
  const openai = {
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '499',
    'x-ratelimit-reset-requests': '120ms',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '6m0s',
  };
  t.strictSame(readRateLimits(openai, OPENAI_LIMITS, NOW), {
    requests: { limit: 500, remaining: 499, resetAtMs: NOW + 120 },
    tokens: { limit: 30000, remaining: 0, resetAtMs: NOW + 360_000 },
  });
  const anthropic = {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:05Z',
  };
  t.strictSame(readRateLimits(anthropic, ANTHROPIC_LIMITS, NOW), {
    requests: { limit: 50, remaining: 49, resetAtMs: NOW + 5000 },
    tokens: undefined,
  });
  const mistral = {
    'x-ratelimit-limit-tokens-minute': '500000',
    'x-ratelimit-remaining-tokens-minute': '499',
  };
  t.strictSame(readRateLimits(mistral, MISTRAL_LIMITS, NOW)?.tokens, {
    limit: 500000,
    remaining: 499,
    resetAtMs: undefined,
  });
  const together = {
    'x-ratelimit-limit': '10',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '1',
  };
  t.equal(exhaustedUntilMs(readRateLimits(together, TOGETHER_LIMITS, NOW), NOW), NOW + 1000);
  t.equal(readRateLimits({ 'x-ratelimit-limit-requests': 'many' }, OPENAI_LIMITS, NOW), undefined);
});

t.test('a reset is a span, seconds or a date', async (t) => {
  const cases: readonly [string, number | undefined][] = [
    ['6m0s', NOW + 360_000],
    ['579ms', NOW + 579],
    ['1d2h', NOW + 26 * 3_600_000],
    ['1.5s', NOW + 1500],
    ['8', NOW + 8000],
    ['0.25', NOW + 250],
    ['2026-11-20T12:00:10Z', NOW + 10_000],
    ['soon', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of cases) t.equal(readResetMs(text, NOW), expected, text);
});

t.test('zeros that mean nothing park no key (openai-dotnet#838)', async (t) => {
  const azure = {
    'x-ratelimit-limit-requests': '0',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '10',
    'x-ratelimit-limit-tokens': '-1',
    'x-ratelimit-remaining-tokens': '-1',
  };
  t.equal(exhaustedUntilMs(readRateLimits(azure, OPENAI_LIMITS, NOW), NOW), 0);
  t.equal(exhaustedUntilMs(undefined, NOW), 0);
});
