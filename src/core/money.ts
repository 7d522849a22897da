/**
 * Money is a whole number of pico-dollars (10⁻¹² USD) in a bigint; a float never holds it. Cached-token
 * prices are fractions of a nano-dollar per token, hence the small unit.
 */
export type PicoUsd = bigint;

const PICO_PER_USD = 1_000_000_000_000n;

/**
 * Reads a decimal dollar amount such as `12`, `0.5` or `-3.000001`.
 * @throws RangeError when it is not a plain decimal or has more than 12 decimals (it would not be exact).
 */
export function parseUsd(text: string): PicoUsd {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text);
  if (!match) throw new RangeError(`not a dollar amount with at most 12 decimals: ${JSON.stringify(text)}`);
  const [, sign, whole = '0', fraction = ''] = match;
  const pico = BigInt(whole) * PICO_PER_USD + BigInt(fraction.padEnd(12, '0'));
  return sign === '-' ? -pico : pico;
}

/**
 * `text` × 10^digits as a whole number, by moving the decimal point: no float is ever multiplied. Digits beyond
 * are rounded half up. @throws RangeError when it is not a plain non-negative decimal.
 */
export function shiftDecimal(text: string, digits: number): bigint {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a non-negative decimal: ${JSON.stringify(text)}`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const places = digits + Number(exponent) - fraction.length;
  const significant = BigInt(whole + fraction);
  if (places >= 0) return significant * 10n ** BigInt(places);
  const divisor = 10n ** BigInt(-places);
  return (significant + divisor / 2n) / divisor;
}

/** The exact decimal dollars of an amount, without trailing zeros: `0.000125`. */
export function formatUsd(amount: PicoUsd): string {
  const sign = amount < 0n ? '-' : '';
  const magnitude = amount < 0n ? -amount : amount;
  const fraction = (magnitude % PICO_PER_USD).toString().padStart(12, '0').replace(/0+$/, '');
  return `${sign}${magnitude / PICO_PER_USD}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Dollars as a float, for metrics and charts only; never to calculate with. */
export function approximateUsd(amount: PicoUsd): number {
  return Number(amount) / 1e12;
}
