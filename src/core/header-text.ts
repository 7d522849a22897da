const UNSAFE = /[^\x21-\x7e]/gu;
const LONGEST = 256;

/**
 * Text from outside as the value of a header: what is not printable ASCII is percent-encoded as UTF-8 (a lone
 * surrogate as U+FFFD), and it is cut at 256 characters. A name that a client chose must neither end a line nor
 * make the head of an answer unsendable.
 */
export function headerText(text: string): string {
  const safe = text
    .slice(0, LONGEST)
    .toWellFormed()
    .replace(UNSAFE, (character) => encodeURIComponent(character));
  return safe.length > LONGEST ? safe.slice(0, LONGEST) : safe;
}
