import { recogniser } from '../../recogniser.ts';

/** How old somebody is, in years. */
export const age = recogniser({
  id: 'age',
  group: 'quasi_identifier',
  called: 'an age',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern:
        '(?<![\\w.,:/$-])(?:1[01]\\d|\\d{1,2})(?:[ -](?:years?|yrs?)[ -]old|[ -]?y/?o|-year-old)(?!\\w)',
    },
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: ['age', 'aged', 'turned', 'turn', 'turning', "i'm", 'i am', 'alter'],
      },
      pattern:
        '(?<![\\w-])(?:(?:[aA]ge|AGE|[aA]lter)["\']?(?: ?[:=] ?"?| is | of | )|[aA]ged |(?:[tT]urned|[tT]urn|[tT]urning|[iI][\'\\u2019]m|[iI] am) )(?:1[01]\\d|[1-9]\\d)(?![\\w%/:°-]|[.,]\\d| (?:percent|minutes|min|hours|days|km|miles|kg))',
      check: (value) => [value.search(/\d/), value.length],
    },
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: ['he was', 'she was', 'i was', 'they were', 'he is', 'she is', "he's", "she's"],
      },
      pattern:
        "(?<![\\w-])(?:[hH]e(?: was| is|['\\u2019]s)|[sS]he(?: was| is|['\\u2019]s)|[iI] was|[tT]hey were) (?:1[01]\\d|[1-9]\\d)(?=[.,;!?)] ?[^\\d])",
      check: (value) => [value.search(/\d/), value.length],
    },
  ],
  examples: {
    found: [
      'a ‹35 years old› man',
      "I'll turn ‹42›.",
      'age: ‹67›',
      'just turned ‹35›',
      'when he was ‹64›. ',
      'a ‹7-year-old›',
    ],
    ignored: ['page 42', 'aged cheese', 'turned 90°', 'age: 300', "I'm 15 minutes late"],
  },
});
