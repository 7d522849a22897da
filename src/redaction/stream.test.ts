import fc from 'fast-check';
import t from 'tap';
import { Detector } from './detector.ts';
import { Shadow } from './disguise.ts';
import type { Match } from './match.ts';
import { CERTAIN } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { HELD_CHARS, type Judge, redactText, StreamRedactor } from './stream.ts';

t.setTimeout(120_000);

const detector = new Detector(RECOGNISERS);
const judge: Judge = {
  weigh: (rank) => rank % 3,
  replace: (rank, weight, value) => `⟦${rank}/${weight}/${value ?? 'long'}⟧`,
};
const mask: Judge = { weigh: () => 0, replace: () => '█' };

const PIECES = RECOGNISERS.flatMap((each) => [...each.examples.found, ...each.examples.ignored]).map((text) =>
  text.replace(/[·‹›]/g, ''),
);
const GLUE = [
  '',
  ' ',
  '-',
  '.',
  ', ',
  '\n',
  '+',
  '@',
  '1',
  '4111 ',
  'a',
  '_',
  '"',
  ': ',
  '(',
  '😀',
  '\ud83d',
  'ssn ',
  'x'.repeat(70),
  'x.'.repeat(40),
  'bob@',
  '1 '.repeat(30),
  '0123456789'.repeat(9),
  // in disguise
  '\u200b',
  '\u200b'.repeat(9),
  '%40',
  '%C3%A9',
  '%',
  '&#64;',
  '&am',
  '\uff11',
  '\u0430',
  '4 1 1 ',
  '\u00a0',
];

/** Whole, halved and glued examples: what is dense with values and near-values. */
const dense = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...PIECES) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...PIECES), fc.nat(40), fc.nat(40))
          .map(([text, a, b]) => text.slice(a, a + b)),
      },
      { weight: 4, arbitrary: fc.constantFrom(...GLUE) },
      {
        weight: 1,
        arbitrary: fc.string({ maxLength: 12, unit: fc.constantFrom(...'abcXYZ0123456789 .-+@:()/_\\') }),
      },
    ),
    { maxLength: 14, size: 'max' },
  )
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });

function chunked(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes.every((each) => each === 0) ? 1 : (sizes[turn % sizes.length] ?? 1);
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
}

const runs = Number(process.argv[2] ?? 3_000);

t.test('any chunking gives what the whole text gives (litellm#30028, mastra#23783)', (t) => {
  fc.assert(
    fc.property(dense, cuts, (text, sizes) => {
      const stream = new StreamRedactor(detector, judge);
      const streamed =
        chunked(text, sizes)
          .map((chunk) => stream.push(chunk))
          .join('') + stream.end();
      return streamed === redactText(detector, judge, text);
    }),
    { numRuns: runs },
  );
  t.end();
});

t.test('no part that goes out early holds a character of a value (litellm#38788)', (t) => {
  fc.assert(
    fc.property(dense, cuts, (text, sizes) => {
      const whole = redactText(detector, mask, text);
      const stream = new StreamRedactor(detector, mask);
      let sent = '';
      return chunked(text, sizes).every((chunk) => {
        sent += stream.push(chunk);
        return whole.startsWith(sent);
      });
    }),
    { numRuns: runs / 4 },
  );
  t.end();
});

t.test('never more than the cap is held back, and what exceeds it is replaced (LangChain PR#37616)', (t) => {
  const undisguised = new Detector(RECOGNISERS, false);
  fc.assert(
    fc.property(dense, cuts, (text, sizes) => {
      const stream = new StreamRedactor(undisguised, mask);
      return chunked(text, sizes).every((chunk) => {
        stream.push(chunk);
        return stream.heldChars <= HELD_CHARS;
      });
    }),
    { numRuns: runs / 4 },
  );
  t.end();
});

t.test('what goes out as it is, is what no match covers', (t) => {
  fc.assert(
    fc.property(dense, (text) => {
      const matches: Match[] = [];
      detector.find(text, 0, text.length, matches);
      const covered = Array.from(text.split(''), (char, at) =>
        matches.some((match) => match.start <= at && at < match.end) ? '' : char,
      ).join('');
      return redactText(detector, { weigh: () => 0, replace: () => '' }, text) === covered;
    }),
    { numRuns: runs / 4 },
  );
  t.end();
});

