import fc from 'fast-check';
import t from 'tap';
import { NdjsonSplitter } from './ndjson.ts';

t.test('any chunking gives the same objects, with and without a last line end', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })), { maxLength: 5 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (objects, closed, size) => {
        const bytes = Buffer.from(
          objects.map((object) => JSON.stringify(object)).join('\r\n') + (closed ? '\n' : ''),
        );
        const splitter = new NdjsonSplitter(10_000);
        const found: unknown[] = [];
        for (let at = 0; at < bytes.length; at += size)
          found.push(...splitter.push(bytes.subarray(at, at + size)));
        found.push(...splitter.end());
        return JSON.stringify(found) === JSON.stringify(objects);
      },
    ),
  );
});

t.test('what is no object is passed over, and a line without end is refused', async (t) => {
  const splitter = new NdjsonSplitter(20);
  t.strictSame(splitter.push(Buffer.from('\n\nnonsense\n[1]\n{"a":1}\n{"b"')), [{ a: 1 }]);
  t.throws(() => splitter.push(Buffer.from(':"0123456789012345678')), { code: 'provider_error' });
});
