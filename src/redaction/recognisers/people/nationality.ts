import { cueBefore } from '../../names/cue.ts';
import { CAPITAL_RUN, endOf, tokensOf } from '../../names/run.ts';
import { type Checked, recogniser } from '../../recogniser.ts';

const NATIONALITIES: ReadonlySet<string> = new Set(
  `afghan albanian algerian american argentine argentinian armenian australian austrian bangladeshi belgian bolivian bosnian brazilian british bulgarian cambodian canadian chilean chinese colombian croatian cuban cypriot czech danish dutch ecuadorian egyptian english estonian ethiopian filipino finnish french georgian german ghanaian greek guatemalan haitian hungarian icelandic indian indonesian iranian iraqi irish israeli italian jamaican japanese jordanian kenyan korean kuwaiti latvian lebanese libyan lithuanian malaysian maltese mexican mongolian moroccan nepalese nigerian norwegian pakistani palestinian peruvian polish portuguese romanian russian rwandan saudi scottish senegalese serbian singaporean slovak slovenian somali spanish sudanese swedish swiss syrian taiwanese thai tunisian turkish ugandan ukrainian uruguayan venezuelan vietnamese welsh yemeni zambian zimbabwean christian catholic protestant muslim jewish hindu buddhist sikh republican democrat`.split(
    /\s+/,
  ),
);
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
  forms: [{ ...CAPITAL_RUN, check: nationalityIn }],
  examples: {
    found: ['an ‹Uruguayan› woman', 'two ‹Germans›'],
    ignored: ['Germany', 'translate to French', 'Frenchman'],
  },
});

function nationalityIn(value: string, before: string): Checked {
  for (const token of tokensOf(value)) {
    const one = token.plain.endsWith('s') ? token.plain.slice(0, -1) : token.plain;
    if (!NATIONALITIES.has(token.plain) && !NATIONALITIES.has(one)) continue;
    if (token.start === 0 && SPOKEN.has(cueBefore(before).word)) continue;
    return [token.start, endOf(token)];
  }
  return false;
}
