import { TOKEN_OPENERS } from './disguise.ts';
import {
  alike,
  BEYOND_ASCII,
  bitOf,
  CODES,
  DISTANCES,
  digitRuns,
  FARTHEST,
  LONGEST_RUN,
  type Runs,
  type Surroundings,
  surroundingsOf,
} from './opening.ts';
import type { Node, Pattern } from './pattern.ts';
import type { Anchor, Form } from './recogniser.ts';

/** A pattern, and all who recognise something by it. */
export interface Trial {
  readonly regex: RegExp;
  readonly pattern: Pattern;
  /** How much of what follows a match its score depends on. */
  readonly after: number;
  readonly claims: Claim[];
}

export interface Claim {
  /** The recogniser's place in the detector's list. */
  readonly rank: number;
  readonly score: number;
  readonly context: RegExp | undefined;
  readonly tail: RegExp | undefined;
  readonly check: Form['check'];
}

/** What to do at a character: make sure that it is the anchor, and find where a match would start. */
export interface Trigger {
  readonly trial: Trial;
  /** The text that must stand `offset` characters before the trigger; empty where the character is enough. */
  readonly literal: string;
  readonly ignoreCase: boolean;
  readonly offset: number;
  /** Character codes that a match may have before the trigger, and how many of them. */
  readonly before: Uint8Array | undefined;
  readonly max: number;
  /** Of those, the codes that a match may start with; undefined: all of them. */
  readonly first: Uint8Array | undefined;
  /** What may stand around the trigger; undefined: anything. */
  readonly around: Surroundings | undefined;
}

/** Whether what stands around a trigger rules its pattern out: most go without having been tried. */
export function isRuledOut({ around }: Trigger, text: string, at: number): boolean {
  if (around === undefined) return false;
  for (let index = 0, bit = 1; index < DISTANCES.length; index++, bit <<= 1) {
    const code = codeAt(text, at + (DISTANCES[index] as number));
    if (((around[code] as number) & bit) === 0) return true;
  }
  return false;
}

/** What is beyond the ends of the text counts as beyond ASCII; asking for it is slow. */
function codeAt(text: string, at: number): number {
  if (at < 0 || at >= text.length) return BEYOND_ASCII;
  const code = text.charCodeAt(at);
  return Math.min(code, BEYOND_ASCII);
}

/** A trigger, and the characters at which it is looked at. */
export interface PlacedTrigger {
  readonly trigger: Trigger;
  readonly codes: readonly number[];
  /** By the code of the character before; undefined: whatever it is. */
  readonly follows: ((previous: number) => boolean) | undefined;
  /** Where set, the trigger stands at the first of a run of digits, and only of such. */
  readonly runs: Runs | undefined;
}

/**
 * For each three characters in a row the triggers to look at in the middle of them: `pairs[previous * CODES + code]`
 * is a row of `triples`, 0 = none; `triples[row * CODES + next]` a place in `lists`, 0 = none. In prose most single
 * letters begin or end some literal, a fifth of the pairs do, and nearly no three. The ends of the text count as
 * beyond ASCII.
 */
export interface Anchors {
  readonly pairs: Uint16Array;
  readonly triples: Uint16Array;
  readonly lists: readonly AnchorList[];
  readonly runs: RunTriggers;
}

export interface AnchorList {
  readonly triggers: readonly Trigger[];
  /** A run of digits begins here. */
  readonly digits: boolean;
  /** Something may begin here that reads as something else. */
  readonly token: boolean;
}

/** By code, which of the triggers are left where it stands that far from them; the same lists are the same objects. */
function leftBy(triggers: readonly Trigger[], distance: number): (readonly Trigger[])[] {
  const bit = bitOf(distance);
  const known = new Map<string, readonly Trigger[]>();
  return EVERY_CODE.map((code) => {
    const left = triggers.filter(
      ({ around }) => around === undefined || ((around[code] as number) & bit) !== 0,
    );
    const key = left.map((trigger) => triggers.indexOf(trigger)).join();
    const list = known.get(key) ?? left;
    known.set(key, list);
    return list;
  });
}

/** The triggers at the first of a run of digits: by what stands before it, its length, and what stands behind it. */
class RunTriggers {
  readonly #placed: readonly PlacedTrigger[];
  readonly #lists = new Map<number, (readonly Trigger[])[]>();

  constructor(placed: readonly PlacedTrigger[]) {
    this.#placed = placed;
  }

