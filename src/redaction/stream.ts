import { Reading } from './detector.ts';
import type { Match } from './match.ts';
import { CONTEXT_CHARS } from './pattern.ts';
import { forgetRepeats } from './repeats.ts';
import { growTail } from './tails.ts';

/** A text that arrives in pieces and goes out in pieces. */
export interface TextStream {
  /** Takes the next piece; gives what may go out now. */
  push(piece: string): string;
  /** Takes the last piece; gives all that was held back. The stream may then begin anew. */
  end(piece?: string): string;
  /** Before the first piece: the text is the value of a member of this name, which tells what it is. */
  begin?(name: string): void;
}

/** Finds values in a text that may still grow; what it says of a place never depends on how the text was cut. */
export interface Finder {
  /**
   * Adds to `into` every match that starts in [from, to), in no particular order.
   *
   * @param undisguisedTo where it is known that nothing before reads as something else
   */
  find(text: string, from: number, to: number, into: Match[], undisguisedTo?: number): void;
  /**
   * The first place, from `from` on, of which it cannot be told yet; the length of the text where there is none.
   *
   * @param reading of the same text, when it was shorter and `from` no further
   * @param to any such place from there on will do, and the length
   */
  unsettledFrom(text: string, from: number, reading?: Reading, to?: number): number;
}

/** Decides what becomes of values found. */
export interface Judge {
  /** How much this recogniser's verdict weighs against those of others that overlap. May throw a Fault. */
  weigh(rank: number): number;
  /**
   * What goes out instead.
   *
   * @param rank of the region: the first of its recognisers
   * @param weight the greatest of theirs
   * @param value the text; undefined where it was too long to be kept
   */
  replace(rank: number, weight: number, value: string | undefined): string;
}

/** Matches that overlap, as one. */
interface Region {
  readonly start: number;
  /** How long the text may be before the region is replaced, over or not. */
  readonly cap: number;
  end: number;
  rank: number;
  weight: number;
  /** Its replacement went out; what still belongs to it is swallowed. */
  replaced: boolean;
  /** Members whose tail may still grow. */
  growing: Match[];
}

/**
 * No more than this is ever held back. A value that goes on beyond it is replaced without being known in full, and
 * the rest of it swallowed; one that overlaps it, and is not known for certain by then, is replaced by itself.
 */
export const HELD_CHARS = 128;

const TRIM_CHARS = 128;

/** With quotes and colon less than what is kept of the text before a value in disguise. */
const NAME_CHARS = 40;

/**
 * Replaces values in a text however it is cut: text goes out up to the first place from which a pattern may
 * still grow. For every chunking, what goes out is the same as for the text in one piece.
 *
 * What is held back is at most MAX_PATTERN_CHARS of unsettled text and KEPT_CHARS of a region before it.
 */
export class StreamRedactor implements TextStream {
  readonly #detector: Finder;
  readonly #judge: Judge;
  readonly #known: ((text: string) => readonly Match[]) | undefined;
  /** CONTEXT_CHARS of what went out, then what did not. */
  #text = '';
  /** What stands before is the name under which the text came: read, and never given out. */
  #begins = 0;
  /** Everything before has gone out. */
  #sent = 0;
  /** Every match that starts before is known. */
  #settled = 0;
  /** Known matches by start; those before `#taken` are in a region. */
  #matches: Match[] = [];
  #taken = 0;
  #region: Region | undefined;
  /** The last region that is over. */
  #replaced: Region | undefined;
  #reading = new Reading();

  /** @param known matches that were found elsewhere; asked for a text that comes in one piece */
  constructor(detector: Finder, judge: Judge, known?: (text: string) => readonly Match[]) {
    this.#detector = detector;
    this.#judge = judge;
    this.#known = known;
  }

