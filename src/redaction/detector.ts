import { anchorOf, type Claim, type PlacedTrigger, type Trial, type Trigger } from './anchors.ts';
import { Beginnings, Progress } from './beginnings.ts';
import { Candidates } from './candidates.ts';
import { disguisedAt, firstDisguise, Shadow, TOKEN_CHARS } from './disguise.ts';
import type { Match } from './match.ts';
import { BEYOND_ASCII } from './opening.ts';
import { CONTEXT_CHARS, type Pattern, parsePattern } from './pattern.ts';
import { CERTAIN, type Form, type Recogniser } from './recogniser.ts';
import { AFTER_CHARS, beforeAt, contextWords, leaveText, looksAhead, scoreOf } from './score.ts';
import { hasDigits, type Shape, shapesOf } from './shapes.ts';
import { Tails, tailOf } from './tails.ts';

/**
 * No pattern may reach further than this: it bounds how much text a stream holds back while it is not yet
 * clear whether a value begins there.
 */
export const MAX_PATTERN_CHARS = 128;

/** How far a text that grows has been looked through. */
export class Reading {
  readonly beginnings = new Progress();
  /** Nothing before that is still looked at reads as something else. */
  undisguisedTo = 0;
  /** What the text reads as, and how far that has been looked through; undefined where it reads as it is written. */
  disguised: { readonly shadow: Shadow; readonly beginnings: Progress } | undefined;

  /** What a text that has grown reads as. */
  shadowOf(text: string, from: number): { readonly shadow: Shadow; readonly beginnings: Progress } {
    if (this.disguised === undefined)
      this.disguised = { shadow: new Shadow(text, from, text.length, true), beginnings: new Progress() };
    else this.disguised.shadow.grow(text);
    return this.disguised;
  }

  /** So many characters were cut off the text's beginning. */
  shift(by: number): void {
    this.beginnings.shift(by);
    this.undisguisedTo -= by;
    this.disguised = undefined;
  }
}

/**
 * How far before a value in disguise its words are looked for: 12 less than what a stream keeps, and more, so that
 * no token there is cut in two.
 */
const DISGUISED_CONTEXT_CHARS = 48;

/**
 * Finds values in text: at anchors (rare characters) it tries the patterns that belong to them, first in the text as
 * it is, then, where something in it is disguised, in what it reads as (`disguise.ts`).
 *
 * Whether a value is found at a place depends on the CONTEXT_CHARS before it and on what its pattern matches or
 * looks at, MAX_PATTERN_CHARS at most, never on what follows that. This is what makes streaming exact: once no
 * pattern can still be growing from a place (`unsettledFrom`), whatever arrives later changes nothing there.
 */
export class Detector {
  readonly #candidates: Candidates;
  readonly #beginnings: Beginnings;
  readonly #seesThrough: boolean;
  /** How far behind the last start something matters. */
  readonly #reach: number;
  /** No match is longer and none looks further, tails aside. */
  readonly maxLength: number;
  readonly #tails = new Tails();

  /**
   * @param recognisers in order of rank; undefined leaves a rank out
   * @param disguises whether to look for values in disguise, too
   */
  constructor(recognisers: readonly (Recogniser | undefined)[], disguises = true) {
    const placed: PlacedTrigger[] = [];
    const trials = new Map<string, Trial>();
    const tails = new Map<string, RegExp>();
    const patterns = new Map<string, Pattern>();
    for (const [rank, recogniser] of recognisers.entries()) {
      if (recogniser === undefined) continue;
      const context = contextWords(recogniser.context);
      for (const form of recogniser.forms) {
        const score = form.score ?? CERTAIN;
        const after = looksAhead(score) ? AFTER_CHARS : 0;
        const pattern = patternOf(recogniser, form, after);
        patterns.set(pattern.source, pattern);
        const tail = form.tail === undefined ? undefined : tailOf(form.tail, tails);
        for (const shape of shapesIn(form))
          trialOf(form, shape.pattern, trials, placed).claims.push({
            rank,
            score,
            context,
            tail,
            check: form.check,
            after,
            digits: shape.digits,
          });
      }
    }
    const all = [...patterns.values()];
    this.maxLength = Math.max(1, ...all.map((pattern) => pattern.maxLength));
    this.#candidates = new Candidates(placed);
    this.#beginnings = new Beginnings(all);
    this.#seesThrough = disguises;
    this.#reach = disguises ? MAX_PATTERN_CHARS : this.maxLength;
  }

