/** Seconds whose text is kept: those of now, and the beginnings of windows. */
const MAX_KEPT = 256;
const known = new Map<number, string>();

/**
 * The same as `new Date(ms).toISOString()`, for the request path, which asks for the same few seconds again and
 * again: 0.1 µs instead of 0.5.
 *
 * @param ms epoch milliseconds
 * @throws RangeError beyond what a Date can be
 */
export function isoTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  let text = known.get(second);
  if (text === undefined) {
    text = new Date(second * 1000).toISOString().slice(0, -4);
    if (known.size >= MAX_KEPT) known.clear();
    known.set(second, text);
  }
  return `${text}${String(Math.floor(ms) - second * 1000).padStart(3, '0')}Z`;
}
