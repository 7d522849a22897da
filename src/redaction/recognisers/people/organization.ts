import { type Cue, cueBefore } from '../../names/cue.ts';
import { GIVEN_NAMES } from '../../names/given-names.ts';
import { CAPITAL_RUN, endOf, isProse, isTechnical, type Token, tokensOf } from '../../names/run.ts';
import { type Checked, recogniser } from '../../recogniser.ts';

/** How firms are registered: the words before one are a firm's name. */
const LEGAL =
  /^(?:inc|llc|ltd|limited|plc|corp|corporation|gmbh|ag|kg|ohg|bv|nv|sarl|sas|spa|srl|sl|oy|ab|as|aps|kk|pty|llp|lp|co)\.?$/;
const KINDS =
  /^(?:group|holdings?|industries|enterprises|technologies|systems|solutions|partners|associates|foundation|institute|university|college|hospital|clinic|bank|insurance|airlines|airways|pharmaceuticals|laboratories|labs|motors|electronics|logistics|consulting|ventures|capital|financial|healthcare|analytics|dynamics?|dynamic|worldwide|international|brothers|sons|company|corporation|agency|ministry|museum|restaurant|hotel|studios|entertainment|records|press|times|union|society|association|club|consolidated|robotics|semiconductor|energy|foods|media|networks|communications|software|research|data systems|tech)$/;

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Right before a firm's name. */
const PAIRS: Readonly<Record<string, ReadonlySet<string>>> = {
  at: set('work works worked working employed job position'),
  for: set('work works worked working'),
  by: set('employed hired acquired'),
  of: set('ceo founder director address office headquarters shares'),
  from: set('invoice'),
  the: set('to'),
};
/** In running text. */
const OF_FIRMS = set('at for');
const LABELS = set(
  'employer company organization organisation firm provider vendor supplier manufacturer bank issuer school university hospital institution from name',
);

function named({ word, previous, label }: Cue): boolean {
  if (!label) return PAIRS[word]?.has(previous) === true;
  return LABELS.has(word) && (word !== 'name' || previous === 'employer' || previous === 'company');
}

/** Firms and institutions: by how they are registered, by what kind they are, and by what stands before. */
export const organization = recogniser({
  id: 'organization',
  group: 'pii',
  called: 'an organisation',
  forms: [{ ...CAPITAL_RUN, check: firmIn }],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: [
      'bought by ‹Contoso Ltd.› in',
      'at ‹Vandelay Industries›',
      'Employer: ‹InGen›\n',
      'She works for ‹Hooli›',
      '‹Meridian Healthcare› is',
    ],
    ignored: ['The Company', 'Access Systems', 'Group 4', 'the University'],
  },
});

function firmIn(value: string, before: string): Checked {
  const tokens = tokensOf(value);
  const from = tokens.findIndex((token) => token.capital && (!token.common || KINDS.test(token.plain)));
  if (from < 0) return false;
  for (let at = tokens.length - 1; at > from; at--) {
    const token = tokens[at] as Token;
    const legal = LEGAL.test(token.plain);
    const kind = KINDS.test(token.plain) && !(tokens[from] as Token).common;
    if (legal || kind)
      return !isTechnical(before) && [(tokens[from] as Token).start, legal ? token.end : endOf(token)];
  }
  const first = tokens[from] as Token;
  if (from > 0 || first.common || GIVEN_NAMES.has(first.plain) || isTechnical(before)) return false;
  const cue = cueBefore(before);
  if (!named(cue) && !(isProse(before, tokens) && !cue.label && OF_FIRMS.has(cue.word))) return false;
  const last = tokens.findLastIndex((token) => token.capital);
  return [0, endOf(tokens[last] as Token)];
}