  /**
   * Adds to `into` every match whose pattern starts in [from, to), in no particular order.
   *
   * @param undisguisedTo where it is known that nothing before reads as something else
   */
  find(text: string, from: number, to: number, into: Match[], undisguisedTo = 0): void {
    this.#tails.clear();
    const end = Math.min(text.length, to + this.#reach);
    const disguisedFrom = this.#seesThrough ? undisguisedTo : end;
    const disguises = disguisesIn(text, Math.max(from - TOKEN_CHARS, disguisedFrom, 0), from);
    const candidates = this.#candidates;
    candidates.begin();
    for (let at = candidates.seek(text, from, end); at < end; at = candidates.seek(text, at + 1, end)) {
      if (candidates.token && at >= disguisedFrom && disguisedAt(text, at)) disguises.push(at);
      this.#tryAll(candidates.triggers, text, at, from, to, into);
    }
    if (this.#seesThrough) addDisguises(text, Math.max(end, undisguisedTo), text.length, disguises);
    if (disguises.length > 0) this.#findDisguised(text, disguises, from, to, into);
    leaveText();
  }

  /**
   * The first place, from `from` on, at which some pattern may still be growing or has only just ended; the
   * length of the text where there is none.
   *
   * @param reading of the same text, when it was shorter and `from` no further
   * @param to any such place from there on will do, and the length
   */
  unsettledFrom(text: string, from: number, reading = new Reading(), to = text.length): number {
    const least = Math.max(from, text.length - this.maxLength);
    const plain = this.#beginnings.firstIn(text, least, reading.beginnings, Math.max(to, least));
    if (!this.#seesThrough) return plain;
    reading.undisguisedTo = firstDisguise(text, Math.max(from - TOKEN_CHARS, reading.undisguisedTo, 0));
    if (reading.undisguisedTo === text.length) {
      reading.disguised = undefined;
      return plain;
    }
    const { shadow, beginnings } = reading.shadowOf(text, Math.max(0, from - CONTEXT_CHARS));
    const first = Math.max(shadow.indexOf(from), shadow.text.length - this.maxLength);
    const disguised = shadow.origin(this.#beginnings.firstIn(shadow.text, first, beginnings));
    return Math.min(plain, Math.max(disguised, from));
  }

  #tryAll(list: readonly Trigger[], text: string, at: number, from: number, to: number, into: Match[]): void {
    for (let index = 0; index < list.length; index++) {
      const trigger = list[index] as Trigger;
      if (trigger.before === undefined && at - trigger.offset >= to) continue;
      if (!mayMatch(trigger, text, at)) continue;
      const start = startOf(trigger, text, at);
      if (start < from || start >= to || !mayStart(trigger, text, start)) continue;
      const known = into.length;
      tryAt(trigger.trial, text, start, start - CONTEXT_CHARS, into);
      for (let found = known; found < into.length; found++) this.#tails.grow(into[found] as Match, text);
    }
  }

  /** The same around places that read as something else; further away the text reads as it is written. */
  #findDisguised(text: string, disguises: readonly number[], from: number, to: number, into: Match[]): void {
    for (let index = 0; index < disguises.length; index++) {
      const first = Math.max(from, (disguises[index] as number) - MAX_PATTERN_CHARS);
      if (first >= to) return;
      while (isNear(disguises[index], disguises[index + 1])) index++;
      // a value may be much longer as it is written than as it reads
      const last = (disguises[index] as number) + TOKEN_CHARS + 1;
      const end = Math.min(text.length, last + this.#reach);
      const shadow = new Shadow(text, Math.max(0, first - CONTEXT_CHARS), end);
      this.#findInShadow(shadow, disguises, text, first, Math.min(to, last), into);
    }
  }

  #findInShadow(
    shadow: Shadow,
    disguises: readonly number[],
    text: string,
    from: number,
    to: number,
    into: Match[],
  ): void {
    const candidates = this.#candidates;
    const found: Match[] = [];
    const first = shadow.indexOf(from);
    const last = shadow.indexOf(to);
    const end = shadow.text.length;
    let contextOf = -1;
    let context = 0;
    let next = 0;
    for (
      let at = candidates.seek(shadow.text, first, end);
      at < end;
      at = candidates.seek(shadow.text, at + 1, end)
    ) {
      for (const trigger of candidates.triggers) {
        if (!mayMatch(trigger, shadow.text, at)) continue;
        const start = startOf(trigger, shadow.text, at);
        if (start < first || start >= last || !mayStart(trigger, shadow.text, start)) continue;
        if (start !== contextOf) {
          context = shadow.indexOf(contextFrom(text, shadow.origin(start)));
          next = firstFrom(disguises, shadow.origin(start) - TOKEN_CHARS);
        }
        contextOf = start;
        // what sees no disguise has been found in the text as it is written
        if (shadow.end(Math.min(end, start + trigger.trial.pattern.maxLength)) <= next) continue;
        tryAt(trigger.trial, shadow.text, start, context, found);
      }
    }
    addDisguised(found, shadow, text, this.#tails, into);
  }
}

/** Adds what was found in a shadow, where it stands in the text; where nothing in it is in disguise, that has the say. */
export function addDisguised(
  found: readonly Match[],
  shadow: Shadow,
  text: string,
  tails: Tails,
  into: Match[],
): void {
  for (const match of found) {
    match.start = shadow.origin(match.start);
    match.end = shadow.end(match.end);
    if (disguisesIn(text, Math.max(0, match.start - TOKEN_CHARS), match.end).length === 0) continue;
    tails.grow(match, text);
    into.push(match);
  }
}

/** Whether the text between two places in disguise may hold a match that sees both. */
export function isNear(place: number | undefined, next: number | undefined): boolean {
  return place !== undefined && next !== undefined && next - place <= TOKEN_CHARS + 2 * MAX_PATTERN_CHARS;
}

/** Where the context of a value begins; without disguises it is the same as for the text as it is written. */
export function contextFrom(text: string, start: number): number {
  const first = Math.max(0, start - CONTEXT_CHARS);
  return disguisesIn(text, first, start).length === 0
    ? first
    : Math.max(first, start - DISGUISED_CONTEXT_CHARS);
}

/** The first of these places that is no less; none: infinity. */
function firstFrom(places: readonly number[], least: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return places[low] ?? Number.POSITIVE_INFINITY;
}

export function disguisesIn(text: string, from: number, to: number): number[] {
  const places: number[] = [];
  addDisguises(text, from, to, places);
  return places;
}

function addDisguises(text: string, from: number, to: number, places: number[]): void {
  for (let at = from; at < to; at++) if (disguisedAt(text, at)) places.push(at);
}

function tryAt(trial: Trial, text: string, start: number, contextFrom: number, into: Match[]): void {
  const { regex, claims } = trial;
  regex.lastIndex = start;
  if (!regex.test(text)) return;
  const end = regex.lastIndex;
  const value = text.slice(start, end);
  if (trial.dismiss?.(value) === true) return;
  const before = beforeAt(text, Math.max(0, contextFrom), start);
  for (let index = 0; index < claims.length; index++) {
    const claim = claims[index] as Claim;
    if (claim.digits !== undefined && !hasDigits(value, claim.digits)) continue;
    const checked = claim.check === undefined || claim.check(value, before);
    if (checked === false) continue;
    const after = claim.after === 0 ? '' : text.slice(end, end + claim.after);
    const score = scoreOf(claim.score, claim.context, after);
    if (score === 0) continue;
    const match: Match = { start, end, rank: claim.rank, score, tail: claim.tail };
    if (checked !== true) {
      match.start = start + checked[0];
      match.end = start + checked[1];
      if (match.end < end) match.tail = undefined;
    }
    into.push(match);
  }
}

/** Whether this is the anchor. */
function mayMatch(trigger: Trigger, text: string, at: number): boolean {
  const { literal, first, before } = trigger;
  if (literal !== '') return isAt(trigger, text, at - trigger.offset);
  return first === undefined || before !== undefined || first[text.charCodeAt(at)] === 1;
}

/** Where a match would start whose anchor is here. */
function startOf(trigger: Trigger, text: string, at: number): number {
  const start = at - trigger.offset;
  if (trigger.before === undefined) return start;
  let first = start;
  const limit = Math.max(0, start - trigger.max);
  while (first > limit && trigger.before[text.charCodeAt(first - 1)] === 1) first--;
  if (trigger.first !== undefined)
    while (first < start && trigger.first[text.charCodeAt(first)] === 0) first++;
  return first;
}

/** Whether a match may start here, by the characters from before it to its anchor. */
function mayStart({ ahead, lead }: Trigger, text: string, start: number): boolean {
  if (start > 0 && ahead[Math.min(text.charCodeAt(start - 1), BEYOND_ASCII)] === 0) return false;
  for (let index = 0; index < lead.length; index++) {
    const codes = lead[index] as Uint8Array;
    if (codes[Math.min(text.charCodeAt(start + index), BEYOND_ASCII)] === 0) return false;
  }
  return true;
}

function isAt({ literal, ignoreCase }: Trigger, text: string, start: number): boolean {
  if (!ignoreCase) return text.startsWith(literal, start);
  for (let at = 0; at < literal.length; at++) {
    const code = text.charCodeAt(start + at);
    const small = code >= 65 && code <= 90 ? code + 32 : code;
    if (small !== literal.charCodeAt(at)) return false;
  }
  return true;
}

/** With what has to be waited for until it is known what the form is worth. */
function patternOf({ id }: Recogniser, form: Form, after: number): Pattern {
  const pattern = parsePattern(after === 0 ? form.pattern : `(?:${form.pattern})(?=[^]{0,${after}})`);
  if (pattern.maxLength > MAX_PATTERN_CHARS)
    throw new RangeError(`${id}: a pattern of ${pattern.maxLength} characters, at most ${MAX_PATTERN_CHARS}`);
  return pattern;
}

function shapesIn({ anchor, pattern, dismiss }: Form): Shape[] {
  const shapes =
    anchor.kind === 'digits' && dismiss === undefined ? shapesOf(parsePattern(pattern).node) : undefined;
  return shapes ?? [{ pattern, digits: undefined }];
}

/** The trial of a form or shape; those that are tried at the same places with the same pattern share one. */
function trialOf(form: Form, source: string, trials: Map<string, Trial>, placed: PlacedTrigger[]): Trial {
  const { anchor, dismiss } = form;
  const key = JSON.stringify([anchor, source, dismiss?.name]);
  const known = trials.get(key);
  if (known !== undefined) return known;
  const pattern = parsePattern(source);
  const trial: Trial = { regex: new RegExp(source, 'y'), pattern, dismiss, claims: [] };
  trials.set(key, trial);
  placed.push(...anchorOf(trial, anchor));
  return trial;
}
