import fc from 'fast-check';
import { test } from 'tap';
import { GIVEN_NAMES } from './given-names.ts';
import {
  COMMON,
  endsAsSurname,
  GIVEN,
  LEXICON,
  Lexicon,
  ORDINARY,
  PLACE,
  PLACE_OPENING,
  SURNAME,
  says,
} from './lexicon.ts';
import { PLACES } from './places.ts';
import { SURNAME_ENDINGS, SURNAMES } from './surnames.ts';
import { CAPITALISED_WORDS } from './words.ts';

const LISTS: readonly (readonly [number, ReadonlySet<string>])[] = [
  [COMMON, CAPITALISED_WORDS],
  [GIVEN, GIVEN_NAMES],
  [SURNAME, SURNAMES],
];

test('a look-up says of every word what the lists say, whatever the case and wherever it stands', (t) => {
  const words = new Set([...CAPITALISED_WORDS, ...GIVEN_NAMES, ...SURNAMES, ...PLACES]);
  for (const word of words)
    for (const written of [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]) {
      const facts = LEXICON.factsAt(`(${written})`, 1, 1 + written.length);
      for (const [fact, list] of LISTS)
        if (((facts & fact) !== 0) !== list.has(word)) t.fail(`${written}: ${facts} with ${fact}`);
      if (!word.includes(' ') && ((facts & PLACE) !== 0) !== PLACES.has(word)) t.fail(`${written}: a place`);
      if ((facts & ORDINARY) !== 0 && (facts & (GIVEN | SURNAME | PLACE | PLACE_OPENING)) !== 0)
        t.fail(`${written}: ordinary, and a name`);
    }
  t.end();
});

test('any words are told apart, whichever of them are listed', (t) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', "'", '-'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1 }), fc.array(word), (listed, others) => {
      const facts = new Map(listed.map((each, at) => [each, at + 1]));
      const lexicon = new Lexicon(facts);
      return [...listed, ...others].every(
        (each) => lexicon.factsAt(each, 0, each.length) === (facts.get(each) ?? 0),
      );
    }),
  );
  t.end();
});

test('the ending of a family name counts behind two letters', (t) => {
  for (const ending of SURNAME_ENDINGS) {
    t.ok(endsAsSurname(`ka${ending}`), ending);
    const known = SURNAME_ENDINGS.some((each) => each !== ending && ending.endsWith(each));
    if (!known) t.notOk(endsAsSurname(`k${ending}`), `k${ending}`);
  }
  t.notOk(endsAsSurname(''));
  t.ok(says('paris', PLACE));
  t.notOk(says('xyzzy', PLACE | GIVEN | SURNAME | COMMON));
  t.end();
});
