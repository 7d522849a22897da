import { type Cue, cueBefore } from '../../names/cue.ts';
import { GIVEN, PLACE, PLACE_OPENING } from '../../names/lexicon.ts';
import { PLACES } from '../../names/places.ts';
import { isProse, isTechnical } from '../../names/prose.ts';
import { CAPITAL_RUN, endOf, joined, runOf, sentence, type Token } from '../../names/run.ts';
import { type Checked, recogniser } from '../../recogniser.ts';
import { remembered } from '../../repeats.ts';
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

function placed(cue: Cue): boolean {
  if (cue.label) return LABELS.has(cue.word);
  return VERBS.has(cue.word) || PAIRS.get(cue.word)?.has(cue.previous) === true;
}

/** Countries, regions and cities that are known, and what stands where a place is named. */
export const location = recogniser({
  id: 'location',
  group: 'pii',
  called: 'a place',
  forms: [{ ...CAPITAL_RUN, check: remembered(placeIn) }],
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

/** Before them where they are places. */
const NAMED = /(?:\b(?:in|from|to|of|near|visit|country|state|city)[: ]{1,2}|, )$/i;

/** Whether this is the town, the region or the country below the line of a street. */
function isBehindAddress(first: Token, before: string): boolean {
  return !first.common && !first.is(GIVEN) && isBelowAddress(before);
}

/** A country in the name of an authority, as the owner of something with a name, or as where something is registered. */
function isOfThing(tokens: readonly Token[], from: number, to: number, before: string): boolean {
  const [previous, earlier] = [tokens[from - 1], tokens[from - 2]];
  if (previous?.common && previous.capital && earlier?.common && earlier.capital) return true;
  const last = tokens[to - 1];
  if (last?.genitive && !last.dotted && tokens[to]?.capital) return true;
  return from === 0 && /\b(?:registered|issued|incorporated|valid|available|used) in $/.test(before);
}

function placeIn(value: string, before: string): Checked {
  const run = runOf(value);
  const tokens = sentence(run.tokens);
  const first = tokens[0] as Token;
  if (isBehindAddress(first, before)) return [0, endOf(tokens.at(-1) as Token)];
  if ((run.some & (PLACE | PLACE_OPENING)) !== 0) {
    const known = knownPlace(tokens, value, before);
    if (known !== undefined) return known;
  }
  if (first.common) return false;
  const cue = cueBefore(before);
  if (!placed(cue) && !(!cue.label && OF_PLACES.has(cue.word) && isProse(before, first))) return false;
  if (isTechnical(before)) return false;
  const last = tokens.findLastIndex((token) => token.capital && !token.common);
  // somebody: to places of two words and no known name people move, travel, return
  if (cue.word === 'to' && last > 0 && !placed(cue)) return false;
  return [0, endOf(tokens[last] as Token)];
}

/** The first place that is known; undefined where none is. */
function knownPlace(tokens: readonly Token[], value: string, before: string): Checked | undefined {
  for (let at = 0; at < tokens.length; at++) {
    const to = endOfPlace(tokens, at, value, before);
    if (to === at) continue;
    if (isOfThing(tokens, at, to, before)) return false;
    const technical = isTechnical(before) && !placed(cueBefore(before));
    return !technical && [(tokens[at] as Token).start, endOf(tokens[to - 1] as Token)];
  }
  return undefined;
}

/** Behind the last word of the longest known name that begins with this word; this word where none does. */
function endOfPlace(tokens: readonly Token[], at: number, value: string, before: string): number {
  const first = tokens[at] as Token;
  if (!first.capital) return at;
  const most = first.is(PLACE_OPENING) ? Math.min(tokens.length, at + 5) : at + 1;
  for (let to = most; to > at; to--) {
    if (to === at + 1 && !first.is(PLACE)) break;
    const name = to === at + 1 ? first.plain : joined(tokens, at, to);
    if (!PLACES.has(name)) continue;
    if (!WORDS.test(name) || NAMED.test(before + value.slice(0, first.start))) return to;
  }
  return at;
}
