import { type Cue, cueBefore } from '../../names/cue.ts';
import { KINDS, LEGAL } from '../../names/firms.ts';
import { GIVEN_NAMES } from '../../names/given-names.ts';
import { CAPITAL_RUN, endOf, isProse, isTechnical, sentence, type Token, tokensOf } from '../../names/run.ts';
import { type Checked, recogniser } from '../../recogniser.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Right before a firm's name. */
const PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    at: set('work works worked working employed job position'),
    for: set('work works worked working'),
    by: set('employed hired acquired'),
    of: set('ceo founder director address office headquarters shares'),
    from: set('invoice'),
  }),
);
/** In running text. */
const OF_FIRMS = set('at for');
const LABELS = set(
  'employer org company organization organisation firm provider vendor supplier manufacturer bank issuer school university hospital institution from name',
);

function named({ word, previous, label }: Cue): boolean {
  if (!label) return PAIRS.get(word)?.has(previous) === true;
  return LABELS.has(word) && (word !== 'name' || previous === 'employer' || previous === 'company');
}

/** Right before a firm's name, whatever its letters. */
const AT_WORK = [
  'work at',
  'works at',
  'worked at',
  'working at',
  'works for',
  'worked for',
  'work for',
  'employed by',
];
/** `LexCorp`, `eBay`: no word of a sentence. */
const CAMEL = '[A-Z][A-Za-z]{0,14}[a-z][A-Z][A-Za-z]{1,14}';
const CAMEL_BEGINS = new RegExp(`${CAMEL}(?: ${CAMEL}){0,2}$`);

/** Firms and institutions: by how they are registered, by what kind they are, and by what stands before. */
export const organization = recogniser({
  id: 'organization',
  group: 'pii',
  called: 'an organisation',
  forms: [
    { ...CAPITAL_RUN, check: firmIn },
    {
      anchor: {
        kind: 'text',
        texts: [
          'mployer: ',
          'mployer":',
          'ompany: ',
          'rovider: ',
          'endor: ',
          'upplier: ',
          ...AT_WORK.map((cue) => `${cue} `),
        ],
      },
      pattern: `(?:(?:mployer|ompany|rovider|endor|upplier)(?:"?: ?"?)|(?:${AT_WORK.join('|')}) )${CAMEL}(?: ${CAMEL}){0,2}(?![\\w(@/]|[._:-]\\w)`,
      check: (value) => [value.search(CAMEL_BEGINS), value.length],
    },
  ],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: [
      'bought by ‹Contoso Ltd.› in',
      'at ‹Vandelay Industries›',
      'Employer: ‹InGen›\n',
      'works at ‹LexCorp›.',
      'She works for ‹Hooli›',
      '‹Meridian Healthcare› is',
    ],
    ignored: ['The Company', 'Access Systems', 'Group 4', 'the University'],
  },
});

function firmIn(value: string, before: string): Checked {
  const tokens = sentence(tokensOf(value));
  const from = tokens.findIndex((token) => token.capital && (!token.common || KINDS.test(token.plain)));
  if (from < 0) return false;
  for (let at = tokens.length - 1; at > from; at--) {
    const token = tokens[at] as Token;
    const legal = LEGAL.test(token.plain);
    const kind = KINDS.test(token.plain) && !(tokens[from] as Token).common;
    if (legal || kind)
      return (
        (!isTechnical(before) || named(cueBefore(before))) && [
          (tokens[from] as Token).start,
          legal ? token.end : endOf(token),
        ]
      );
  }
  const first = tokens[from] as Token;
  if (from > 0 || first.common || GIVEN_NAMES.has(first.plain)) return false;
  const cue = cueBefore(before);
  // a constant
  if (cue.label && tokens.length === 1 && /^[A-Z]{5,}$/.test(first.text)) return false;
  if (!named(cue) && !(!cue.label && OF_FIRMS.has(cue.word) && isProse(before, tokens))) return false;
  const last = tokens.findLastIndex((token) => token.capital);
  return [0, endOf(tokens[last] as Token)];
}
