import { COMMON, GIVEN, PLACE, PLACE_OPENING, says } from '../../names/lexicon.ts';
import { PLACES } from '../../names/places.ts';
import { plain } from '../../names/words.ts';
import { CAPITALS, KIND, LETTERS, MORPHEME, PREFIX, UNIT_NAME } from './street-parts.ts';

const APART = '[,\\s>-]{1,8}';
const C = CAPITALS;
const L = LETTERS;

/** Flat, floor, door, in the ways of several countries: `Apt 3C`, `7th Floor`, `#5`, `3º B`, `2. tv`, `A 7`. */
const UNIT = new RegExp(
  `[,\\s>/]{1,6}(?:(?:Apt|Apartment|Apto|Suite|Ste|Unit|Flat|Floor|Room|Rm|Level|Bldg|Building|Block|Tower|Door|Piso|Depto?|Wohnung|Whg|Stiege|Top|Etage|lok|m)\\.? ?#?(?:\\d{1,5}[A-Z]?|[A-Z]\\d{0,4})(?![\\w${L}])|#\\d{1,5}[A-Z]?(?!\\w)|\\d{1,2}(?:st|nd|rd|th) floor(?!\\w)|\\d{1,2}[ºª°](?: ?[A-Z]{1,4}(?!\\w))?|\\d{1,2}\\. ?(?:tv|th|mf|sal|OG|Stock)(?!\\w)\\.?|[A-D] \\d{1,3}(?!\\w))`,
  'iy',
);

/** Postcodes by their forms: of figures (also Brazil's, Poland's, Sweden's, Japan's), Dutch, British, Canadian. */
const POSTCODE = new RegExp(
  `${APART}(?:\\d{4} [A-Z]{2}(?![\\w${L}])|(?:[A-Z]{1,2}-)?\\d{4,6}(?:-\\d{3,4})?(?![\\w-])|\\d{3} \\d{2}(?![\\w-])|\\d{2}-\\d{3}(?![\\w-])|\\d{3}-\\d{4}(?![\\w-])|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}(?!\\w)|[A-Z]\\d[A-Z][ -]?\\d[A-Z]\\d(?!\\w))`,
  'y',
);

const SMALL_WORDS =
  'de|da|do|del|di|la|le|les|lès|sur|sous|en|am|an|im|ob|nad|pod|u|v|upon|of|e|y|der|den|van|bei|aux';
/** A town, a region, a country; `nan`, `null`: what tables say for a region that there is none of. */
const NAME = new RegExp(
  `${APART}(?:nan|null|\\d{1,2}(?=,?\\s{1,4}\\d{4,6}(?!\\d))|[${C}(][${L}'\\u2019.()-]{0,25}(?![\\w])(?: (?:[${C}(][${L}'\\u2019.()-]{0,25}(?![\\w])|\\d{1,2}(?![\\w-])|(?:${SMALL_WORDS})(?= ))){0,4})`,
  'y',
);
const MISSING = /^(?:nan|null)$/;
const REGION = /^[A-Z]{2,3}$|^\d{1,2}$/;

/**
 * Reads on behind number and street: flat, town, region, postcode, country, in any order that some country has.
 *
 * @param from where the street ends
 * @param oneLine the street stands in a line of its own: town and country in lines of theirs are no part of it
 * @returns the end of what surely belongs to the address; `from` where nothing does
 */
export function addressEnd(value: string, from: number, oneLine: boolean): number {
  let end = from;
  let at = from;
  let posted = false;
  let town = false;
  let behindUnit = false;
  for (let parts = 0; parts < 8; parts++) {
    const unit = read(UNIT, value, at);
    if (unit > 0) {
      end = at = unit;
      behindUnit = true;
      continue;
    }
    const post = read(POSTCODE, value, at);
    const next = post > 0 ? post : read(NAME, value, at);
    if (next === 0) break;
    const between = /^[,\s>-]+/.exec(value.slice(at, next))?.[0] ?? '';
    if (oneLine && between.includes('\n')) break;
    if (post > 0) {
      if (posted) break;
      posted = true;
      end = at = post;
      continue;
    }
    const name = sentenceOf(value.slice(at + between.length, next));
    const whole = at + between.length + name.length === next;
    at += between.length + name.length;
    if (isPlace(name) || (REGION.test(name) && town) || (posted && !town && between === ' ')) end = at;
    else if (!MISSING.test(name) && !mayBeTown(name) && read(POSTCODE, value, at) === 0) break;
    else if ((/[,\n]/.test(between) || behindUnit) && !town && !MISSING.test(name) && mayBeTown(name))
      end = at;
    if (!whole) break;
    town = true;
    behindUnit = false;
  }
  return end;
}

/** Up to the end of the sentence, which is no abbreviation as in `St. Louis`. */
function sentenceOf(name: string): string {
  const [sentence = ''] = name.split(/(?<=[^\s.]{3})\. /, 1);
  return sentence.replace(/[.\s]+$/, '');
}

/** A line of an address that ends with street and number, or with a flat. */
const LINE = new RegExp(
  `(?:^(?:\\d{1,5}[A-Za-z]?|\\d{1,5}[ /-]\\d{1,5}) (?:[${L}'.-]+ ){1,4}(?:${KIND}\\.?|\\d{1,4}\\.?)|(?:^| )(?:${UNIT_NAME}\\.? ?#?\\w{1,5})|(?:${MORPHEME}|${PREFIX} .{2,30}) \\d{1,4}[a-z]?)$`,
);

/** A line of nothing but words with capital letters, or one that a table left empty. */
const NAMES = new RegExp(`^(?:nan|null|[${C}][${L}.'()-]*(?: [${L}.'()-]+){0,3})$`);

const INDENT = '> \t';

/** Whether a line begins here, below the one of number and street or flat, with nothing but names in those between. */
export function isBelowAddress(before: string): boolean {
  const end = endOfLineBefore(before);
  if (end < 0) return false;
  const lines = before.slice(0, end).trimEnd().split('\n');
  for (const line of lines.slice(-3).reverse()) {
    const bare = line.replace(/^[> \t]+/, '');
    if (LINE.test(bare)) return true;
    if (!NAMES.test(bare)) return false;
  }
  return false;
}

/** Where the line before ends if nothing but indentation stands in this one; else less than 0. */
function endOfLineBefore(before: string): number {
  let at = before.length - 1;
  while (at >= 0 && INDENT.includes(before.charAt(at))) at--;
  return before.charAt(at) === '\n' ? at : -1;
}

/** Whether the name of a country stands right before, in a line of its own below an address. */
export function isBehindCountry(before: string): boolean {
  const start = before.lastIndexOf('\n') + 1;
  const indent = /^[> \t]*/.exec(before.slice(start))?.[0].length ?? 0;
  return isPlace(before.slice(start + indent).trimEnd()) && isBelowAddress(before.slice(0, start + indent));
}

function read(part: RegExp, value: string, at: number): number {
  part.lastIndex = at;
  return part.test(value) ? part.lastIndex : 0;
}

function isPlace(name: string): boolean {
  const bare = name.includes('(') ? name.replace(/ ?\(.*/, '') : name;
  const end = bare.indexOf(' ');
  if (end < 0) return says(plain(bare), PLACE);
  return says(plain(bare.slice(0, end)), PLACE_OPENING) && PLACES.has(plain(bare));
}

function mayBeTown(name: string): boolean {
  const blank = name.indexOf(' ');
  const end = blank < 0 ? name.length : blank;
  return !says(plain(name.slice(0, name.charAt(end - 1) === '.' ? end - 1 : end)), COMMON | GIVEN);
}
