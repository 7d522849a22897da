/** Whether a text matches one of the patterns. */
export type Matcher = (text: string) => boolean;

/**
 * Compiles patterns in which `*` stands for any number of characters. Linear in the text: no regular
 * expression, so no pattern can be made to backtrack.
 */
export function matcher(patterns: readonly string[]): Matcher {
  if (patterns.includes('*')) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  if (globs.length === 0) return (text) => exact.has(text);
  return (text) => exact.has(text) || globs.some((pieces) => matchesGlob(pieces, text));
}

function matchesGlob(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces[pieces.length - 1] ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) {
    return false;
  }
  const end = text.length - last.length;
  let from = first.length;
  for (let index = 1; index < pieces.length - 1; index++) {
    const piece = pieces[index] as string;
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
