import { CERTAIN, WEAK } from './recogniser.ts';

/** A value that scores less is none. */
const THRESHOLD = 50;
const FOR = 40;
const ALONE = 25;
const AGAINST = 40;

/** How far behind a value its words may stand: that much text waits until it is known. */
export const AFTER_CHARS = 24;

/** What numbers are called that say nothing about a person; right before a number they speak against it. */
const AGAINST_WORDS =
  /(?<=(?:^|[^a-z])(?:order|invoice|version|build|revision|commit|sha\d*|checksum|hash|port|page|line|row|step|ticket|issue|bug|pr|pull request|tracking|part|product|sku|serial|model|batch|lot|release|timestamp|epoch|seed|size|bytes|offset|length|count|amount|total|price|cost|quantity|isbn|issn|doi|uuid|guid|crc|md5|ref|reference|confirmation|transaction)(?:[ _-]?(?:id|number|no|code|nr))?s?[\s:#=."'`([_-]{0,4})$/iy;

/** What introduces the samples of documentation: of what is weak by itself, one right behind it is one of them. */
const SAMPLE_WORDS =
  /(?<=(?:e\. ?g\.|for example|for instance|such as|z\. ?b\.|p\. ?ex\.)[,:]? ["'`(]{0,2})$/iy;

/** Whether what follows a value matters to a form of this worth; the weakest are known by what stands before. */
export function looksAhead(own: number): boolean {
  return own < THRESHOLD && own > WEAK;
}

/** What stands before a place in a text. Several forms ask of the same place; what they ask is found out once. */
class Before {
  text = '';
  /** Another one for each place: who keeps it need not keep the text. */
  place = 0;
  #of = '';
  #from = 0;
  #to = 0;

  move(of: string, from: number, to: number): void {
    if (from === this.#from && to === this.#to && of === this.#of) return;
    this.#of = of;
    this.#from = from;
    this.#to = to;
    this.text = of.slice(from, to);
    this.place++;
  }
}

const before = new Before();

/** What stands in the text right before a value that starts at `to`; for that one `scoreOf` is asked next. */
export function beforeAt(text: string, from: number, to: number): string {
  before.move(text, from, to);
  return before.text;
}

/** Lets go of the text that was looked at last. */
export function leaveText(): void {
  before.move('', 0, 0);
}

/** Words right before a value. */
class EndingWords {
  readonly #words: RegExp;
  #place = -1;
  #endBefore = false;

  /** @param words sticky, and looking back: from the end once, not forwards from each of the characters before */
  constructor(words: RegExp) {
    this.#words = words;
  }

  endBefore(): boolean {
    if (before.place !== this.#place) {
      this.#place = before.place;
      this.#words.lastIndex = before.text.length;
      this.#endBefore = this.#words.test(before.text);
    }
    return this.#endBefore;
  }
}

const against = new EndingWords(AGAINST_WORDS);
const sample = new EndingWords(SAMPLE_WORDS);

/** Words that speak for a value near it. */
export class ContextWords {
  readonly #words: RegExp;
  #place = -1;
  #standBefore = false;

  constructor(words: RegExp) {
    this.#words = words;
  }

  standAround(after: string): boolean {
    if (before.place !== this.#place) {
      this.#place = before.place;
      this.#standBefore = this.#words.test(before.text);
    }
    return this.#standBefore || (after !== '' && this.#words.test(after));
  }
}

/** The words of a recogniser, to be asked of places; undefined where it has none. */
export function contextWords(words: readonly string[] | undefined): ContextWords | undefined {
  const test = contextTest(words);
  return test && new ContextWords(test);
}

/** The words of a recogniser as one test; undefined where it has none. */
export function contextTest(words: readonly string[] | undefined): RegExp | undefined {
  if (words === undefined || words.length === 0) return undefined;
  const sources = words.map((word) =>
    word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[\\s_-]{0,3}'),
  );
  const source = `(?<![\\p{Script=Latin}\\d])(?:${sources.join('|')})(?!\\p{Script=Latin})`;
  return new RegExp(source, 'iu');
}

/**
 * Whether a form's own worth and the words around make a value of it. What stands before it is what `beforeAt` gave:
 * up to CONTEXT_CHARS characters, fewer only at the beginning of the text.
 *
 * @param after up to AFTER_CHARS; shorter only at the text's end
 * @returns the score, or 0 where it is below the threshold
 */
export function scoreOf(own: number, context: ContextWords | undefined, after: string): number {
  if (own >= CERTAIN) return own;
  let score = own;
  if (context?.standAround(after) === true) score += FOR;
  else if (looksAhead(own) && isAlone(before.text, after)) score += ALONE;
  else if (score >= THRESHOLD && against.endBefore()) score -= AGAINST;
  if (score < THRESHOLD) return 0;
  return own < THRESHOLD && sample.endBefore() ? 0 : Math.min(score, CERTAIN);
}

/** A text that is nothing but the value: a field, a cell, an argument, under its name or without one. */
function isAlone(before: string, after: string): boolean {
  return /^(?:"[^"]{1,40}": )?[\s"'([{<]{0,3}$/.test(before) && /^[\s"')\]}>.,;]{0,3}$/.test(after);
}
