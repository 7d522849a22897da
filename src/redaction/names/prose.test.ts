import fc from 'fast-check';
import { test } from 'tap';
import { isProse, isTechnical } from './prose.ts';
import { Token } from './run.ts';

/** The same, as expressions: slower. */
const LED_UP_TO = /(?:^|[.?!:"]\s|\n|(?:^|[\s"'(])[a-z’']+,? )$/;
const CODE = /[{}[\]<>=_/\\`|#*$@;+~^]|\(\)|--|::|\n\s|\w\.\w/;
const TECHNICAL =
  /^[ \t]*(?:#{1,6} |\||\/\/|\*|- \*\*|@|> \[)|[`{}<>\\]|\w\(|=>|::|->|\]\(| = "|\be\.g\.,? $/;

const before = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'is',
        'B',
        '1',
        ' ',
        ' ',
        ' ',
        '\n',
        '\t',
        '\u00a0',
        '.',
        ',',
        '?',
        ':',
        '"',
        "'",
        '’',
        '(',
        ')',
      ],
      ...[
        '-',
        '--',
        '[',
        ']',
        '|',
        '#',
        '## ',
        '//',
        '*',
        '@',
        '>',
        '> [',
        ' = "',
        'e.g. ',
        'e.g., ',
        '_',
        'é',
      ],
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

test('lines of code are told by their signs', (t) => {
  fc.assert(
    fc.property(
      before,
      (text) => isTechnical(text) === TECHNICAL.test(text.slice(text.lastIndexOf('\n') + 1)),
    ),
    { numRuns: 20_000 },
  );
  t.end();
});

test('running text is told by what leads up to a name, and by the signs that it has not', (t) => {
  fc.assert(
    fc.property(
      before,
      (text) => isProse(text, new Token('Ann', 0, 3)) === (LED_UP_TO.test(text) && !CODE.test(text)),
    ),
    { numRuns: 20_000 },
  );
  t.ok(isProse('we met ', new Token('Ann', 0, 3)));
  t.notOk(isProse('we met ', new Token('McGee', 0, 5)), 'a capital letter inside');
  t.notOk(isProse('we met ', new Token('J', 0, 1)), 'no more than a letter');
  t.end();
});
