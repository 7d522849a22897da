import fc from 'fast-check';
import t from 'tap';
import {
  DECLARED,
  DECLARED_PIECES,
  type Declared,
  declaredEntity,
} from '../../../test/support/declared-entities.ts';
import { Detector } from '../detector.ts';
import { JsonText } from '../json-text.ts';
import { RECOGNISERS } from '../recognisers/index.ts';
import { HELD_CHARS, type Judge, redactText, StreamRedactor } from '../stream.ts';
import { Both, CustomFinder } from './finder.ts';

t.setTimeout(120_000);

const custom = new CustomFinder(DECLARED);
const both = new Both(new Detector(RECOGNISERS.slice(0, 60)), custom);

const judge: Judge = {
  weigh: (rank) => Math.abs(rank) % 3,
  replace: (rank, weight, value) => `⟦${rank}/${weight}/${value ?? 'long'}⟧`,
};
const texts = fc
  .array(fc.constantFrom(...DECLARED_PIECES), { maxLength: 14, size: 'max' })
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });

function chunked(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
}

const runs = Number(process.argv[2] ?? 1_200);

for (const [name, finder] of Object.entries({ custom, both }))
  t.test(`${name}: any chunking gives what the whole text gives`, (t) => {
    fc.assert(
      fc.property(texts, cuts, (text, sizes) => {
        const stream = new StreamRedactor(finder, judge);
        const streamed = chunked(text, sizes)
          .map((chunk) => stream.push(chunk))
          .join('');
        return streamed + stream.end() === redactText(finder, judge, text);
      }),
      { numRuns: runs },
    );
    t.end();
  });

t.test('in JSON, too, names and values alike', (t) => {
  fc.assert(
    fc.property(texts, cuts, (text, sizes) => {
      const open = () => new JsonText(new StreamRedactor(both, judge));
      const json = JSON.stringify({ [text]: [text, { n: 123_456 }] });
      const stream = open();
      const streamed = chunked(json, sizes)
        .map((chunk) => stream.push(chunk))
        .join('');
      return streamed + stream.end() === open().end(json);
    }),
    { numRuns: runs / 4 },
  );
  t.end();
});

t.test('overlapping values that go on past the cap are cut at the same places however they arrive', (t) => {
  for (const text of [
    `%${'%61'.repeat(50)}`,
    `${'%61'.repeat(50)}%2D`,
    `1order #$%!&am${'0123456789'.repeat(9)}%45`,
  ]) {
    const stream = new StreamRedactor(custom, judge);
    const streamed = [...text].map((char) => stream.push(char)).join('') + stream.end();
    t.equal(streamed, redactText(custom, judge, text));
  }
  t.end();
});

t.test('a value in disguise is found, a veto and a context count behind it, too', (t) => {
  const found = (rules: Declared, text: string) =>
    redactText(new CustomFinder([declaredEntity(rules)]), { weigh: () => 0, replace: () => '█' }, text);
  const badge = { patterns: ['\\bBDG-\\d{4}\\b'] };
  for (const written of [
    'BDG-1234',
    'ＢＤＧ－１２３４',
    'B\u200bDG-12\u200b34',
    'BDG%2D1234',
    'BDG&#45;1234',
    'ВDG-1234',
  ])
    t.equal(found(badge, `a ${written}, b`), 'a █, b', written);
  t.equal(found({ ...badge, against: ['sample'] }, 'BDG-1234 is a sample'), 'BDG-1234 is a sample');
  t.equal(found({ ...badge, against: ['sample'] }, `BDG-1234 is ${'a '.repeat(20)}sample`).slice(0, 2), '█ ');
  const weak = { patterns: ['\\b\\d{4}\\b'], context: ['badge'], score: 20 };
  t.equal(found(weak, 'no 1234 of 9'), 'no 1234 of 9');
  t.equal(found(weak, 'badge no. 1234 of 9'), 'badge no. █ of 9');
  t.equal(found(weak, 'no 4321 is my badge'), 'no █ is my badge');
  const key = { patterns: ['\\bk_[a-z]{4}'], tail: '[a-z0-9]' };
  t.equal(found(key, `k_abcd${'x9'.repeat(200)}-1`), '█-1');
  t.end();
});

t.test('never more than the cap is held back, in disguise or not', (t) => {
  fc.assert(
    fc.property(texts, cuts, (text, sizes) => {
      const stream = new StreamRedactor(custom, judge);
      return chunked(text, sizes).every((chunk) => {
        stream.push(chunk);
        return stream.heldChars <= HELD_CHARS;
      });
    }),
    { numRuns: runs / 2 },
  );
  t.end();
});
