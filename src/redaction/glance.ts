import { TOKEN_OPENERS } from './disguise.ts';
import { type Entrances, MATCHED } from './entrances.ts';
import { BEYOND_ASCII, CODES } from './opening.ts';

/** What may be in the pairs of `Glance` that have not been looked at. */
export const UNSEEN_PAIR = -1;
/** The bit of what may begin at the second of two characters and reads as something else. */
const TOKEN = 1 << 15;
/** The bits of triggers at one character; one bit less than there is room for, so that no pair is UNSEEN_PAIR. */
const MOST_GROUPS = 14;
const BLANK = 32;
/** By code, what follows a character of ASCII that begins something which reads as something else. */
const TOKEN_GOES_ON: Readonly<Record<number, RegExp>> = { 32: /[ \d]/, 37: /[\da-fA-F]/, 38: /[#a-z]/ };

/** Triggers that are looked at at one character and take the same ones before it. */
interface Group {
  readonly before: readonly number[];
  /** Where they are when the character has been read. */
  readonly places: Set<number>;
}

/**
 * What three characters in a row say of an anchor, the second of them: most places that could be one by the character
 * before are none by the character behind, and need no automaton.
 */
export class Glance {
  /**
   * By the codes of two characters in a row: in the low half a bit for every group of triggers that may have the
   * second as its anchor, in the high half those of the first that may go on with the second.
   */
  readonly pairs = new Int32Array(CODES * CODES).fill(UNSEEN_PAIR);
  readonly #entrances: Entrances;
  readonly #groups: (readonly Group[] | undefined)[] = [];

  constructor(entrances: Entrances) {
    this.#entrances = entrances;
  }

  /** Fills in a pair. */
  see(first: number, second: number): number {
    let anchored = isTokenOpener(second, first) ? TOKEN : 0;
    for (const [bit, { before }] of this.#groupsAt(second).entries())
      if (before.includes(first)) anchored |= 1 << bit;
    let going = TOKEN_GOES_ON[first]?.test(String.fromCharCode(second)) === false ? 0 : TOKEN;
    for (const [bit, { places }] of this.#groupsAt(first).entries())
      if (this.#goesOn(places, second)) going |= 1 << bit;
    const pair = (going << 16) | anchored;
    this.pairs[first * CODES + second] = pair;
    return pair;
  }

  #goesOn(places: ReadonlySet<number>, code: number): boolean {
    if (places.has(MATCHED)) return true;
    const symbols = this.#entrances.blurredAt[code] as readonly number[];
    return places.values().some((place) => symbols.some((symbol) => this.#entrances.reads(place, symbol)));
  }

  #groupsAt(code: number): readonly Group[] {
    const known = this.#groups[code];
    if (known !== undefined) return known;
    const groups = new Map<string, Group>();
    for (const index of this.#entrances.triggersAt(code)) {
      const places = new Set<number>();
      const before = Array.from({ length: CODES }, (_, previous) => previous).filter((previous) => {
        const after = this.#entrances.after(index, previous, code);
        for (const place of after) places.add(place);
        return after.length > 0;
      });
      const key = before.join();
      const alike = groups.get(key);
      if (alike === undefined) groups.set(key, { before, places });
      else for (const place of places) alike.places.add(place);
    }
    const found = fewer([...groups.values()]);
    this.#groups[code] = found;
    return found;
  }
}

/** Those that take the fewest characters before are told apart least, for they are met least. */
function fewer(groups: readonly Group[]): Group[] {
  const sorted = groups.toSorted((a, b) => b.before.length - a.before.length);
  const rest = sorted.splice(MOST_GROUPS - 1);
  if (rest.length === 0) return sorted;
  const before = [...new Set(rest.flatMap((each) => each.before))];
  return [...sorted, { before, places: new Set(rest.flatMap((each) => [...each.places])) }];
}

/** A blank reads as something else only between digits. */
export function isTokenOpener(code: number, previous: number): boolean {
  return code === BEYOND_ASCII || (TOKEN_OPENERS.includes(code) && (code !== BLANK || isDigit(previous)));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
