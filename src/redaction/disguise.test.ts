import fc from 'fast-check';
import t from 'tap';
import { disguisesIn } from './detector.ts';
import { Shadow } from './disguise.ts';

const piece = fc.constantFrom(
  'a',
  '4',
  '4 4',
  ' ',
  'é',
  'е',
  '%34',
  '&#52;',
  '\u200b',
  '４',
  '𝟜',
  '⑳',
  '–',
  '.',
);

t.test('every character of what a text reads as is where it stands, or its token', (t) => {
  const stands = (text: string): boolean => {
    const shadow = new Shadow(text, 0, text.length);
    const disguises = disguisesIn(text, 0, text.length);
    return Array.from({ length: shadow.text.length }, (_, index) => index).every((index) => {
      const from = shadow.origin(index);
      const to = shadow.end(index + 1);
      const before = index === 0 ? 0 : shadow.origin(index - 1);
      if (from < before || from >= to || shadow.indexOf(from) > index) return false;
      const plain = text.slice(from, to) === shadow.text[index];
      return plain || disguises.some((place) => place >= from && place < to);
    });
  };
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => stands(pieces.join(''))));
  t.end();
});

t.test('what nobody sees stands behind no character and before the next', (t) => {
  const shadow = new Shadow('a\u200bb', 0, 3);
  t.equal(shadow.text, 'ab');
  t.same(
    [shadow.origin(0), shadow.end(1), shadow.origin(1), shadow.end(2), shadow.origin(2)],
    [0, 1, 2, 3, 3],
  );
  t.same(
    [0, 1, 2, 3].map((place) => shadow.indexOf(place)),
    [0, 1, 1, 2],
  );
  t.end();
});
