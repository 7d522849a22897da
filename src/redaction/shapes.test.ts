import fc from 'fast-check';
import t from 'tap';
import { parsePattern } from './pattern.ts';
import type { Form, Recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { hasDigits, type Shape, shapesOf } from './shapes.ts';

const split = RECOGNISERS.flatMap((each: Recogniser) => [...each.forms]).flatMap(
  ({ anchor, pattern }: Form) => {
    const shapes = anchor.kind === 'digits' ? shapesOf(parsePattern(pattern).node) : undefined;
    return shapes === undefined ? [] : [{ pattern, shapes }];
  },
);

function endOf(pattern: string, text: string, start: number): number | undefined {
  const regex = new RegExp(pattern, 'y');
  regex.lastIndex = start;
  return regex.test(text) ? regex.lastIndex : undefined;
}

function endsOf(shapes: readonly Shape[], text: string, start: number): number[] {
  return shapes.flatMap(({ pattern, digits }) => {
    const end = endOf(pattern, text, start);
    const meant = end !== undefined && (digits === undefined || hasDigits(text.slice(start, end), digits));
    return meant ? [end] : [];
  });
}

t.test('a number is found by exactly one shape of its pattern, or by none as by the pattern', (t) => {
  const examples = RECOGNISERS.flatMap(({ examples: { found, ignored } }) => [...found, ...ignored]).map(
    (text) => text.replace(/[·‹›]/g, ''),
  );
  const piece = fc.oneof(fc.constantFrom(...examples), fc.stringMatching(/^[0-9 A-Za-z./:+-]{0,12}$/));
  const alike = (text: string): boolean =>
    split.every(({ pattern, shapes }) =>
      Array.from(text, (_, start) => start).every((start) => {
        const end = endOf(pattern, text, start);
        return endsOf(shapes, text, start).join() === (end === undefined ? '' : String(end));
      }),
    );
  t.ok(split.length > 60);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 2 }), (pieces) => alike(pieces.join(''))),
    { numRuns: 60 },
  );
  t.end();
});

t.test('patterns of which two spellings may match at one place are left as they are', (t) => {
  t.equal(shapesOf(parsePattern('\\d{3}(?: \\d{3})?(?!\\w)').node), undefined);
  t.equal(shapesOf(parsePattern('\\d{1,9}').node), undefined);
  t.equal(shapesOf(parsePattern('\\d\\s\\d').node), undefined);
  t.match(shapesOf(parsePattern('(?:[12]\\d|3[01])(?!\\w)').node), [{ pattern: '\\d{2}(?!\\w)' }]);
  t.end();
});
