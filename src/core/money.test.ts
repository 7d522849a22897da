import fc from 'fast-check';
import t from 'tap';
import { formatUsd, parseUsd, shiftDecimal } from './money.ts';

t.test('an amount survives being written and read, to the last pico-dollar', async (t) => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }),
      (pico) => parseUsd(formatUsd(pico)) === pico,
    ),
  );
  t.equal(formatUsd(125_000_000n), '0.000125');
  t.equal(parseUsd('12'), 12_000_000_000_000n);
});

t.test('an amount that cannot be exact is refused', async (t) => {
  for (const text of ['', '1e3', '0.1234567890123', '1.', '.5', '+1', '1,000', 'NaN', '9'.repeat(16)]) {
    t.throws(() => parseUsd(text), RangeError, text);
  }
});

t.test('decimals are shifted, never multiplied as floats', async (t) => {
  t.equal(shiftDecimal('2.5', 6), 2_500_000n);
  t.equal(shiftDecimal('0.1', 6), 100_000n);
  t.equal(shiftDecimal('5e-7', 6), 1n, 'rounded half up');
  t.equal(shiftDecimal('0.08333333333333334', 6), 83_333n);
  t.equal(shiftDecimal('1e+21', 0), 10n ** 21n);
  t.throws(() => shiftDecimal('-1', 6), RangeError);
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      (pico) => shiftDecimal(formatUsd(pico), 12) === pico,
    ),
  );
});
