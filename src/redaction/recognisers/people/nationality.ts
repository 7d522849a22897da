import { cueBefore } from '../../names/cue.ts';
import { NATIONALITY } from '../../names/lexicon.ts';
import { CAPITAL_RUN, endOf, runOf } from '../../names/run.ts';
import { type Checked, recogniser } from '../../recogniser.ts';
import { remembered } from '../../repeats.ts';

/** Before the name of a language. */
const SPOKEN: ReadonlySet<string> = new Set([
  'in',
  'to',
  'into',
  'speak',
  'speaks',
  'translate',
  'translated',
]);

/** Where somebody is from and what they believe: nationalities, religions, parties. */
export const nationality = recogniser({
  id: 'nationality',
  group: 'quasi_identifier',
  called: 'a nationality, religion or party',
  forms: [{ ...CAPITAL_RUN, check: remembered(nationalityIn) }],
  examples: {
    found: ['an ‹Uruguayan› woman', 'two ‹Germans›'],
    ignored: ['Germany', 'translate to French', 'Frenchman'],
  },
});

function nationalityIn(value: string, before: string): Checked {
  const { tokens, some } = runOf(value);
  if ((some & NATIONALITY) === 0) return false;
  for (const token of tokens) {
    if (!token.is(NATIONALITY)) continue;
    if (token.start === 0 && SPOKEN.has(cueBefore(before).word)) continue;
    return [token.start, endOf(token)];
  }
  return false;
}
