import { KINDS } from './firms.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { NATIONALITIES } from './nationalities.ts';
import { PLACES } from './places.ts';
import { SURNAMES } from './surnames.ts';
import { CAPITALISED_WORDS, plain } from './words.ts';

const PLACE_WORDS: ReadonlySet<string> = new Set([...PLACES].flatMap((name) => name.split(' ')));

/** Words that are in no name, and say nothing about the words beside them. */
const ORDINARY: ReadonlySet<string> = new Set(
  [...CAPITALISED_WORDS].filter(
    (word) =>
      !GIVEN_NAMES.has(word) &&
      !SURNAMES.has(word) &&
      !PLACE_WORDS.has(word) &&
      !NATIONALITIES.has(word) &&
      !NATIONALITIES.has(word.replace(/s$/, '')) &&
      !KINDS.test(word),
  ),
);

/** The last answer: a text may repeat itself. */
let last = '';
let lastOrdinary = true;

/** Whether a run of words with capital letters is one that no kind of name is looked for in: most of them are. */
export function isOrdinary(run: string): boolean {
  if (run === last) return lastOrdinary;
  lastOrdinary = run.includes(' ') ? run.split(' ').every(isOrdinaryWord) : isOrdinaryWord(run);
  last = run;
  return lastOrdinary;
}

function isOrdinaryWord(run: string): boolean {
  return ORDINARY.has(plain(run.endsWith('.') && run.length > 2 ? run.slice(0, -1) : run));
}
