import fc from 'fast-check';
import t from 'tap';
import type { Clock } from '../core/clock.ts';
import { Account, type Lease, type Shortage } from './account.ts';
import type { Budget } from './budget.ts';
import { grantOf, type Ledger, type TakeReply } from './ledger.ts';

/**
 * The rules of the SQL in store-leases.ts in a few lines, with lost questions, lost answers and answers that come late,
 * and the invariant checked after every change.
 */
class FakeLedger implements Ledger {
  settled = 0n;
  readonly leases = new Map<string, { granted: bigint; remaining: bigint; seq: number }>();
  readonly amount: bigint;
  /** What happens to the next calls: `answer`, `lose the question`, `lose the answer`. */
  fates: ('answer' | 'unasked' | 'unanswered')[] = [];

  constructor(amount: bigint) {
    this.amount = amount;
  }

  get leased(): bigint {
    let sum = 0n;
    for (const { remaining } of this.leases.values()) sum += remaining;
    return sum;
  }

  async #fated<T>(work: () => T): Promise<T> {
    const fate = this.fates.shift() ?? 'answer';
    await null;
    if (fate === 'unasked') throw new Error('connection refused');
    const result = work();
    if (this.settled + this.leased > this.amount) throw new RangeError('settled + leased > amount');
    await null;
    if (fate === 'unanswered') throw new Error('connection reset');
    return result;
  }

  take(request: Parameters<Ledger['take']>[0]): Promise<TakeReply> {
    return this.#fated((): TakeReply => {
      const left = this.amount - this.settled - this.leased;
      const grant = grantOf(left, request);
      const known = this.leases.get(request.leaseId);
      if (known === undefined && !request.first) return { kind: 'lost' };
      if (grant === 0n) return { kind: 'exhausted', left, granted: known?.granted };
      const lease = known ?? { granted: 0n, remaining: 0n, seq: 0 };
      lease.granted += grant;
      lease.remaining += grant;
      lease.seq = request.seq;
      this.leases.set(request.leaseId, lease);
      return { kind: 'granted', granted: lease.granted, left: left - grant };
    });
  }

  giveBack(
    _window: unknown,
    { leaseId, seq }: { leaseId: string; seq: number },
    amount: bigint,
  ): Promise<bigint | undefined> {
    return this.#fated(() => {
      const lease = this.leases.get(leaseId);
      if (lease === undefined || lease.seq >= seq || lease.remaining < amount) return undefined;
      lease.granted -= amount;
      lease.remaining -= amount;
      lease.seq = seq;
      return this.amount - this.settled - this.leased;
    });
  }

  async renew(): Promise<ReadonlyMap<string, bigint>> {
    return new Map([...this.leases].map(([id, { remaining }]) => [id, remaining]));
  }

  settle(leaseId: string, cost: bigint): void {
    const lease = this.leases.get(leaseId);
    this.settled += cost;
    if (lease === undefined) return;
    lease.remaining -= lease.remaining < cost ? lease.remaining : cost;
  }

  expire(leaseId: string): void {
    this.leases.delete(leaseId);
  }
}

const clock: Clock = { now: () => 0, elapsed: () => 0 };
const BUDGET: Budget = {
  id: 'b',
  name: 'b',
  scope: 'org',
  scopeId: null,
  prompt: null,
  tag: null,
  raises: [],
  alertPercents: [],
  window: 'total',
  timezone: 'UTC',
  amount: 0n,
  hard: true,
  models: undefined,
};

let ids = 0;
function open(ledger: FakeLedger, part: { clock?: Clock; patienceMs?: number } = {}): Account {
  const key = { orgId: 'o', budgetId: 'b', subjectId: 's', windowStartMs: 0 };
  const budget = { ...BUDGET, amount: ledger.amount };
  return new Account(key, { id: 's', name: null }, { startMs: 0, endMs: Number.POSITIVE_INFINITY }, budget, {
    ledger,
    clock: part.clock ?? clock,
    newId: () => `lease-${++ids}`,
    leaseTtlMs: 1_000,
    patienceMs: part.patienceMs ?? 60_000,
  });
}

type Outcome = Lease | Shortage;
const held = (outcome: Outcome): outcome is Lease => !('payable' in outcome);
const ask = async (account: Account, need: bigint): Promise<Outcome> =>
  account.tryReserve(need) ?? account.reserve(need);

t.test('reserves without asking while the lease lasts', async (t) => {
  const ledger = new FakeLedger(10_000n);
  const account = open(ledger);
  t.equal(account.tryReserve(10n), undefined);
  const first = await account.reserve(10n);
  if (!held(first)) return t.fail('refused');
  account.settle(first, 10n, 1n);
  t.ok(account.tryReserve(10n), 'what was not spent pays for the next');
});

