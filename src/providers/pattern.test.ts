import fc from 'fast-check';
import t from 'tap';
import { nearest } from './nearest.ts';
import { matchesPattern } from './pattern.ts';

t.test('a pattern matches exactly what the same regular expression matches', async () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '-'), maxLength: 8 });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 10 });
  fc.assert(
    fc.property(letters, name, (pattern, text) => {
      const source = pattern
        .split('*')
        .map((part) => part.replace(/[.-]/g, '\\$&'))
        .join('.*');
      return matchesPattern(pattern, text) === new RegExp(`^${source}$`).test(text);
    }),
  );
});

t.test('model names', async (t) => {
  t.ok(matchesPattern('gpt-*', 'gpt-5.4-mini'));
  t.ok(matchesPattern('*', ''));
  t.notOk(matchesPattern('gpt-*', 'my-gpt-5'));
  t.notOk(matchesPattern('gpt-4', 'gpt-4o'));
  t.notOk(matchesPattern('GPT-*', 'gpt-4'), 'case counts');
});

t.test('a hopeless pattern does not take for ever', async (t) => {
  t.notOk(matchesPattern(`${'*a'.repeat(30)}b`, 'a'.repeat(200)));
});

t.test('suggestions are near, and none are made for nonsense', async (t) => {
  t.strictSame(nearest('gpt-5.4-mimi', ['gpt-5.4-mini', 'claude-opus-5', 'gpt-5.4'], 2), ['gpt-5.4-mini']);
  t.strictSame(nearest('zzzzzz', ['gpt-5.4'], 3), []);
  t.strictSame(nearest('x'.repeat(10_000), ['gpt-5.4'], 3), []);
});
