import { GIVEN_NAMES } from './given-names.ts';
import { endsAsSurname } from './lexicon.ts';
import { CAPITAL, CAPITAL_RUN, LETTER, SMALL } from './run.ts';
import { SURNAMES } from './surnames.ts';
import { plain } from './words.ts';

export const NAME = `(?:[OD]['\u2019])?[${CAPITAL}][${SMALL}]{1,15}(?:['\u2019-][${LETTER}]{1,9})?`;
export const NAME_BEGINS = `(?<![\\w@#$/\\\\${LETTER}]|[\\w)\\]][.-])`;
export const NAME_ENDS = `(?![\\w${LETTER}]|[._/:-]\\w)`;
const AND = '(?:and|&|und|et|y|e)';

/** Names in a row, as of founders and of firms, or a family name, a comma and a given name. */
export const NAME_LIST = {
  anchor: CAPITAL_RUN.anchor,
  pattern: `${NAME_BEGINS}(?:${NAME}(?:(?:, ${NAME}){0,2},? ${AND} ${NAME}|, ${NAME}(?: [${CAPITAL}]\\.?)?)|[${CAPITAL}'\u2019]{3,16}, [${CAPITAL}]{2,12})${NAME_ENDS}`,
} as const;

const BETWEEN = new RegExp(`,? ${AND} |, `);
const CONJUNCTION = new RegExp(` ${AND} `);

/** The names of a row, as the lists have them; undefined where a comma alone stands between them. */
export function namesOf(list: string): readonly string[] | undefined {
  return CONJUNCTION.test(list) ? list.split(BETWEEN).map(plain) : undefined;
}

/** Three family names in a row, none of them a given name: partners call their firm so, friends go by given names. */
export function arePartners(names: readonly string[]): boolean {
  const family = (name: string): boolean => SURNAMES.has(name) || (name.length > 4 && endsAsSurname(name));
  const known = names.filter(family).length;
  return names.length > 2 && known > 1 && !names.some((name) => GIVEN_NAMES.has(name) && !SURNAMES.has(name));
}
