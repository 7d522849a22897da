import t from 'tap';
import { ordered } from './order.ts';
import type { Stage } from './stage.ts';

interface HasA {
  a: number;
}
interface HasB {
  b: string;
}
const givesA: Stage<unknown, HasA> = {
  name: 'a',
  enter: (x) => {
    x.a = 1;
  },
};
const needsAGivesB: Stage<HasA, HasB> = {
  name: 'b',
  enter: (x) => {
    x.b = String(x.a);
  },
};
const needsBoth: Stage<HasA & HasB> = { name: 'both', enter: () => undefined };

t.test('stages in an order in which each finds what it needs compile', async (t) => {
  t.strictSame(
    ordered(givesA, needsAGivesB, needsBoth).map((stage) => stage.name),
    ['a', 'b', 'both'],
  );
});

t.test('a wrong order is a compile error', async (t) => {
  // @ts-expect-error b needs a, which comes later
  ordered(needsAGivesB, givesA);
  // @ts-expect-error b is given too late
  ordered(givesA, needsBoth, needsAGivesB);
  // @ts-expect-error nobody gives a
  ordered(needsAGivesB);
  t.pass('checked by tsc');
});
