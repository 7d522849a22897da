import { CONTEXT_CHARS, parsePattern } from './pattern.ts';
import type { Anchor, Form, Recogniser } from './recogniser.ts';

/**
 * No pattern may reach further than this: it bounds how much text a stream holds back while it is not yet
 * clear whether a value begins there.
 */
export const MAX_PATTERN_CHARS = 128;

/** A value found: where it stands, and which recogniser says so (its place in the detector's list). */
export interface Match {
  start: number;
  end: number;
  readonly rank: number;
  /** The value reaches the end of the text so far and goes on while this class matches. */
  tail: RegExp | undefined;
}

interface CompiledForm {
  readonly rank: number;
  readonly regex: RegExp;
  readonly tail: RegExp | undefined;
  readonly check: Form['check'];
}

/** What to do at a character: make sure that it is the anchor, and find where a match would start. */
interface Trigger {
  readonly form: CompiledForm;
  /** The text that must stand `offset` characters before the trigger; empty where the character is enough. */
  readonly literal: string;
  readonly offset: number;
  /** Character codes that a match may have before the trigger, and how many of them. */
  readonly before: Uint8Array | undefined;
  readonly max: number;
}

const ASCII = 128;
const ZERO = 48;

/**
 * Finds values in text: at anchors (rare characters) it tries the patterns that belong to them.
 *
 * Whether a value is found at a place depends on the CONTEXT_CHARS before it and on what its pattern matches or
 * looks at, never on what follows that. This is what makes streaming exact: once no pattern can still be
 * growing from a place (`unsettledFrom`), whatever arrives later changes nothing there.
 */
export class Detector {
  readonly #anchors: Anchors;
  readonly #beginnings: RegExp;
  /** No match is longer and none looks further, tails aside. */
  readonly maxLength: number;

  /** @param recognisers in order of rank; undefined leaves a rank out. */
  constructor(recognisers: readonly (Recogniser | undefined)[]) {
    const anchors: PlacedTrigger[] = [];
    const beginnings: string[] = [];
    let maxLength = 1;
    for (const [rank, recogniser] of recognisers.entries()) {
      for (const form of recogniser?.forms ?? []) {
        const pattern = parsePattern(form.pattern);
        if (pattern.maxLength > MAX_PATTERN_CHARS)
          throw new RangeError(
            `${recogniser?.id}: a pattern of ${pattern.maxLength} characters, at most ${MAX_PATTERN_CHARS}`,
          );
        maxLength = Math.max(maxLength, pattern.maxLength);
        beginnings.push(pattern.beginnings);
        const compiled: CompiledForm = {
          rank,
          regex: new RegExp(pattern.source, 'y'),
          tail: form.tail === undefined ? undefined : new RegExp(`${form.tail}*`, 'y'),
          check: form.check,
        };
        anchors.push(...placedTriggers(compiled, form.anchor));
      }
    }
    this.#anchors = anchorTable(anchors);
    this.#beginnings = new RegExp(`(?:${beginnings.join('|')})$`, 'g');
    this.maxLength = maxLength;
  }

  /** Adds to `into` every match whose pattern starts in [from, to), in no particular order. */
  find(text: string, from: number, to: number, into: Match[]): void {
    const { table, lists } = this.#anchors;
    const end = Math.min(text.length, to + this.maxLength);
    let row = from > 0 ? rowOf(text.charCodeAt(from - 1)) : 0;
    for (let at = from; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code >= ASCII) {
        row = 0;
        continue;
      }
      const list = table[row + code] as number;
      row = code * ASCII;
      if (list !== 0) this.#tryAll(lists[list] as readonly Trigger[], text, at, from, to, into);
    }
  }

  /**
   * The first place, from `from` on, at which some pattern may still be growing or has only just ended; the
   * length of the text where there is none.
   */
  unsettledFrom(text: string, from: number): number {
    const regex = this.#beginnings;
    regex.lastIndex = Math.max(from, text.length - this.maxLength);
    return regex.exec(text)?.index ?? text.length;
  }

  #tryAll(list: readonly Trigger[], text: string, at: number, from: number, to: number, into: Match[]): void {
    for (let index = 0; index < list.length; index++) {
      const trigger = list[index] as Trigger;
      const start = startOf(trigger, text, at);
      if (start < from || start >= to) continue;
      const match = tryForm(trigger.form, text, start);
      if (match !== undefined) into.push(match);
    }
  }
}

