import { type Cue, cueBefore } from '../../names/cue.ts';
import { GIVEN_NAMES } from '../../names/given-names.ts';
import { FIRM_KIND, FIRM_KIND_FIRST, GIVEN, LEGAL_FORM } from '../../names/lexicon.ts';
import { arePartners, NAME_LIST, namesOf } from '../../names/list.ts';
import { isProse, isTechnical } from '../../names/prose.ts';
import { CAPITAL_RUN, endOf, runOf, sentence, type Token } from '../../names/run.ts';
import { SURNAMES } from '../../names/surnames.ts';
import { type Checked, recogniser } from '../../recogniser.ts';
import { remembered } from '../../repeats.ts';

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

const OF_FIRM = set('employer company');

function named(cue: Cue): boolean {
  if (!cue.label) return PAIRS.get(cue.word)?.has(cue.previous) === true;
  return LABELS.has(cue.word) && (cue.word !== 'name' || OF_FIRM.has(cue.previous));
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
    { ...CAPITAL_RUN, check: remembered(firmIn) },
    {
      ...NAME_LIST,
      check: (value, before) => arePartners(namesOf(value) ?? []) && !isTechnical(before),
    },
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
      'joined ‹Brightwater GmbH› in',
      'of ‹Pemberton plc›,',
      'the ‹Banco do Nordeste› said',
      'of ‹Kowalski, Becker and Vasquez› in',
      'She works for ‹Hooli›',
      '‹Meridian Healthcare› is',
    ],
    ignored: ['The Company', 'Access Systems', 'Group 4', 'the University'],
  },
});

/** `Weeks-Rivas`: two family names joined, with no given name before them. */
function arePartnersJoined({ plain }: Token): boolean {
  if (!plain.includes('-')) return false;
  const [one = '', two = '', more] = plain.split('-');
  return more === undefined && SURNAMES.has(one) && SURNAMES.has(two) && !GIVEN_NAMES.has(one);
}

function firmIn(value: string, before: string): Checked {
  const run = runOf(value);
  const tokens = sentence(run.tokens);
  const from = tokens.findIndex((token) => token.capital && (!token.common || token.is(FIRM_KIND)));
  if (from < 0) return false;
  const first = tokens[from] as Token;
  if ((run.some & (LEGAL_FORM | FIRM_KIND)) !== 0) {
    const last = lastOfFirm(tokens, from);
    if (last > from) return !isThing(before) && [first.start, endOfFirm(tokens[last] as Token)];
  }
  if (from + 1 < tokens.length && first.is(FIRM_KIND_FIRST) && !isTechnical(before))
    return [first.start, endOf(tokens.findLast(({ capital }) => capital) as Token)];
  if (arePartnersJoined(first)) return !isTechnical(before) && [first.start, endOf(first)];
  if (from > 0 || first.common || first.is(GIVEN)) return false;
  const cue = cueBefore(before);
  // a constant
  if (cue.label && tokens.length === 1 && /^[A-Z]{5,}$/.test(first.text)) return false;
  if (!named(cue) && !(!cue.label && OF_FIRMS.has(cue.word) && isProse(before, first))) return false;
  const last = tokens.findLastIndex((token) => token.capital);
  return [0, endOf(tokens[last] as Token)];
}

/** The word that says how the firm is registered or what kind of firm it is; the first where none does. */
function lastOfFirm(tokens: readonly Token[], from: number): number {
  const closing = (tokens[from] as Token).common ? LEGAL_FORM : LEGAL_FORM | FIRM_KIND;
  let at = tokens.length - 1;
  while (at > from && !(tokens[at] as Token).is(closing)) at--;
  return at;
}

/** The full stop belongs to `Inc.` */
function endOfFirm(token: Token): number {
  return token.is(LEGAL_FORM) ? token.end : endOf(token);
}

function isThing(before: string): boolean {
  return isTechnical(before) && !named(cueBefore(before));
}
