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
    ['gpt-*', 'my-gpt-5', false],
    ['GPT-*', 'gpt-4', false],
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
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '-'), maxLength: 8 });
  const names = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 10 });
  fc.assert(
    fc.property(letters, names, (pattern, name) => {
      const source = pattern.replaceAll(/[.-]/g, '\\$&').replaceAll('*', '.*');
      return namePatterns([pattern])(name) === new RegExp(`^${source}$`).test(name);
    }),
  );
});

t.test('a hopeless pattern does not take for ever', async (t) => {
  t.notOk(namePatterns([`${'*a'.repeat(30)}b`])('a'.repeat(200)));
});