  /** @param at the first of the digits */
  at(text: string, at: number): readonly Trigger[] {
    const limit = Math.min(text.length, at + LONGEST_RUN);
    let end = at + 1;
    while (end < limit && isDigit(text.charCodeAt(end))) end++;
    const before = codeAt(text, at - 1);
    const behind = codeAt(text, end);
    const key = (before * (LONGEST_RUN + 1) + end - at) * CODES + behind;
    const lists = this.#lists.get(key) ?? this.#listsOf(key, before, end - at, behind);
    return lists[codeAt(text, at + beyond(end - at))] as readonly Trigger[];
  }

  #listsOf(key: number, before: number, length: number, behind: number): (readonly Trigger[])[] {
    const open = before === BEYOND_ASCII || behind === BEYOND_ASCII;
    const run = length * CODES + behind;
    const triggers = this.#placed
      .filter(
        ({ runs }) => runs !== undefined && (open || (runs.before[before] === 1 && runs.behind[run] === 1)),
      )
      .map(({ trigger }) => trigger);
    const lists = leftBy(triggers, beyond(length));
    this.#lists.set(key, lists);
    return lists;
  }
}

/** How far behind its first digit the next but one after a run stands, or the farthest that is looked at. */
function beyond(length: number): number {
  return Math.min(length + 1, FARTHEST);
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => 48 + digit);
const BLANK = 32;
const EVERY_CODE = Array.from({ length: CODES }, (_, code) => code);

export function anchorOf(trial: Trial, anchor: Anchor): PlacedTrigger[] {
  const { node } = trial.pattern;
  const none = { before: undefined, max: 0, first: undefined, around: undefined };
  const plain = { trial, literal: '', ignoreCase: false, offset: 0, ...none };
  switch (anchor.kind) {
    case 'digits': {
      const runs = digitRuns(node, anchor.back);
      const trigger = { ...plain, offset: anchor.back, around: surroundingsOf(node, [anchor.back]) };
      return [{ trigger, codes: DIGITS, follows: (previous) => !isDigit(previous), runs }];
    }
    case 'char': {
      const before = membersOf(anchor.before);
      const code = column(anchor.char.charCodeAt(0));
      const trigger = {
        ...plain,
        before,
        max: anchor.max,
        first: anchor.first === undefined ? undefined : membersOf(anchor.first),
        around: aroundChar(node, code, before, anchor.max),
      };
      return [{ trigger, codes: [code], follows: undefined, runs: undefined }];
    }
    case 'word': {
      const regex = new RegExp(`^${anchor.first}$`);
      const codes = EVERY_CODE.filter(
        (code) => code === BEYOND_ASCII || regex.test(String.fromCharCode(code)),
      );
      const trigger = { ...plain, around: surroundingsOf(node, [0]) };
      return [{ trigger, codes, follows: (previous) => !isWord(previous), runs: undefined }];
    }
    case 'inner': {
      const inner = { ...plain, before: membersOf(anchor.before), max: anchor.max };
      return anchor.texts.map((literal) => textTrigger(inner, literal, false));
    }
    case 'text':
      return anchor.texts.map((literal) => {
        const around = surroundingsOf(node, [rarestPair(literal)]);
        return textTrigger({ ...plain, around }, literal, anchor.ignoreCase === true);
      });
  }
}

/** Around a character that up to `max` characters of a class precede, all of them in the match. */
function aroundChar(node: Node, char: number, before: Uint8Array, max: number): Surroundings {
  const offsets = Array.from({ length: max + 1 }, (_, offset) => offset);
  return surroundingsOf(node, offsets, (members, distance) => {
    if (distance > 0) return members;
    if (distance === 0) return members.map((has, code) => (code === char ? has : 0));
    return members.map((has, code) => (code === BEYOND_ASCII ? has : has & (before[code] as number)));
  });
}

function textTrigger(plain: Trigger, literal: string, ignoreCase: boolean): PlacedTrigger {
  const offset = rarestPair(literal);
  const previous = cases(literal.charCodeAt(offset - 1), ignoreCase);
  return {
    trigger: { ...plain, literal, ignoreCase, offset },
    codes: cases(literal.charCodeAt(offset), ignoreCase),
    follows: offset === 0 ? undefined : (code) => previous.includes(code),
    runs: undefined,
  };
}

