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

/** The words of a recogniser as one test; undefined where it has none. */
export function contextTest(words: readonly string[] | undefined): RegExp | undefined {
  if (words === undefined || words.length === 0) return undefined;
  const sources = words.map((word) =>
    word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[\\s_-]{0,3}'),
  );
  return new RegExp(`(?<![\\p{Script=Latin}\\d])(?:${sources.join('|')})(?!\\p{Script=Latin})`, 'iu');
}

/**
 * Whether a form's own worth and the words around make a value of it.
 *
 * @param before up to CONTEXT_CHARS characters; shorter only at the beginning of the text
 * @param after up to AFTER_CHARS; shorter only at its end
 * @returns the score, or 0 where it is below the threshold
 */
export function scoreOf(own: number, context: RegExp | undefined, before: string, after: string): number {
  if (own >= CERTAIN) return own;
  let score = own;
  if (context !== undefined && (context.test(before) || context.test(after))) score += FOR;
  else if (looksAhead(own) && isAlone(before, after)) score += ALONE;
  else if (score >= THRESHOLD && endsWith(AGAINST_WORDS, before)) score -= AGAINST;
  if (score < THRESHOLD) return 0;
  return own < THRESHOLD && endsWith(SAMPLE_WORDS, before) ? 0 : Math.min(score, CERTAIN);
}

/** Looked for backwards from the end, not forwards from each of the characters before. */
function endsWith(words: RegExp, before: string): boolean {
  words.lastIndex = before.length;
  return words.test(before);
}

/** A text that is nothing but the value: a field, a cell, an argument. */
function isAlone(before: string, after: string): boolean {
  return /^[\s"'([{<]{0,3}$/.test(before) && /^[\s"')\]}>.,;]{0,3}$/.test(after);
}