t.test('says no only after asking, and says how much one request could have', async (t) => {
  const account = open(new FakeLedger(100n));
  t.match(await ask(account, 60n), { reserved: 60n });
  t.match(await ask(account, 60n), { kind: 'exhausted', payable: 40n });
  t.ok(held(await ask(account, 40n)));
});

t.test('a ledger that does not answer is waited for once; who comes meanwhile does not wait', async (t) => {
  const ledger = new FakeLedger(100n);
  let answer = (_reply: TakeReply): void => undefined;
  ledger.take = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const account = open(ledger, { patienceMs: 1 });
  t.match(await account.reserve(1n), { kind: 'unreachable' });
  t.match(await account.reserve(1n), { kind: 'unreachable' });
  answer({ kind: 'granted', granted: 5n, left: 95n });
  await new Promise(setImmediate);
  t.ok(account.tryReserve(5n), 'the late answer is not lost');
});

t.test('a lease is not spent from after half its life without renewal', async (t) => {
  let elapsedMs = 0;
  const account = open(new FakeLedger(1_000n), { clock: { now: () => 0, elapsed: () => elapsedMs } });
  const lease = await account.reserve(10n);
  if (!held(lease)) return t.fail('refused');
  account.settle(lease, 10n, 0n);
  elapsedMs = 499;
  t.ok(account.tryReserve(1n));
  account.renewed({ leaseId: lease.id, spent: 0n }, 10n, elapsedMs);
  elapsedMs = 998;
  t.ok(account.tryReserve(1n));
  elapsedMs = 999;
  t.equal(account.tryReserve(1n), undefined);
});

t.test('a lease is let go when all of it is spent and drained, and not before', async (t) => {
  const ledger = new FakeLedger(1_000n);
  const account = open(ledger);
  const renew = async (): Promise<void> => {
    const { renewal } = account;
    const remaining = await ledger.renew();
    if (renewal) account.renewed(renewal, remaining.get(renewal.leaseId), 0);
  };
  const lease = await account.reserve(10n);
  if (!held(lease)) return t.fail('refused');
  await renew();
  t.ok(account.renewal, 'a request runs');
  account.settle(lease, 10n, 10n);
  for (let round = 0; round < 2; round++) await account.tidy();
  await renew();
  t.ok(account.renewal, 'what was spent is not drained: the lease stands for it');
  ledger.settle(lease.id, 10n);
  await renew();
  t.notOk(account.renewal, 'nothing of it is left');
  t.ok(held(await account.reserve(990n)), 'the next one opens another, and finds all that is left');
});

t.test('steady traffic far from the cap: after the first requests nobody waits for the ledger', async (t) => {
  const account = open(new FakeLedger(1_000_000n));
  const waits = [0, 0, 0, 0];
  for (const period of waits.keys()) {
    for (let request = 0; request < 200; request++) {
      let lease = account.tryReserve(10n);
      if (lease === undefined) {
        waits[period] = (waits[period] ?? 0) + 1;
        lease = (await account.reserve(10n)) as Lease;
      }
      account.settle(lease, 10n, 7n);
      await null;
    }
    await account.tidy();
  }
  const [first = 0, ...later] = waits;
  t.ok(first < 10, `${first} of the first 200 waited, while nothing showed what is needed`);
  t.same(later, [0, 0, 0]);
});

t.test('near the cap nothing is fetched ahead', async (t) => {
  const ledger = new FakeLedger(100n);
  const account = open(ledger);
  for (let request = 0; request < 5; request++) {
    const lease = (await ask(account, 10n)) as Lease;
    account.settle(lease, 10n, 10n);
    ledger.settle(lease.id, 10n);
    await account.tidy();
    t.ok(ledger.leased <= 1n, 'at most a hundredth of what is left');
  }
});

t.test('a ledger that is away is asked ahead of need once per upkeep, not by every request', async (t) => {
  const ledger = new FakeLedger(1_000_000n);
  const account = open(ledger);
  for (let request = 0; request < 50; request++) {
    account.settle((await ask(account, 10n)) as Lease, 10n, 10n);
  }
  await account.tidy();
  let questions = 0;
  ledger.take = async () => {
    questions += 1;
    throw new Error('connection refused');
  };
  for (let lease = account.tryReserve(10n); lease !== undefined; lease = account.tryReserve(10n)) {
    account.settle(lease, 10n, 10n);
    await new Promise(setImmediate);
  }
  t.equal(questions, 1);
});

t.test('what an answer granted that got lost is found by upkeep, without further requests', async (t) => {
  const ledger = new FakeLedger(1_000n);
  const account = open(ledger);
  ledger.fates = ['unanswered'];
  t.match(await account.reserve(10n), { kind: 'unreachable' });
  await new Promise(setImmediate);
  t.ok(ledger.leased > 0n, 'an opened lease');
  await account.tidy();
  t.equal(ledger.leased, 0n);

  const running = (await ask(account, 10n)) as Lease;
  ledger.fates = ['unanswered'];
  t.match(await account.reserve(100n), { kind: 'unreachable' });
  await new Promise(setImmediate);
  t.ok(ledger.leased > 100n, 'a lease that was raised');
  ledger.fates = ['unasked'];
  await account.tidy();
  await account.tidy();
  t.ok(ledger.leased < 100n, 'also when upkeep reaches it only the second time');
  t.equal(ledger.leases.get(running.id)?.granted, running.granted, 'the node knows what the ledger knows');
});

