import fc from 'fast-check';
import t from 'tap';
import { Automaton, NONE } from './automaton.ts';

const MOST_CHARS = 128;

/** By trying every end: the longest text from a place that JavaScript's own engine takes. */
function longest(source: string, flags: string, text: string, at: number): number {
  for (let end = text.length; end > at; end--) {
    const regex = new RegExp(`(?:${source})(?=[^]{${[...text.slice(end)].length}}$)`, `${flags}y`);
    regex.lastIndex = at;
    if (regex.test(text) && regex.lastIndex === end) return end;
  }
  return NONE;
}

const atom = fc.constantFrom(
  'a',
  'b',
  'k',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '[ab]',
  '[^a]',
  '\\p{Lu}',
  'é',
  '\\.',
  '😀',
);
const patterns = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atom,
    fc.constantFrom('\\b', '\\B'),
    fc.array(tie('node'), { minLength: 2, maxLength: 4 }).map((nodes) => nodes.join('')),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((nodes) => `(?:${nodes.join('|')})`),
    fc
      .tuple(tie('node'), fc.nat(2), fc.nat(2))
      .filter(([node]) => !/^\\[bB]$/.test(node))
      .map(([node, min, more]) => `(?:${node}){${min},${min + more}}`),
  ),
})).node;
const texts = fc.string({ unit: fc.constantFrom(...'abkKB1 .-_é', '😀', '\n'), maxLength: 8 });

t.test('a pattern finds what it finds in JavaScript, the longest match from each place', (t) => {
  let compared = 0;
  fc.assert(
    fc.property(patterns, texts, fc.boolean(), (source, text, ignoreCase) => {
      let automaton: Automaton;
      try {
        automaton = new Automaton(source, ignoreCase, MOST_CHARS);
      } catch {
        return true; // it may be empty, or never match
      }
      compared++;
      for (let at = 0; at < text.length; at++) {
        if (/[\udc00-\udfff]/.test(text.charAt(at))) continue;
        if (automaton.run(text, at, text.length) !== longest(source, ignoreCase ? 'iu' : 'u', text, at))
          return false;
      }
      return true;
    }),
    { numRuns: 700 },
  );
  t.ok(compared > 200, `${compared} patterns were compared`);
  t.end();
});

t.test('what has no end, or cannot be read in one pass, is refused with its place and what to write', (t) => {
  const refused: [string, RegExp][] = [
    ['(a+)+$', /^at character 3 of the pattern: "\+" has no upper bound; write \{1,20\}/],
    ['(a|a)*b', /^at character 6 of the pattern: "\*" has no upper bound; write \{0,20\}/],
    ['a{2,}', /^at character 2 .*"\{2,\}" has no upper bound; write \{2,22\}/],
    ['x(?=y)', /^at character 2 .*look-ahead and look-behind are not supported; write \\b/],
    ['(?<!x)y', /^at character 1 .*look-ahead/],
    ['(a)\\1', /^at character 4 .*back-references are not supported; write the alternatives out/],
    ['(?<n>a)\\k<n>', /^at character 8 .*back-references/],
    ['^abc', /^at character 1 .*anywhere in a text.*write \\b/],
    ['abc\\z', /^at character 4 .*anywhere in a text/],
    ['(?i)abc', /^at character 1 .*ignore_case: true/],
    ['a{1,3}?', /^at character 7 .*lazy/],
    ['a{3}{2}', /^at character 5 .*quantifier already/],
    ['a{3,1}', /^at character 2 .*ends before it begins/],
    ['a{x}', /^at character 2 .*write \\\{ for the character/],
    ['*a', /^at character 1 .*nothing to repeat/],
    ['(a', /^at character 1 .*never closed/],
    ['a)', /^at character 2 .*closes nothing/],
    ['[a', /^at character 1 .*never closed/],
    ['[]', /^at character 2 .*empty/],
    ['[z-a]', /^at character 2 .*no range/],
    ['[\\d-z]', /^at character 2 .*no range/],
    ['[[:alpha:]]', /^at character 2 .*\[:alpha:\]/],
    ['\\q', /^at character 1 .*no escape/],
    ['\\p{Greek}', /^at character 1 .*\\p\{Script=Greek\}/],
    ['\\u{110000}', /^at character 1 .*no character/],
    ['\\ud83d', /^at character 1 .*no character/],
    ['a|', /^also matches nothing at all/],
    ['a?b?', /^also matches nothing at all/],
    ['a\\bb', /^never matches/],
    ['.{0,128}x', /^matches up to 257 characters, at most 128/],
    ['[^]{9}', /^at character 3 .*empty/],
    ['a{9999}', /^matches up to 9999 characters/],
    ['[ab]{0,20}a[ab]{20}', /^is too complex \(more than 2000 states\); lower its repeats, or split it/],
    ['(?:(?:a?){99}b?){99}c', /^matches up to|^is too complex/],
    [`(?:${'a|'.repeat(200)}b){100}`, /^is too complex \(more than 4000 places/],
  ];
  for (const [source, says] of refused)
    t.throws(() => new Automaton(source, false, MOST_CHARS), { name: 'PatternError', message: says }, source);
  t.end();
});

t.test('what a pattern may hold is read as it is elsewhere', (t) => {
  const taken: [string, string][] = [
    ['EMP-\\d{6}', 'EMP-123456'],
    ['(\\d{3})-(?P<last>\\d{3})', '123-456'],
    ['(?<first>a)', 'a'],
    ['\\x41\\u0042\\x{43}\\u{1F600}', 'ABC😀'],
    ['[\\]a\\-\\\\]{4}', ']a-\\'],
    ['[a-]{2}', '-a'],
    ['[^a-z]', 'Z'],
    ['}]', '}]'],
    ['\\t\\n\\ ', '\t\n '],
    ['\\p{Script=Greek}\\P{L}', 'α1'],
    ['[\\p{Lu}\\d]{2}', 'Ä1'],
    ['\\B_\\b', '_'],
    ['日本{1,2}', '日本本'],
  ];
  for (const [source, text] of taken) {
    const at = source.startsWith('\\B') ? `a${text}` : text;
    t.equal(
      new Automaton(source, false, MOST_CHARS).run(at, at.length - text.length, at.length),
      at.length,
      source,
    );
  }
  t.end();
});

t.test(
  '64 kB of what a pattern likes best is read in steps that its length bounds (re2 vs. backtracking)',
  (t) => {
    for (const [source, unit] of [
      ['(?:a{1,10}){1,10}b', 'a'],
      ['(?:a|a|a){1,120}b', 'a'],
      ['(?:a?){60}a{60}b', 'a'],
      ['.{0,60}x', '😀'],
      ['(?:\\w{1,30}\\.){1,4}x', 'a.'],
    ] as const) {
      const text = unit.repeat(65_536 / unit.length);
      const automaton = new Automaton(source, false, MOST_CHARS);
      let read = 0;
      const counted = {
        length: text.length,
        charCodeAt: (at: number) => text.charCodeAt(at),
        codePointAt: (at: number) => {
          read++;
          return text.codePointAt(at);
        },
      };
      for (let at = 0; at < text.length; at++) automaton.run(counted as string, at, text.length);
      t.ok(read <= text.length * (automaton.maxChars + 1), `${source}: ${read} characters are read`);
    }
    t.end();
  },
);
