import fc from 'fast-check';
import t from 'tap';
import { namePatterns } from './pattern.ts';

t.test('a star stands for any characters, everything else for itself', async (t) => {
  for (const [pattern, name, expected] of [
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['gpt-4o*', 'gpt-4o', true],
    ['gpt-4o*', 'gpt-4o-mini', true],
    ['gpt.4o*', 'gpt-4o', false],
    ['*', '', true],
    ['a*a', 'a', false],
    ['*mini*', 'gpt-4o-mini', true],
    ['a*b*c', 'aXbXbc', true],
    ['a*bc*c', 'abc', false],
  ] as const) {
    t.equal(namePatterns([pattern])(name), expected, `${pattern} ~ ${name}`);
  }
});

t.test('agrees with a regular expression on random patterns', async () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
  fc.assert(
    fc.property(letters, names, (pattern, name) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
      return namePatterns([pattern])(name) === expected;
    }),
  );
});
