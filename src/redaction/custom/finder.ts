import { addDisguised, contextFrom, disguisesIn, isNear, MAX_PATTERN_CHARS, Reading } from '../detector.ts';
import { firstDisguise, Shadow, TOKEN_CHARS } from '../disguise.ts';
import type { Match } from '../match.ts';
import { CONTEXT_CHARS } from '../pattern.ts';
import { CERTAIN } from '../recogniser.ts';
import { beforeAt, scoreOf } from '../score.ts';
import type { Finder } from '../stream.ts';
import { Tails } from '../tails.ts';
import { NONE } from './automaton.ts';
import type { CustomEntity, CustomForm } from './entity.ts';
import { nextStart, type Starts, union } from './starts.ts';

/** A character that is not written in full yet, and the one behind a match, may be waited for, too. */
const DISGUISED_CHARS = MAX_PATTERN_CHARS - 2 * TOKEN_CHARS;

interface Claim {
  /** Negative, in order: these entities come before all others. */
  readonly rank: number;
  readonly form: CustomForm;
}

/**
 * Finds values of the entities that policies declare. From every place their automata read on for as long as they may
 * match, MAX_PATTERN_CHARS at most: time grows with the length of the text, whatever the patterns are. Values in
 * disguise are found as far as they are written with so many characters.
 */
export class CustomFinder implements Finder {
  readonly #claims: readonly Claim[];
  readonly #starts: Starts;
  readonly #tails = new Tails();
  /** How far behind the last start something matters, where nothing is in disguise. */
  readonly #reach: number;

  /** @param entities in order of rank, -1 for the last; undefined leaves a rank out */
  constructor(entities: readonly (Pick<CustomEntity, 'forms'> | undefined)[]) {
    const all = entities.flatMap((entity, index) =>
      (entity?.forms ?? []).map((form): Claim => ({ rank: index - entities.length, form })),
    );
    this.#claims = all;
    this.#starts = union(all.map(({ form }) => form.automaton.starts));
    this.#reach = Math.max(...all.map(({ form }) => form.automaton.maxChars + form.afterChars));
  }

  find(text: string, from: number, to: number, into: Match[], undisguisedTo = 0): void {
    this.#tails.clear();
    for (let at = this.#next(text, from, to); at < to; at = this.#next(text, at + 1, to)) {
      const known = into.length;
      for (const claim of this.#claims) tryAt(claim, text, at, into);
      for (let found = known; found < into.length; found++) this.#tails.grow(into[found] as Match, text);
    }
    const end = Math.min(text.length, to + MAX_PATTERN_CHARS);
    const disguises = disguisesIn(text, Math.max(0, from - TOKEN_CHARS, undisguisedTo), end);
    if (disguises.length > 0) this.#findDisguised(text, disguises, from, to, into);
  }

  unsettledFrom(text: string, from: number, reading = new Reading()): number {
    const plain = this.#firstOpen(text, Math.max(from, text.length - this.#reach));
    reading.undisguisedTo = firstDisguise(text, Math.max(0, from - TOKEN_CHARS, reading.undisguisedTo));
    if (reading.undisguisedTo === text.length) return plain;
    const shadow = new Shadow(text, Math.max(0, from - CONTEXT_CHARS), text.length, true);
    const disguised = this.#firstOpenIn(shadow, Math.max(from, text.length - MAX_PATTERN_CHARS));
    return Math.min(plain, Math.max(disguised, from));
  }

  /** The next place at which a match of any of the forms may start; `to` if there is none. */
  #next(text: string, from: number, to: number): number {
    return nextStart(this.#starts, text, from, to);
  }

  #firstOpen(text: string, from: number): number {
    const { length } = text;
    for (let at = this.#next(text, from, length); at < length; at = this.#next(text, at + 1, length))
      if (this.#isOpen(text, at)) return at;
    return length;
  }

  #firstOpenIn(shadow: Shadow, from: number): number {
    const { text } = shadow;
    for (
      let at = this.#next(text, shadow.indexOf(from), text.length);
      at < text.length;
      at = this.#next(text, at + 1, text.length)
    ) {
      if (this.#isOpenIn(shadow, at)) return shadow.origin(at);
    }
    return shadow.unfinishedFrom;
  }

  /** Whether more text could change what is found at this place. */
  #isOpen(text: string, at: number): boolean {
    for (const { form } of this.#claims) {
      if (!form.automaton.mayStart(text, at)) continue;
      const end = form.automaton.run(text, at, text.length);
      if (form.automaton.open || (end !== NONE && text.length - end < form.afterChars)) return true;
    }
    return false;
  }

  #isOpenIn(shadow: Shadow, at: number): boolean {
    const { text, unfinishedFrom } = shadow;
    for (const { form } of this.#claims) {
      if (!form.automaton.mayStart(text, at)) continue;
      const end = form.automaton.run(text, at, limitOf(form, shadow, at));
      if (form.automaton.open) return true;
      if (end !== NONE && unfinishedFrom - shadow.end(end) < form.afterChars) return true;
    }
    return false;
  }