t.test('anchors miss nothing that the pattern alone would find', (t) => {
  const forms = RECOGNISERS.flatMap((each) =>
    each.forms.map((form) => ({ ...form, regex: new RegExp(form.pattern, 'y') })),
  );
  fc.assert(
    fc.property(dense, (text) => {
      const found: Match[] = [];
      detector.find(text, 0, text.length, found);
      const starts = new Set(found.map((match) => match.start));
      for (const { regex, check, anchor, score = CERTAIN } of forms) {
        if (anchor.kind === 'digits' || check !== undefined || score < CERTAIN) continue;
        // such a match starts where its run does, and none inside it is looked for
        const fromRun = anchor.kind === 'inner' || anchor.kind === 'char';
        for (let at = 0; at < text.length; at++) {
          regex.lastIndex = at;
          if (!regex.test(text) || starts.has(at)) continue;
          if (!fromRun || !found.some(({ start, end }) => start < at && at < end)) return false;
        }
      }
      return true;
    }),
    { numRuns: 500 },
  );
  t.end();
});

t.test('a character outside the basic plane is never cut in two', (t) => {
  const stream = new StreamRedactor(detector, mask);
  t.equal(stream.push('see \ud83d'), 'see ');
  t.equal(stream.push('\ude00 x'), '\ud83d\ude00 ');
  t.equal(stream.end(), 'x');
  t.end();
});

t.test('a long key is replaced before it has ended, and swallowed to its end', (t) => {
  const stream = new StreamRedactor(detector, mask);
  const key = `eyJhbGciOiJIUzI1NiJ9.${'aB3-'.repeat(2000)}`;
  let out = '';
  let heldMax = 0;
  for (let at = 0; at < key.length; at += 4) {
    out += stream.push(key.slice(at, at + 4));
    if (out === '') heldMax = at + 4;
  }
  t.equal(out, '█');
  t.ok(heldMax <= HELD_CHARS);
  t.equal(stream.push(' and'), ' ');
  t.equal(stream.end(), 'and');
  t.end();
});

/** Characters written at length: 3 to 20 for each. */
const WRITTEN: Readonly<Record<string, (char: string) => string>> = {
  'in percent-encoding': (char) => `%${char.charCodeAt(0).toString(16)}`,
  'as entities': (char) => `&#x${char.charCodeAt(0).toString(16)};`,
  'with characters between that nobody sees': (char) => `${char}${'\u200b'.repeat(8)}`,
  'as letters of mathematics in percent-encoding, with more between': (char) =>
    /[a-z]/.test(char)
      ? `${encodeURIComponent(String.fromCodePoint(0x1d41a + char.charCodeAt(0) - 97))}${'\u200b'.repeat(8)}`
      : char,
};

for (const [how, written] of Object.entries(WRITTEN))
  t.test(`text ${how} is held back for no more than 128 characters as it reads, and never goes out`, (t) => {
    const plain = ['jane.doe.with.a.long.address@mail.example.com', 'x'.repeat(90), 'maria@example.org'];
    const text = plain.map((value) => Array.from(value, written).join('')).join(' \n');
    const stream = new StreamRedactor(detector, mask);
    let out = '';
    for (let at = 0; at < text.length; at += 4) {
      out += stream.push(text.slice(at, at + 4));
      const to = Math.min(text.length, at + 4);
      const held = new Shadow(text, to - stream.heldChars, to);
      t.ok(held.text.length <= HELD_CHARS, `${held.text.length} at ${to}`);
    }
    out += stream.end();
    t.match(out, /^█ [^█]*█$/su);
    t.equal(out, redactText(detector, mask, text));
    t.end();
  });

t.test('a word that every object has as a property is a word like others', (t) => {
  for (const word of ['constructor', 'valueOf', 'toString'])
    t.equal(redactText(detector, mask, `the ${word} Maria Silva`), `the ${word} █`);
  t.end();
});