t.test('at shutdown a question under way is waited for, and what it brings is given back', async (t) => {
  const ledger = new FakeLedger(1_000n);
  const account = open(ledger);
  const asked = account.reserve(10n);
  const closed = account.close();
  account.settle((await asked) as Lease, 10n, 0n);
  await closed;
  await account.close();
  t.equal(ledger.leased, 0n);
});

const step = fc.record({
  node: fc.nat({ max: 2 }),
  act: fc.constantFrom('reserve', 'reserve', 'reserve', 'settle', 'settle', 'tidy', 'drain', 'crash', 'wait'),
  amount: fc.bigInt({ min: 1n, max: 40n }),
  pick: fc.nat(),
  fate: fc.constantFrom<'answer' | 'unasked' | 'unanswered'>(
    'answer',
    'answer',
    'answer',
    'unasked',
    'unanswered',
  ),
});

t.test(
  'settled + leased never exceeds the amount, whatever crashes or gets lost; at the end nothing is leased (litellm#27639, #36926)',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.bigInt({ min: 20n, max: 500n }), fc.bigInt({ min: 5_000n, max: 20_000n })),
        fc.array(step, { maxLength: 60 }),
        async (amount, steps) => {
          const ledger = new FakeLedger(amount);
          const nodes = [open(ledger), open(ledger), open(ledger)];
          const running: { node: number; account: Account; need: bigint; lease: Lease }[] = [];
          const journal: { lease: Lease; cost: bigint }[] = [];
          const pending: Promise<void>[] = [];
          const leases = new Set<Lease>();
          const believesNoMore = (): void => {
            for (const { id, granted } of leases) {
              if (granted > (ledger.leases.get(id)?.granted ?? 0n))
                throw new RangeError('a node believes too much');
            }
          };
          const drain = (): void => {
            for (const { lease, cost } of journal.splice(0)) ledger.settle(lease.id, cost);
            if (ledger.settled + ledger.leased > amount) throw new RangeError('settled + leased > amount');
          };
          for (const { node, act, amount: need, pick, fate } of steps) {
            believesNoMore();
            const account = nodes[node] as Account;
            if (act === 'reserve') {
              if (fate !== 'answer') ledger.fates.push(fate);
              pending.push(
                ask(account, need).then((outcome) => {
                  if (!held(outcome)) return;
                  leases.add(outcome);
                  running.push({ node, account, need, lease: outcome });
                }),
              );
            } else if (act === 'settle' && running.length > 0) {
              const [one] = running.splice(pick % running.length, 1);
              if (one === undefined) continue;
              const cost = one.need - (BigInt(pick) % (one.need + 1n));
              one.account.settle(one.lease, one.need, cost);
              journal.push({ lease: one.lease, cost });
            } else if (act === 'tidy') {
              if (fate !== 'answer') ledger.fates.push(fate);
              pending.push(account.tidy());
            } else if (act === 'drain') drain();
            else if (act === 'wait') await new Promise(setImmediate);
            else if (act === 'crash') {
              // What ran on the node is gone; its journal is drained by whoever adopts it, its leases stay until they expire.
              for (let index = running.length - 1; index >= 0; index--) {
                if (running[index]?.account === account) running.splice(index, 1);
              }
              nodes[node] = open(ledger);
            }
          }
          ledger.fates = [];
          await Promise.all(pending);
          believesNoMore();
          for (const { account, need, lease } of running) account.settle(lease, need, 0n);
          drain();
          for (const account of nodes) await account.giveBack(0n);
          drain();
          for (const leaseId of [...ledger.leases.keys()]) ledger.expire(leaseId);
          if (ledger.leased !== 0n || ledger.settled > amount) throw new RangeError('something is left over');
        },
      ),
      { numRuns: 300 },
    );
  },
);

t.test('without losses and crashes, giving back leaves nothing leased', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.bigInt({ min: 1n, max: 40n }), { maxLength: 30 }), async (needs) => {
      const ledger = new FakeLedger(500n);
      const nodes = [open(ledger), open(ledger)];
      const outcomes = await Promise.all(needs.map((need, index) => ask(nodes[index % 2] as Account, need)));
      for (const [index, outcome] of outcomes.entries()) {
        if (!held(outcome)) continue;
        (nodes[index % 2] as Account).settle(outcome, needs[index] as bigint, 1n);
        ledger.settle(outcome.id, 1n);
      }
      for (const account of nodes) await account.giveBack(0n);
      return ledger.leased === 0n;
    }),
  );
});
