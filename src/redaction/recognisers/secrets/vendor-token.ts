import { type Recogniser, recogniser } from '../../recogniser.ts';

interface TokenSpec<Id extends string> {
  readonly id: Id;
  readonly called: string;
  /** What every token of the vendor starts with. */
  readonly prefixes: readonly string[];
  /** Prefix and as much of the rest as makes it certain. */
  readonly pattern: string;
  /** The class of the characters that may follow. */
  readonly tail?: string;
  readonly check?: (value: string) => boolean;
  /** The least Shannon entropy of the whole, in bits per character. */
  readonly minEntropy?: number;
  /** The prefix leaves no doubt, whatever follows. */
  readonly unmistakable?: true;
  readonly found: readonly string[];
  readonly ignored: readonly string[];
}

/** A vendor's token: a known prefix, not inside a word, and a rest that looks drawn by lot. */
export function vendorToken<Id extends string>(spec: TokenSpec<Id>): Recogniser<Id> {
  const { id, called, found, ignored } = spec;
  const minEntropy = spec.minEntropy ?? 0;
  const check = (value: string): boolean =>
    (spec.unmistakable === true || looksRandom(value)) &&
    (spec.check?.(value) ?? true) &&
    (minEntropy === 0 || entropyOf(value) >= minEntropy);
  return recogniser({
    id,
    group: 'secret',
    called,
    forms: [
      {
        anchor: { kind: 'text', texts: spec.prefixes },
        pattern: `(?<![A-Za-z0-9])${spec.pattern}`,
        check,
        ...(spec.tail === undefined ? {} : { tail: spec.tail }),
      },
    ],
    examples: { found, ignored },
  });
}

const DUMMY = /x{6}|X{6}|\*{4}|\.{4}|0{8}|EXAMPLE|example|your[-_]|abcdefgh|123456789012/;

/** False for the dummies of documentation: one character over and over, `xxxxxx`, `EXAMPLE`. */
export function looksRandom(value: string): boolean {
  return hasKinds(value, Math.max(0, value.length - 20), 7) && !DUMMY.test(value);
}

/** Whether there are so many different characters from a place on; values drawn by lot have them right there. */
function hasKinds(value: string, from: number, count: number): boolean {
  let kinds = 0;
  for (let at = from; at < value.length && kinds < count; at++) {
    const code = value.charCodeAt(at);
    let known = from;
    while (value.charCodeAt(known) !== code) known++;
    if (known === at) kinds++;
  }
  return kinds >= count;
}

/** How often three characters stand in the order of the alphabet or of the figures, `abc`, `456`: by lot hardly ever. */
export function inOrder(value: string): number {
  let count = 0;
  for (let at = 2; at < value.length; at++) {
    const last = value.charCodeAt(at);
    if (last - value.charCodeAt(at - 1) !== 1 || last - value.charCodeAt(at - 2) !== 2) continue;
    count++;
    at += 2;
  }
  return count;
}

/** By UTF-16 unit, how often a value has it; only zeros in between. */
const counts = new Uint16Array(0x10000);

/** Shannon entropy in bits per character: 4 for hexadecimal digits drawn by lot, below 3 for most words. */
export function entropyOf(value: string): number {
  const { length } = value;
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at);
    counts[code] = (counts[code] as number) + 1;
  }
  let bits = 0;
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at);
    const share = (counts[code] as number) / length;
    counts[code] = 0;
    if (share > 0) bits -= share * Math.log2(share);
  }
  return bits;
}
