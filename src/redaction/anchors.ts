import { BEYOND_ASCII, CODES, firstChars, openingOf } from './opening.ts';
import type { Pattern } from './pattern.ts';
import type { Anchor, Form } from './recogniser.ts';
import type { ContextWords } from './score.ts';
import type { Shape } from './shapes.ts';

/** A pattern, and all who recognise something by it. */
export interface Trial {
  readonly regex: RegExp;
  readonly pattern: Pattern;
  readonly dismiss: Form['dismiss'];
  readonly claims: Claim[];
}

export interface Claim {
  /** The recogniser's place in the detector's list. */
  readonly rank: number;
  readonly score: number;
  readonly context: ContextWords | undefined;
  readonly tail: RegExp | undefined;
  readonly check: Form['check'];
  /** How much of what follows a match its score depends on. */
  readonly after: number;
  /** Of what the pattern matches, the digits that this one means. */
  readonly digits: Shape['digits'];
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
  /** The codes that a match may start with, of `before` if there is one; undefined: all of them. */
  readonly first: Uint8Array | undefined;
  /** By code, whether it may stand right before a match. */
  readonly ahead: Uint8Array;
  /** By code, whether it may be the match's first, second… character, up to the trigger. */
  readonly lead: readonly Uint8Array[];
}

/** A trigger, and the characters at which it is looked at. */
export interface PlacedTrigger {
  readonly trigger: Trigger;
  readonly codes: readonly number[];
  /** By the code of the character before; undefined: whatever it is. */
  readonly follows: ((previous: number) => boolean) | undefined;
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => 48 + digit);
const EVERY_CODE = Array.from({ length: CODES }, (_, code) => code);

/** Where a pattern is looked for. */
export function anchorOf(trial: Trial, anchor: Anchor): PlacedTrigger[] {
  const anywhere = { before: undefined, max: 0, first: undefined };
  const { node } = trial.pattern;
  const ahead = openingOf(node).before;
  const plain = { trial, literal: '', ignoreCase: false, offset: 0, ahead, lead: [], ...anywhere };
  switch (anchor.kind) {
    case 'digits':
      return [
        {
          trigger: { ...plain, offset: anchor.back, lead: firstChars(node, anchor.back) },
          codes: DIGITS,
          follows: (previous) => !isDigit(previous),
        },
      ];
    case 'char': {
      const trigger = {
        ...plain,
        before: membersOf(anchor.before),
        max: anchor.max,
        first: firstOf(anchor),
      };
      return [{ trigger, codes: [column(anchor.char.charCodeAt(0))], follows: undefined }];
    }
    case 'word': {
      const regex = new RegExp(`^${anchor.first}$`);
      const codes = EVERY_CODE.filter(
        (code) => code === BEYOND_ASCII || regex.test(String.fromCharCode(code)),
      );
      const trigger = { ...plain, first: membersOf(anchor.first) };
      return [{ trigger, codes, follows: (previous) => !isWord(previous) }];
    }
    case 'inner': {
      const inner = { ...plain, before: membersOf(anchor.before), max: anchor.max, first: firstOf(anchor) };
      return anchor.texts.map((literal) => textTrigger(inner, literal, false));
    }
    case 'text':
      return anchor.texts.map((literal) => textTrigger(plain, literal, anchor.ignoreCase === true));
  }
}

function firstOf({ first }: { readonly first?: string }): Uint8Array | undefined {
  return first === undefined ? undefined : membersOf(first);
}

function textTrigger(plain: Trigger, literal: string, ignoreCase: boolean): PlacedTrigger {
  const offset = rarestPair(literal);
  const previous = cases(literal.charCodeAt(offset - 1), ignoreCase);
  return {
    trigger: { ...plain, literal, ignoreCase, offset },
    codes: cases(literal.charCodeAt(offset), ignoreCase),
    follows: offset === 0 ? undefined : (code) => previous.includes(code),
  };
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

/** Characters from rare to common in prose and code; what ASCII does not have is rarest, what else is not listed common. */
const RARITY = 'JZQXKYVGWUBHFOLPDMNRCEISAT@+_-.zqjxkvwbygfpmuhdlcrsnioaet( ';
/** Pairs of letters in English from common to less so; what is not listed is rarer. */
const COMMON_PAIRS =
  'th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le me be ve co ch ic ' +
  'ma ll ur ra ro ri io el la ta li ne us om ce ec fo no ge pe so wi ho we ke ay ly id wh ot ut em ac il ol ss tr ct ' +
  'ow im ca su pr ie ag po sp un ir ul mo ex ok ov ap ab am ad ev ey';

/** Where the second character of a literal's rarest pair stands; 0 for a literal of one character. */
function rarestPair(literal: string): number {
  const rank = (at: number): number => {
    const place = RARITY.indexOf(literal.charAt(at));
    return place < 0 && literal.charCodeAt(at) < BEYOND_ASCII ? RARITY.length : place;
  };
  const ranks = Array.from(literal, (_, at) => {
    const common = COMMON_PAIRS.indexOf(literal.slice(at - 1, at + 1));
    return common < 0 ? rank(at - 1) + rank(at) : 2 * RARITY.length + COMMON_PAIRS.length - common;
  });
  let best = 0;
  for (let at = 1; at < literal.length; at++)
    if (best === 0 || (ranks[at] as number) < (ranks[best] as number)) best = at;
  return best;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