  /** The same around places that read as something else, in what they read as. */
  #findDisguised(text: string, disguises: readonly number[], from: number, to: number, into: Match[]): void {
    for (let index = 0; index < disguises.length; index++) {
      const first = Math.max(from, (disguises[index] as number) - MAX_PATTERN_CHARS);
      if (first >= to) return;
      while (isNear(disguises[index], disguises[index + 1])) index++;
      const last = Math.min(to, (disguises[index] as number) + TOKEN_CHARS + 1);
      const end = Math.min(text.length, last + MAX_PATTERN_CHARS);
      this.#findInShadow(new Shadow(text, Math.max(0, first - CONTEXT_CHARS), end), text, first, last, into);
    }
  }

  #findInShadow(shadow: Shadow, text: string, from: number, to: number, into: Match[]): void {
    const found: Match[] = [];
    const last = shadow.indexOf(to);
    for (
      let at = this.#next(shadow.text, shadow.indexOf(from), last);
      at < last;
      at = this.#next(shadow.text, at + 1, last)
    ) {
      const context = shadow.indexOf(contextFrom(text, shadow.origin(at)));
      for (const claim of this.#claims) tryIn(claim, shadow, at, context, found);
    }
    addDisguised(found, shadow, text, this.#tails, into);
  }
}

/** What the gateway knows and what policies declare, in one look. */
export class Both implements Finder {
  readonly #known: Finder;
  readonly #declared: Finder;

  constructor(known: Finder, declared: Finder) {
    this.#known = known;
    this.#declared = declared;
  }

  find(text: string, from: number, to: number, into: Match[], undisguisedTo = 0): void {
    this.#known.find(text, from, to, into, undisguisedTo);
    this.#declared.find(text, from, to, into, undisguisedTo);
  }

  unsettledFrom(text: string, from: number, reading?: Reading, to?: number): number {
    const known = this.#known.unsettledFrom(text, from, reading, to);
    return Math.min(known, this.#declared.unsettledFrom(text, from));
  }
}

function tryAt(claim: Claim, text: string, start: number, into: Match[]): void {
  const { automaton, afterChars } = claim.form;
  if (!automaton.mayStart(text, start)) return;
  const end = automaton.run(text, start, text.length);
  if (end !== NONE) judge(claim, text, start, end, start - CONTEXT_CHARS, end + afterChars, into);
}

/** The same in what a text reads as: start and end of the match are places there. */
function tryIn(claim: Claim, shadow: Shadow, start: number, contextFrom: number, into: Match[]): void {
  const { text } = shadow;
  const { automaton, afterChars } = claim.form;
  if (!automaton.mayStart(text, start)) return;
  const end = automaton.run(text, start, limitOf(claim.form, shadow, start));
  if (end === NONE) return;
  const contextTo = afterChars === 0 ? end : shadow.indexOf(shadow.end(end) + afterChars);
  judge(claim, text, start, end, contextFrom, contextTo, into);
}

/** Where the longest match ends that is written with as many characters as may be waited for. */
function limitOf({ afterChars }: CustomForm, shadow: Shadow, start: number): number {
  return shadow.indexOf(shadow.origin(start) + DISGUISED_CHARS - afterChars);
}

/** Whether it is a value, given its check and the words in [contextFrom, contextTo). */
function judge(
  { rank, form }: Claim,
  text: string,
  start: number,
  end: number,
  contextFrom: number,
  contextTo: number,
  into: Match[],
): void {
  if (form.check !== undefined && !form.check(text.slice(start, end))) return;
  let { score } = form;
  if (score < CERTAIN || form.against !== undefined) {
    const before = beforeAt(text, Math.max(0, contextFrom), start);
    const after = text.slice(end, contextTo);
    if (form.against?.test(before) === true || form.against?.test(after) === true) return;
    score = scoreOf(score, form.context, after);
    if (score === 0) return;
  }
  into.push({ start, end, rank, score, tail: form.tail });
}