export function anchorTable(placed: readonly PlacedTrigger[]): Anchors {
  const pairs = new Uint16Array(CODES * CODES);
  const rows = new Rows();
  const atDigits = placed.filter(({ runs }) => runs !== undefined);
  const others = EVERY_CODE.map((code) => placed.filter((one) => !one.runs && one.codes.includes(code)));
  const follows = [...new Set(placed.map((one) => one.follows))];
  const befores = alike((code) => `${isDigit(code)} ${follows.map((each) => each?.(code)).join()}`);
  const codes = alike(
    (code) =>
      `${isDigit(code)} ${code === BEYOND_ASCII || TOKEN_OPENERS.includes(code) ? code : ''} ${others[code]?.map((one) => placed.indexOf(one)).join()}`,
  );
  for (const beforeCodes of befores) {
    for (const firstCodes of codes) {
      const [previous = 0] = beforeCodes;
      const [code = 0] = firstCodes;
      const triggers = (others[code] ?? [])
        .filter((one) => one.follows?.(previous) ?? true)
        .map(({ trigger }) => trigger);
      const digits = atDigits.length > 0 && isDigit(code) && !isDigit(previous);
      const token = code === BEYOND_ASCII || isTokenOpener(code, previous);
      const row = rows.of(triggers, digits, token);
      for (const before of beforeCodes) for (const first of firstCodes) pairs[before * CODES + first] = row;
    }
  }
  return {
    pairs,
    triples: Uint16Array.from(rows.triples),
    lists: rows.lists,
    runs: new RunTriggers(atDigits),
  };
}

/** The rows of `Anchors.triples`, each of them once. */
class Rows {
  readonly triples: number[] = EVERY_CODE.map(() => 0);
  readonly lists: AnchorList[] = [{ triggers: [], digits: false, token: false }];
  readonly #ids = new Map<Trigger, number>();
  readonly #known = new Map<string, number>();

  of(triggers: readonly Trigger[], digits: boolean, token: boolean): number {
    if (triggers.length === 0 && !digits && !token) return 0;
    const key = `${triggers.map((trigger) => this.#id(trigger)).join()} ${digits} ${token}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = this.triples.length / CODES;
    const places = new Map<readonly Trigger[], number>();
    for (const left of leftBy(triggers, 1)) {
      let place = places.get(left) ?? 0;
      if (place === 0 && (left.length > 0 || digits || token)) {
        place = this.lists.push({ triggers: left, digits, token }) - 1;
        places.set(left, place);
      }
      this.triples.push(place);
    }
    this.#known.set(key, row);
    return row;
  }

  #id(trigger: Trigger): number {
    const id = this.#ids.get(trigger) ?? this.#ids.size;
    this.#ids.set(trigger, id);
    return id;
  }
}

/** A blank reads as something else only between digits. */
function isTokenOpener(code: number, previous: number): boolean {
  return TOKEN_OPENERS.includes(code) && (code !== BLANK || isDigit(previous));
}

function column(code: number): number {
  return Math.min(code, BEYOND_ASCII);
}

/** The code, with `ignoreCase` that of the capital letter, too. */
function cases(code: number, ignoreCase: boolean): number[] {
  const small = code >= 97 && code <= 122;
  return ignoreCase && small ? [code, code - 32] : [column(code)];
}

const members = new Map<string, Uint8Array>();

/** For every UTF-16 unit whether the class has it. */
function membersOf(characterClass: string): Uint8Array {
  const known = members.get(characterClass);
  if (known !== undefined) return known;
  const regex = new RegExp(`^${characterClass}$`);
  const table = Uint8Array.from({ length: 0x10000 }, (_, code) =>
    Number(regex.test(String.fromCharCode(code))),
  );
  members.set(characterClass, table);
  return table;
}

/** Characters from rare to common in prose and code; what is not listed is taken for common. */
const RARITY = 'JZQXKYVGWUBHFOLPDMNRCEISAT@+_-.zqjxkvwbygfpmuhdlcrsnioaet( ';

/** Where the second character of a literal's rarest pair stands; 0 for a literal of one character. */
function rarestPair(literal: string): number {
  const rank = (at: number): number => {
    const place = RARITY.indexOf(literal.charAt(at));
    return place < 0 ? RARITY.length : place;
  };
  let best = 0;
  for (let at = 1; at < literal.length; at++) {
    if (best === 0 || rank(at - 1) + rank(at) < rank(best - 1) + rank(best)) best = at;
  }
  return best;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
