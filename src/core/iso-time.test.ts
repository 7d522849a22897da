import fc from 'fast-check';
import t from 'tap';
import { isoTime } from './iso-time.ts';

t.test('a time is written as a Date writes it, also when its second came before', async (t) => {
  const second = fc.integer({ min: -62_000_000, max: 4_000_000_000 });
  fc.assert(
    fc.property(second, fc.array(fc.nat(999), { minLength: 1, maxLength: 3 }), (seconds, parts) =>
      parts.every((part) => isoTime(seconds * 1000 + part) === new Date(seconds * 1000 + part).toISOString()),
    ),
  );
  t.throws(() => isoTime(Number.POSITIVE_INFINITY), RangeError);
});