  /** Characters that came in and have neither gone out nor been replaced; for measurements. */
  get heldChars(): number {
    const swallowed = this.#region?.replaced === true ? this.#region.end : 0;
    return Math.max(0, this.#text.length - Math.max(this.#sent, swallowed));
  }

  begin(name: string): void {
    if (name === '' || name.length > NAME_CHARS) return;
    this.#text = `"${name}": "`;
    this.#begins = this.#text.length;
    this.#sent = this.#begins;
  }

  push(piece: string): string {
    if (piece === '') return '';
    this.#text += piece;
    this.#grow();
    let unsettled = this.#detector.unsettledFrom(this.#text, this.#settled, this.#reading);
    if (unsettled === this.#text.length && endsInHighSurrogate(this.#text)) unsettled--;
    this.#settle(Math.max(unsettled, this.#settled));
    const out = this.#flush(false);
    if (Math.min(this.#sent, this.#settled) > TRIM_CHARS) this.#trim();
    return out;
  }

  end(piece = ''): string {
    const begins = this.#begins;
    const known = this.#text.length === begins ? this.#known?.(piece) : undefined;
    this.#text += piece;
    this.#grow();
    this.#settle(this.#text.length);
    if (known !== undefined && known.length > 0) {
      for (const match of known)
        this.#matches.push({ ...match, start: begins + match.start, end: begins + match.end });
      this.#matches.sort((a, b) => a.start - b.start);
    }
    const out = this.#flush(true);
    this.#text = '';
    this.#begins = 0;
    this.#sent = 0;
    this.#settled = 0;
    this.#region = undefined;
    this.#replaced = undefined;
    this.#reading = new Reading();
    forgetRepeats();
    return out;
  }

  /** Lets tails that reached the end of the text go on into what arrived since. */
  #grow(): void {
    for (let at = this.#taken; at < this.#matches.length; at++)
      growTail(this.#matches[at] as Match, this.#text);
    const region = this.#region;
    if (region === undefined || region.growing.length === 0) return;
    for (const match of region.growing) {
      growTail(match, this.#text);
      region.end = Math.max(region.end, match.end);
    }
    region.growing = region.growing.filter((match) => match.tail !== undefined);
  }

  #settle(to: number): void {
    if (to === this.#settled) return;
    if (this.#taken > 0) this.#matches.splice(0, this.#taken);
    this.#taken = 0;
    const known = this.#matches.length;
    this.#detector.find(this.#text, this.#settled, to, this.#matches, this.#reading.undisguisedTo);
    if (this.#settled < this.#begins) this.#leaveName();
    if (this.#matches.length > known) this.#matches.sort((a, b) => a.start - b.start);
    this.#settled = to;
  }

  /** Of matches that begin in the name of the text, what lies in the text. */
  #leaveName(): void {
    this.#matches = this.#matches.filter(({ end }) => end > this.#begins);
    for (const match of this.#matches) match.start = Math.max(match.start, this.#begins);
  }

  #flush(final: boolean): string {
    let out = '';
    for (let region = this.#next(); region !== undefined; region = this.#next()) {
      this.#absorb(region);
      let closed = final || (region.growing.length === 0 && region.end <= this.#settled);
      if (!region.replaced) {
        const full = this.#text.length >= region.cap;
        if (!full && !closed) return out + this.#send(region.start);
        const long = full && region.end >= region.cap;
        out += this.#text.slice(this.#sent, region.start);
        const value = long ? undefined : this.#text.slice(region.start, region.end);
        out += this.#judge.replace(region.rank, region.weight, value);
        region.replaced = true;
        this.#sent = Math.max(this.#sent, region.start);
        if (long) continue;
        closed = true;
      }
      this.#sent = Math.max(this.#sent, closed ? region.end : Math.min(region.end, this.#settled));
      if (!closed) return out;
      this.#replaced = region;
      this.#region = undefined;
    }
    return out + this.#send(this.#settled);
  }

  /** The region at work, or one around the next match; none while an earlier one could still be found. */
  #next(): Region | undefined {
    if (this.#region !== undefined) return this.#region;
    let first = this.#matches[this.#taken];
    while (first !== undefined && this.#isReplaced(first)) first = this.#matches[++this.#taken];
    if (first === undefined || first.start >= this.#settled) return undefined;
    const { start, end, rank } = first;
    const cap = start + HELD_CHARS + 1;
    this.#region = { start, cap, end, rank, weight: 0, replaced: false, growing: [] };
    return this.#region;
  }

  /** Whether the match became known only after the region that it stands in, and would have changed nothing there. */
  #isReplaced(match: Match): boolean {
    const region = this.#replaced;
    if (region === undefined || match.start >= region.end) return false;
    return !adds(match, this.#judge.weigh(match.rank), region);
  }

  /** Takes in the matches that overlap: before the region is replaced they have a say, after it only length. */
  #absorb(region: Region): void {
    let limit = region.start + 1;
    for (; this.#taken < this.#matches.length; this.#taken++) {
      const match = this.#matches[this.#taken] as Match;
      if (match.start >= region.end) break;
      const weight = this.#judge.weigh(match.rank);
      if (!region.replaced && adds(match, weight, region)) {
        if (match.start >= limit) limit = this.#settledAtCap(region, match.start + 1);
        if (match.start >= limit) break;
        region.rank = Math.min(region.rank, match.rank);
        region.weight = Math.max(region.weight, weight);
      }
      region.end = Math.max(region.end, match.end);
      if (match.tail !== undefined && !region.growing.some(({ tail }) => tail === match.tail))
        region.growing.push(match);
    }
  }

  /**
   * Up to where matches were known when the cap was reached, however much more has come since.
   *
   * @param to no more need be known
   */
  #settledAtCap({ start, cap }: Region, to: number): number {
    if (this.#text.length < cap) return this.#settled;
    return this.#detector.unsettledFrom(this.#text.slice(0, cap), start, undefined, to);
  }

  #send(to: number): string {
    if (to <= this.#sent) return '';
    const out = this.#text.slice(this.#sent, to);
    this.#sent = to;
    return out;
  }

  #trim(): void {
    // what is not replaced yet may begin inside what was
    const open = this.#region?.replaced === false ? this.#region.start : this.#sent;
    const next = this.#matches[this.#taken]?.start ?? this.#sent;
    const cut = Math.min(this.#sent, this.#settled, open, next) - CONTEXT_CHARS - 1;
    if (cut <= 0) return;
    this.#text = this.#text.slice(cut);
    this.#begins = 0;
    this.#sent -= cut;
    this.#settled -= cut;
    this.#reading.shift(cut);
    for (let at = this.#taken; at < this.#matches.length; at++) shift(this.#matches[at] as Match, cut);
    if (this.#replaced !== undefined) this.#replaced.end -= cut;
    if (this.#region === undefined) return;
    for (const match of this.#region.growing) shift(match, cut);
    const { start, cap, end } = this.#region;
    this.#region = { ...this.#region, start: start - cut, cap: cap - cut, end: end - cut };
  }
}

/** Whether a region that the match overlaps is another one with it. */
function adds(match: Match, weight: number, region: Region): boolean {
  return match.end > region.end || match.rank < region.rank || weight > region.weight;
}

function shift(match: Match, by: number): void {
  match.start -= by;
  match.end -= by;
}

function endsInHighSurrogate(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff;
}

/** A whole text at once. */
export function redactText(detector: Finder, judge: Judge, text: string): string {
  return new StreamRedactor(detector, judge).end(text);
}
