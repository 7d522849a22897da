/** A test for names against patterns in which `*` stands for any characters; everything else is literal. */
export type NameTest = (name: string) => boolean;

/** Compiles patterns such as `gpt-4o*`; done when a file is loaded, never per request. */
export function namePatterns(patterns: readonly string[]): NameTest {
  const compiled = patterns.map((pattern) => pattern.split('*'));
  return (name) => compiled.some((pieces) => matches(pieces, name));
}

/** Leftmost matches of the pieces between the stars: no backtracking, so no pattern is slow. */
function matches(pieces: readonly string[], name: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return name === first;
  const last = pieces[pieces.length - 1] ?? '';
  const end = name.length - last.length;
  let at = first.length;
  if (at > end || !name.startsWith(first) || !name.endsWith(last)) return false;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