function tryForm(form: CompiledForm, text: string, start: number): Match | undefined {
  const { regex, check } = form;
  regex.lastIndex = start;
  if (!regex.test(text)) return undefined;
  const end = regex.lastIndex;
  const match = { start, end, rank: form.rank, tail: form.tail };
  if (check !== undefined) {
    const checked = check(text.slice(start, end), text.slice(Math.max(0, start - CONTEXT_CHARS), start));
    if (checked === false) return undefined;
    if (checked !== true) {
      match.start = start + checked[0];
      match.end = start + checked[1];
      if (match.end < end) match.tail = undefined;
    }
  }
  growTail(match, text);
  return match;
}

/** Moves the end of a match over what belongs to its tail. */
export function growTail(match: Match, text: string): void {
  if (match.tail === undefined) return;
  match.tail.lastIndex = match.end;
  match.tail.test(text);
  match.end = match.tail.lastIndex;
  if (match.end < text.length) match.tail = undefined;
}

/** Where a match would start whose anchor is here; -1: this is not the anchor. */
function startOf(trigger: Trigger, text: string, at: number): number {
  const start = at - trigger.offset;
  if (trigger.literal !== '' && !text.startsWith(trigger.literal, start)) return -1;
  if (trigger.before === undefined) return start;
  let first = at;
  const limit = Math.max(0, at - trigger.max);
  while (first > limit && trigger.before[text.charCodeAt(first - 1)] === 1) first--;
  return first;
}

/** A trigger, and the characters at which it is looked at; `previous` undefined: whatever stands before. */
interface PlacedTrigger {
  readonly trigger: Trigger;
  readonly code: number;
  readonly previous: number | 'no digit' | undefined;
}

function placedTriggers(form: CompiledForm, anchor: Anchor): PlacedTrigger[] {
  if (anchor.kind === 'digits') {
    const trigger = { form, literal: '', offset: anchor.back, before: undefined, max: 0 };
    return Array.from({ length: 10 }, (_, digit) => ({ trigger, code: ZERO + digit, previous: 'no digit' }));
  }
  if (anchor.kind === 'char') {
    const trigger = { form, literal: '', offset: 0, before: membersOf(anchor.before), max: anchor.max };
    return [{ trigger, code: anchor.char.charCodeAt(0), previous: undefined }];
  }
  return anchor.texts.map((literal) => {
    const offset = rarestPair(literal);
    return {
      trigger: { form, literal, offset, before: undefined, max: 0 },
      code: literal.charCodeAt(offset),
      previous: offset === 0 ? undefined : literal.charCodeAt(offset - 1),
    };
  });
}

/**
 * For each pair of neighbouring ASCII characters the triggers to look at: `table[previous * 128 + code]` is a
 * place in `lists`, 0 = none. Pairs, because in prose most single letters begin or end some literal, while nearly
 * no pair does: 70 MB/s by letters, 158 by pairs (prose). Row 0 stands for the beginning and for all beyond ASCII.
 */
interface Anchors {
  readonly table: Uint16Array;
  readonly lists: readonly (readonly Trigger[])[];
}

function anchorTable(placed: readonly PlacedTrigger[]): Anchors {
  const table = new Uint16Array(ASCII * ASCII);
  const lists: Trigger[][] = [[]];
  const known = new Map<string, number>();
  for (let previous = 0; previous < ASCII; previous++) {
    for (let code = 0; code < ASCII; code++) {
      const here = placed.filter((one) => one.code === code && follows(one, previous));
      if (here.length === 0) continue;
      const name = here.map((one) => placed.indexOf(one)).join();
      const list = known.get(name) ?? lists.push(here.map(({ trigger }) => trigger)) - 1;
      known.set(name, list);
      table[previous * ASCII + code] = list;
    }
  }
  return { table, lists };
}

function follows({ previous }: PlacedTrigger, before: number): boolean {
  return previous === undefined || (previous === 'no digit' ? !isDigit(before) : previous === before);
}

function rowOf(code: number): number {
  return code < ASCII ? code * ASCII : 0;
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
const RARITY = 'JZQXKYVGWUBHFOLPDMNRCEISAT@+zqjxkvwbygfpmuhdlcrsnioaet_(-. ';

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
