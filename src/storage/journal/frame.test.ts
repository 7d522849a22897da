import fc from 'fast-check';
import t from 'tap';
import { frame, scan } from './frame.ts';

const json = fc.json({ maxDepth: 2 }).map((text) => JSON.stringify(JSON.parse(text)));
/** What a file keeps of a text: UTF-8 has no lone surrogates. */
const stored = (text: string): string => Buffer.from(text).toString();

/** The place of each frame in the file. */
function layout(records: readonly string[]): { text: string; start: number; end: number }[] {
  let at = 0;
  return records.map((text) => {
    const start = at;
    at += Buffer.byteLength(frame(text));
    return { text: stored(text), start, end: at };
  });
}

t.test('what is framed is read back, in order', async () => {
  fc.assert(
    fc.property(fc.array(json), (records) => {
      const found = scan(Buffer.from(records.map(frame).join('')), 0, true);
      return found.corrupt.length === 0 && found.records.join('\n') === records.map(stored).join('\n');
    }),
  );
});

t.test('any byte flipped: every untouched record is returned, and nothing else', async (t) => {
  fc.assert(
    fc.property(
      fc.array(json, { minLength: 1 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (records, place, flip) => {
        const bytes = Buffer.from(records.map(frame).join(''));
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const whole = layout(records).filter((piece) => at < piece.start || at >= piece.end);
        const found = scan(bytes, 0, true);
        t.same(
          found.records,
          whole.map((piece) => piece.text),
        );
        t.ok(
          found.corrupt.some((region) => region.start <= at && at < region.end),
          'the damage is reported',
        );
      },
    ),
  );
});

t.test(
  'cut at any byte, with zeros or garbage behind: every whole record is returned, and nothing else',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(json, { minLength: 1 }),
        fc.nat(),
        fc.oneof(
          fc.constant(Buffer.alloc(0)),
          fc.constant(Buffer.alloc(50)),
          fc.uint8Array().map(Buffer.from),
        ),
        (records, place, tail) => {
          const bytes = Buffer.from(records.map(frame).join(''));
          const cut = place % bytes.length;
          const found = scan(Buffer.concat([bytes.subarray(0, cut), tail]), 0, true);
          t.same(
            found.records.slice(0, layout(records).filter((piece) => piece.end <= cut).length),
            layout(records)
              .filter((piece) => piece.end <= cut)
              .map((piece) => piece.text),
          );
          for (const text of found.records) t.ok(records.some((record) => stored(record) === text));
        },
      ),
    );
  },
);

t.test('any chunking of a damaged file gives the same records', async (t) => {
  fc.assert(
    fc.property(
      fc.array(json, { minLength: 1 }),
      fc.nat(),
      fc.integer({ min: 1, max: 60 }),
      (records, place, step) => {
        const bytes = Buffer.from(records.map(frame).join(''));
        bytes[place % bytes.length] = 0x1e;
        const found: string[] = [];
        let start = 0;
        let size = step;
        while (start < bytes.length) {
          const final = start + size >= bytes.length;
          const part = scan(bytes.subarray(start, start + size), 0, final);
          found.push(...part.records);
          start += part.next;
          size = part.next === 0 ? size + step : step;
        }
        t.same(found, scan(bytes, 0, true).records);
      },
    ),
  );
});
