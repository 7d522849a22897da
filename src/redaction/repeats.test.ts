import fc from 'fast-check';
import { test } from 'tap';
import { forgetRepeats, remembered } from './repeats.ts';

test('what is remembered of a check is what it would say', (t) => {
  const check = (value: string, before: string) => [value.length, before.length] as const;
  const quick = remembered(check);
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (asked) => {
      for (const [value, before] of asked) t.same(quick(value, before), check(value, before));
    }),
  );
  t.end();
});

test('a check is asked once of what is repeated, and again of the next text', (t) => {
  let asked = 0;
  const quick = remembered(() => {
    asked++;
    return true;
  });
  for (let time = 0; time < 3; time++) quick('Ann', 'we met ');
  t.equal(asked, 1);
  quick('Ann', 'they met ');
  t.equal(asked, 2, 'something else stands before it');
  forgetRepeats();
  quick('Ann', 'they met ');
  t.equal(asked, 3);
  t.end();
});
