/**
 * What the stages that count money and traffic cost a request, in processor time, while nothing has to be asked:
 * `node test/bench/stages.ts [requests]`
 */
import { Books } from '../../src/budgets/books.ts';
import type { BudgetRule } from '../../src/budgets/index.ts';
import type { Ledger } from '../../src/budgets/ledger.ts';
import { budgetSettings } from '../../src/budgets/settings.ts';
import { holdBudget } from '../../src/budgets/stage.ts';
import { systemClock } from '../../src/core/clock.ts';
import { memoryCounter } from '../../src/limits/index.ts';
import { admit, admitCall } from '../../src/limits/stage.ts';
import { priceTable } from '../../src/metering/index.ts';
import { priceSettings } from '../../src/metering/settings.ts';
import { testAttempt, testExchange, testPrincipal } from '../support/exchange.ts';

const ROUNDS = 5;
const PLENTY = 10n ** 21n;

const rule = (id: string): BudgetRule => ({
  id,
  scope: 'org',
  window: 'month',
  timezone: 'UTC',
  amount_usd: '900000000',
  hard: true,
  alert_percents: [],
  raises: [],
});

/** Grants whatever is asked for, so that only the first request waits. */
const ledger: Ledger = {
  take: async () => ({ kind: 'granted', granted: PLENTY, left: PLENTY }),
  giveBack: async () => PLENTY,
  renew: async () => new Map(),
};

function holdStage(budgets: number) {
  const rules = Array.from({ length: budgets }, (_, index) => rule(`policy/p/${index}`));
  return holdBudget({
    books: new Books({
      ledger,
      clock: systemClock,
      newId: () => 'lease',
      leaseTtlMs: 3_600_000,
      patienceMs: 1_000,
      budgetsFor: () => rules,
      outageAllowance: undefined,
    }),
    prices: priceTable(
      priceSettings.parse({ overrides: [{ model: '*', input: '1', output: '2' }] }),
      () => undefined,
    ),
    clock: systemClock,
    settings: budgetSettings.parse({}),
  });
}

/** Microseconds of processor time of one call, the best of some rounds. */
async function costUs(requests: number, once: () => void | Promise<void>): Promise<number> {
  await once();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let n = 0; n < requests; n++) {
      const waiting = once();
      if (waiting !== undefined) throw new Error('it had to wait');
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / requests);
  }
  return best;
}

const principal = testPrincipal();
const body = {
  model: 'm',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Is it far to the sea? '.repeat(40) }],
};

async function main(requests: number): Promise<void> {
  const table: Record<string, { 'µs of processor time': string }> = {};
  const measured = async (what: string, once: () => void | Promise<void>): Promise<void> => {
    table[what] = { 'µs of processor time': (await costUs(requests, once)).toFixed(1) };
  };
  for (const budgets of [0, 1, 4]) {
    const stage = holdStage(budgets);
    const x = { ...testExchange({ principal, body }), hold: null };
    x.attempts.push(testAttempt({ inputTokens: 200, outputTokens: 100 }));
    await measured(`hold-budget, ${budgets} hard budgets`, () => {
      const settle = (): void => void stage.settle?.(x as never, { kind: 'done' });
      const waiting = stage.enter(x as never);
      return waiting === undefined ? settle() : waiting.then(settle);
    });
  }
  const deps = {
    counter: memoryCounter(systemClock),
    limitsFor: () => limits,
    uncappedOutputTokens: 1_000,
  };
  const limits = [
    { per: 'key', requests_per_minute: 1e12, tokens_per_minute: 1e12, concurrent_requests: 1e6 } as const,
  ];
  const door = admit(deps);
  const call = admitCall(deps);
  const x = { ...testExchange({ principal, body }), admission: null, callAdmission: null };
  x.attempts.push(testAttempt({ inputTokens: 200, outputTokens: 100 }));
  const walk = (token: boolean) => (): void => {
    door.enter(x as never);
    if (token) call.enter(x as never);
    if (token) void call.settle?.(x as never, { kind: 'done' });
    void door.settle?.(x as never, { kind: 'done' });
  };
  await measured('admit alone', walk(false));
  await measured('admit and admit-call', walk(true));
  console.table(table);
}

await main(Number(process.argv[2] ?? 50_000));
