import fc from 'fast-check';
import { test } from 'tap';
import { Shadow } from './disguise.ts';

const text = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        '1',
        '2',
        ' ',
        ' ',
        '%41',
        '%C3%A9',
        '%4',
        '&amp;',
        '&#',
        '–',
        'а',
        '\u200b',
        '\u00ad',
        'ﬁ',
        '½',
      ],
      ...['\ud835\udfd9', '\ud83d\ude00', '\udb40\udc41', '\ud835', '１', '①'],
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((parts) => parts.join(''));

const placesOf = (shadow: Shadow, length: number) => ({
  text: shadow.text,
  unfinishedFrom: shadow.unfinishedFrom,
  origins: Array.from({ length: shadow.text.length + 1 }, (_, at) => shadow.origin(at)),
  ends: Array.from({ length: shadow.text.length + 1 }, (_, at) => shadow.end(at)),
  indices: Array.from({ length: length + 1 }, (_, at) => shadow.indexOf(at)),
});

test('what a text reads as is the same, grown piece by piece or read at once', (t) => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(20)), fc.nat(3), (whole, cuts, from) => {
      const ends = [
        ...cuts.filter((cut) => cut >= from && cut < whole.length).sort((a, b) => a - b),
        whole.length,
      ];
      if (from > whole.length) return;
      const grown = new Shadow(whole.slice(0, ends[0]), from, ends[0] ?? 0, true);
      for (const end of ends.slice(1)) grown.grow(whole.slice(0, end));
      const once = new Shadow(whole, from, whole.length, true);
      t.same(placesOf(grown, whole.length), placesOf(once, whole.length));
    }),
    { numRuns: 500 },
  );
  t.end();
});

test('places in what a text reads as lead back to where they are written', (t) => {
  fc.assert(
    fc.property(text, (whole) => {
      const shadow = new Shadow(whole, 0, whole.length);
      for (let at = 0; at < shadow.text.length; at++) {
        const origin = shadow.origin(at);
        if (shadow.end(at + 1) <= origin || shadow.origin(shadow.indexOf(origin)) !== origin)
          t.fail(`${JSON.stringify(whole)} at ${at}`);
      }
    }),
    { numRuns: 2000 },
  );
  t.end();
});
