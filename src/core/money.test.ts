import fc from 'fast-check';
import t from 'tap';
import { formatUsd, parseUsd } from './money.ts';

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
