import t from 'tap';
import type { Account, Lease } from './account.ts';
import type { Match } from './match.ts';
import { Reservation } from './reservation.ts';

const match = {
  key: { orgId: 'o', budgetId: 'b', subjectId: 's', windowStartMs: 0 },
} as unknown as Match;

const account = {
  settle(lease: Lease, reserved: bigint, spent: bigint): void {
    lease.reserved -= reserved;
    lease.spent += spent;
  },
} as Account;

const leaseOf = (id: string, reserved: bigint): Lease => ({
  id,
  granted: 1_000n,
  spent: 0n,
  reserved,
  usableUntilMs: 0,
});

function holdOf(lease: Lease, reserved: bigint): Reservation {
  return new Reservation([{ match, account, lease, reserved }]);
}

for (const [spent, expected] of [
  [0n, []],
  [30n, [['second', 30n]]],
  [
    120n,
    [
      ['second', 50n],
      ['first', 70n],
    ],
  ],
  [
    500n,
    [
      ['second', 50n],
      ['first', 450n],
    ],
  ],
] as const) {
  t.test(`a hold on two leases of one budget that spent ${spent}`, async (t) => {
    const [first, second] = [leaseOf('first', 200n), leaseOf('second', 50n)];
    const hold = holdOf(first, 100n);
    hold.extend(holdOf(first, 100n));
    hold.extend(holdOf(second, 50n));
    t.equal(hold.reservedOf(match), 250n);
    hold.settle(() => spent);
    t.same(
      hold.draws.map(({ leaseId, picoUsd }) => [leaseId, picoUsd]),
      expected,
    );
    t.equal(first.reserved + second.reserved, 0n, 'nothing stays reserved');
    t.equal(first.spent + second.spent, spent);
  });
}

t.test('what comes after the end is free again', async (t) => {
  const lease = leaseOf('late', 50n);
  const hold = new Reservation([]);
  hold.settle(() => 0n);
  hold.extend(holdOf(lease, 50n));
  t.match(lease, { reserved: 0n, spent: 0n });
});
