import { type Cue, cueBefore } from '../../names/cue.ts';
import { GIVEN_NAMES } from '../../names/given-names.ts';
import { PLACE_OPENINGS, PLACES } from '../../names/places.ts';
import { CAPITAL_RUN, endOf, isProse, isTechnical, sentence, type Token, tokensOf } from '../../names/run.ts';
import { type Checked, recogniser } from '../../recogniser.ts';
import { isBelowAddress } from './street-end.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Right before the name of a place; then it need not be a known one. */
const PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    in: set(
      "i'm i’m am live lives living lived based located born raised stay staying stayed arrive arrived up",
    ),
    at: set('based located arrived staying'),
    to: set('move moved moving travel travelled traveled return returned trip flight fly flying flew'),
    from: set('moved here moving came coming'),
    of: set('city town village capital'),
    city: set('home'),
  }),
);
/** In running text. */
const OF_PLACES = set('in from near to into');
const VERBS = set('visit visited visiting');
const LABELS = set('city town country state region birthplace birth location');

function placed({ word, previous, label }: Cue): boolean {
  if (label) return LABELS.has(word);
  return VERBS.has(word) || PAIRS.get(word)?.has(previous) === true;
}

/** Countries, regions and cities that are known, and what stands where a place is named. */
export const location = recogniser({
  id: 'location',
  group: 'pii',
  called: 'a place',
  forms: [{ ...CAPITAL_RUN, check: placeIn }],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: [
      'in ‹Paris›.',
      'She moved here from ‹Netherlands›',
      'the ‹United States of America›',
      'He lives in ‹Humilimont›.',
      'from ‹New York City› to',
    ],
    ignored: ['Reading a book', 'the New Yorker', 'Nice to meet you', 'in Python'],
  },
});

/** Names of places that are words, too. */
const WORDS =
  /^(?:nice|cork|essen|salvador|chad|turkey|china|reading|mobile|jordan|georgia|columbus|phoenix|riga|bath|lima|wellington|perth|guinea|niger)$/;

/** Whether this is the town, the region or the country below the line of a street. */
function isBehindAddress(tokens: readonly Token[], before: string): boolean {
  const [first] = tokens;
  if (first === undefined || first.common || GIVEN_NAMES.has(first.plain)) return false;
  return isBelowAddress(before);
}

/** A country in the name of an authority, as the owner of something with a name, or as where something is registered. */
function isOfThing(tokens: readonly Token[], from: number, to: number, before: string): boolean {
  const [previous, earlier] = [tokens[from - 1], tokens[from - 2]];
  if (previous?.common && previous.capital && earlier?.common && earlier.capital) return true;
  if (/['’]s$/.test(tokens[to - 1]?.text ?? '') && tokens[to]?.capital) return true;
  return from === 0 && /\b(?:registered|issued|incorporated|valid|available|used) in $/.test(before);
}

function placeIn(value: string, before: string): Checked {
  const tokens = sentence(tokensOf(value));
  if (isBehindAddress(tokens, before)) return [0, endOf(tokens.at(-1) as Token)];
  for (let at = 0; at < tokens.length; at++) {
    const first = tokens[at] as Token;
    if (!first.capital || !PLACE_OPENINGS.has(first.plain)) continue;
    for (let to = Math.min(tokens.length, at + 5); to > at; to--) {
      const name = tokens
        .slice(at, to)
        .map(({ plain }) => plain)
        .join(' ');
      if (!PLACES.has(name)) continue;
      if (
        WORDS.test(name) &&
        !/(?:\b(?:in|from|to|of|near|visit|country|state|city)[: ]{1,2}|, )$/i.test(
          before + value.slice(0, first.start),
        )
      )
        continue;
      if (isOfThing(tokens, at, to, before)) return false;
      return (
        (!isTechnical(before) || placed(cueBefore(before))) && [first.start, endOf(tokens[to - 1] as Token)]
      );
    }
  }
  const [first] = tokens;
  if (first === undefined || first.common) return false;
  const cue = cueBefore(before);
  if (!placed(cue) && !(!cue.label && OF_PLACES.has(cue.word) && isProse(before, tokens))) return false;
  if (isTechnical(before)) return false;
  const last = tokens.findLastIndex((token) => token.capital && !token.common);
  // somebody: to places of two words and no known name people move, travel, return
  if (cue.word === 'to' && last > 0 && !placed(cue)) return false;
  return [0, endOf(tokens[last] as Token)];
}
