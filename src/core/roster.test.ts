import fc from 'fast-check';
import t from 'tap';
import { Roster, type Seated } from './roster.ts';

class Guest implements Seated {
  seat = -1;
}

t.test('who came and did not leave is in, whatever came and went between', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), (moves) => {
      const guests = Array.from({ length: 10 }, () => new Guest());
      const roster = new Roster<Guest>();
      const inside = new Set<Guest>();
      for (const move of moves) {
        const guest = guests[move];
        if (guest === undefined) continue;
        if (inside.delete(guest)) roster.delete(guest);
        else {
          inside.add(guest);
          roster.add(guest);
        }
      }
      return roster.size === inside.size && new Set(roster).symmetricDifference(inside).size === 0;
    }),
  );
});

t.test('coming twice is coming once, leaving twice changes nothing', async (t) => {
  const [one, other] = [new Guest(), new Guest()];
  const roster = new Roster<Guest>();
  roster.add(one);
  roster.add(one);
  t.equal(roster.size, 1);
  roster.delete(one);
  roster.delete(one);
  roster.delete(other);
  t.equal(roster.size, 0);
  t.equal(one.seat, -1);
});

t.test('all are visited, also where each leaves when it is visited', async (t) => {
  const roster = new Roster<Guest>();
  for (let i = 0; i < 5; i++) roster.add(new Guest());
  let visited = 0;
  for (const guest of roster) {
    roster.delete(guest);
    visited++;
  }
  t.equal(visited, 5);
  t.equal(roster.size, 0);
});
