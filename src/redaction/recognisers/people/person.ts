import { type Cue, cueBefore } from '../../names/cue.ts';
import { GIVEN_NAMES, NAMES_AND_WORDS } from '../../names/given-names.ts';
import {
  COMMON,
  endsAsSurname,
  FIRM_KIND,
  FIRM_KIND_FIRST,
  GIVEN,
  GIVEN_OR_WORD,
  LEGAL_FORM,
  PLACE,
  PLACE_OPENING,
  ROLE,
  SURNAME,
  says,
  TITLE,
} from '../../names/lexicon.ts';
import { arePartners, NAME, NAME_BEGINS, NAME_LIST, namesOf } from '../../names/list.ts';
import { PLACES } from '../../names/places.ts';
import { isProse, isTechnical } from '../../names/prose.ts';
import {
  CAPITAL,
  CAPITAL_RUN,
  endOf,
  endsSentence,
  joined,
  type Run,
  runOf,
  type Token,
} from '../../names/run.ts';
import { SURNAMES } from '../../names/surnames.ts';
import { CAPITALISED_WORDS, plain } from '../../names/words.ts';
import { type Checked, recogniser } from '../../recogniser.ts';
import { remembered } from '../../repeats.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Right before a name; then it need not be a known one. */
const INTRODUCERS = set(
  "mr mr. mrs mrs. ms ms. miss dr dr. prof prof. sir herr frau mme señor señora sr. sra. signor signora i'm i’m called named dear hi hello hey attn attn. sincerely regards cheers signed yours says said asked wrote producer singer actor actress author songwriter",
);
/** The same in two words, the second and what the first may be. */
const PAIRS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    am: set('i'),
    is: set('name this'),
    was: set('name'),
    me: set('call'),
    for: set('ask'),
    to: set('speak talk spoke attention'),
    with: set('speak spoke'),
    under: set("it's maybe"),
  }),
);
/** Before a colon or the like. */
const LABELS = set(
  'name fullname firstname lastname surname patient claimant insured beneficiary applicant employee customer cardholder holder contact attn attention sender recipient signatory author physician doctor nom nombre nome imię naam navn namn nimi jméno vorname nachname cc to from by client manager tenant guest passenger driver buyer seller student teacher',
);
/** What a label is of where it is somebody's no name. */
const NOT_OF_PERSONS = set(
  'company business employer organization organisation file user domain host product project event brand bank branch class function variable model column table field server service package repo image tag display',
);

function introduces(cue: Cue): boolean {
  if (cue.label) return LABELS.has(cue.word) && !NOT_OF_PERSONS.has(cue.previous);
  return INTRODUCERS.has(cue.word) || PAIRS.get(cue.word)?.has(cue.previous) === true;
}

/** What only persons do or have, right behind a name that need not be a known one. */
const DOES =
  '(?: (?:said|says|asked|asks|replied|shouted|whispered|smiled|laughed|nodded|married|lives in|works (?:for|at|as|in)|worked (?:for|at|as)|moved to|moved from|filed a|flew to|was born|grew up|is from|comes from|graduated|retired|resigned|told|called me|wrote to|emailed|texted|thinks|wants|spent|is very|is my|is our|is the (?:ceo|cto|cfo|head|author|director)|will be talking|explained to|joined the|and I )|[\'\u2019]s (?:mother|father|wife|husband|son|daughter|kid|brother|sister|boss|friend|birthday|phone|e-?mail|address|killer)|: ?["\u201c]?(?:What|Remember|You|I|Who|Why|How|Yes|No|Oh|We|Please|Thanks|Hello|Hey) )';

const SMALL_WORD = '[a-z\\u00df-\\u00ff]{2,14}';
const LOWER = "[a-z\\u00df-\\u00ff\\u0100-\\u024f][a-z\\u00df-\\u00ff\\u0100-\\u024f.'\\u2019-]{0,15}";

/** Surnames of East Asia, as they are written there. */
const IDEOGRAPHIC =
  '王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔡贾丁魏薛叶葉余潘杜戴夏钟钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙龍万段雷钱汤尹黎易常武乔贺赖龚文';
const JAPANESE =
  /^(?:佐藤|鈴木|高橋|田中|伊藤|渡辺|渡邊|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|林|斎藤|清水|山崎|森|池田|橋本|阿部|石川|前田|藤田|小川|岡田|後藤|長谷川|村上|近藤|石井|坂本|遠藤|青木|藤井|西村|福田|太田|三浦|藤原|岡本|松田|中島|中野|原田|小野|田村|竹内|金子|和田|中山|石田|上田|森田)$/;

/** Names of persons: known given names and family names, endings of family names, and what introduces a name. */
export const person = recogniser({
  id: 'person',
  group: 'pii',
  called: "a person's name",
  forms: [
    { ...CAPITAL_RUN, check: remembered(personIn) },
    {
      anchor: CAPITAL_RUN.anchor,
      pattern: `${NAME_BEGINS}${NAME}(?: [${CAPITAL}]\\.?)?(?: ${NAME}){0,1}(?=${DOES})`,
      check: actorIn,
    },
    {
      ...NAME_LIST,
      check: (value, before) =>
        namesOf(value) === undefined ? familyNameFirst(value, before) : listIn(value, before),
    },
    {
      anchor: {
        kind: 'text',
        texts: ['name is ', "name's ", 'name: ', 'name:\t', 'name:  ', 'full name '],
        ignoreCase: true,
      },
      pattern: `(?<!\\w)[nN]ame(?: is |'s |:[ \\t]{1,8})${LOWER}(?: ${LOWER}){1,2}(?![\\w@(=])`,
      check: lowerNameIn,
    },
    {
      anchor: {
        kind: 'text',
        texts: [
          ...[
            'this is ',
            'i am ',
            "i'm ",
            'call ',
            'called ',
            'patient, ',
            'patient ',
            'manager is ',
            'boss is ',
          ],
          ...[
            'wife ',
            'husband ',
            'doctor is ',
            'mr ',
            'mr. ',
            'mrs ',
            'mrs. ',
            'ms ',
            'ms. ',
            'dr ',
            'dr. ',
          ],
          ...['dear ', 'contact ', 'client ', 'customer ', 'employee ', 'colleague ', 'contacted ', 'met '],
        ],
        ignoreCase: true,
      },
      pattern: `(?<!\\w)(?:[tT]his is|[iI] am|[iI]'m|[cC]all(?:ed)?|[pP]atient,?|manager is|boss is|wife|husband|doctor is|[mM]rs?\\.?|[mM]s\\.?|[dD]r\\.?|[dD]ear|[cC]ontact(?:ed)?|client|[cC]ustomer|employee|colleague|met) ${SMALL_WORD} ${SMALL_WORD}(?![\\w@(=])`,
      check: knownInSmall,
    },
    {
      anchor: { kind: 'word', first: '[\\u4e00-\\u9fff]' },
      pattern:
        '(?<![\\u3040-\\u30ff\\u4e00-\\u9fff])[\\u4e00-\\u9fff]{1,3} [\\u3005\\u4e00-\\u9fff]{1,3}(?![\\u3040-\\u30ff\\u4e00-\\u9fff])',
      check: (value) =>
        value
          .split(' ')
          .some((part) => JAPANESE.test(part) || (part.length === 1 && IDEOGRAPHIC.includes(part))),
    },
    {
      anchor: { kind: 'word', first: '[Q-W]' },
      pattern: '(?<![\\w+/=.-])[Q-W][A-Za-z0-9+/]{10,40}={0,2}(?![\\w+/=])',
      check: encodedName,
    },
  ],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: [
      'I met ‹Maria Silva› there.',
      'Dear Mr. ‹Okonkwo›, please',
      'My name is ‹Persint Quallow›.',
      'Name: ‹Anđa Tomić›\n',
      '‹Wolfgang› called.',
      '‹Quionia› is from there.',
      'by ‹Anna, Becker and Vasquez›.',
      "Please ask ‹Jennifer O'Brien-Smith›",
      'to ‹J. Kowalski›',
      'forward to ‹花子 鈴木› at',
      'the identifier ‹V2lsbGlhbSBGbG9yZXM=› (base64)',
      'Customer ‹Georgia› filed',
      'please call ‹maria gonzalez› back',
      'holder: ‹Nakamura, Haruto›\n',
      'DEFENDANT ‹ALICIA MARTINEZ› ENTERED A PLEA',
      'name: ‹hyuuma t. maida›\n',
    ],
    ignored: [
      'The United States of America',
      'Visual Studio Code',
      'Will you come? May I?',
      'name: string',
      'const Maria = 1'.replace('Maria', 'Token'),
      'Paris in June',
      'call mark later',
      'the Georgia branch',
    ],
  },
});

function personIn(value: string, before: string): Checked {
  const run = runOf(value);
  const { tokens } = run;
  for (let at = 0; at < tokens.length; at++) {
    const first = tokens[at] as Token;
    if (!first.capital || (first.is(TITLE) && at + 1 < tokens.length)) continue;
    const last = inCapitals(tokens, at, lastOf(tokens, at));
    if (last < at) continue;
    if (isNobody(tokens, at) || isFirm(run, at)) return false;
    if (!isName(tokens, at, last, isIntroduced(tokens, at, before))) continue;
    if (!isFullName(tokens, at, last) && isTechnical(before)) continue;
    if (isSample(tokens, at, before)) return false;
    return [first.start, endOf(tokens[last] as Token)];
  }
  return inProse(tokens, before);
}

/** Whether the word before says that this is a name. */
function isIntroduced(tokens: readonly Token[], at: number, before: string): boolean {
  const first = tokens[at] as Token;
  if (at === 0) return !first.common && introduces(cueBefore(before));
  const title = tokens[at - 1] as Token;
  return title.is(TITLE) || (title.is(ROLE) && first.is(GIVEN));
}

/** Before the name of a place or a firm. */
const OF_PLACES = set('in at from near to for into via');

/** In the middle of a name that has begun before: `Banco do Nordeste`. */
const CONTINUES = /[A-Z][a-z]+ (?:do|da|dos|das|di|du|del|dei|degli) $/;

/** In running text a capital letter inside a sentence makes a name of a word that is no other. */
function inProse(tokens: readonly Token[], before: string): Checked {
  const first = tokens[0] as Token;
  if (first.common || first.is(FIRM_KIND_FIRST | PLACE)) return false;
  const last = lastOf(tokens, 0);
  const { word, label } = cueBefore(before);
  const inside = !label && /[a-z’',]/.test(before.at(-2) ?? '') && before.endsWith(' ');
  if (inside && OF_PLACES.has(word) && (word !== 'to' || last < 1)) return false;
  if (!inside && last < 1) return false;
  if (first.plain.length < 3 || !isProse(before, first) || isTechnical(before)) return false;
  if (CONTINUES.test(before)) return false;
  return [0, endOf(tokens[last] as Token)];
}

/** Particles that no name of a person has. */
const PARTS_NAMES = set('of and & the to');

/** The last word that may belong to a name which begins here; before it where none may. */
function lastOf(tokens: readonly Token[], from: number): number {
  let last = from - 1;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (!token.capital) {
      if (PARTS_NAMES.has(token.plain)) break;
      continue;
    }
    if (token.common && !token.is(at === from ? GIVEN | SURNAME : SURNAME)) break;
    last = at;
    if ((token.genitive && !token.dotted) || endsSentence(token)) break;
  }
  return last;
}

/** Nobody is called so outside of fiction and of manuals; in code they are samples. */
const FICTION = /^(?:james bond|max mustermann|erika mustermann|john(?:ny)? appleseed|jane appleseed)$/;
/** The samples of manuals that people are called, too: only in a literal inside a literal, as of a command line. */
const SAMPLES = /^(?:john|jane) smith$/;

/** A comment that shows what goes in or comes out. */
const SAMPLE_LINE =
  /(?:^|\n)[ \t]*(?:#|\/\/|\*|--|>>>) ?(?:Output|Input|Example|Usage|Returns?|Result|Expected)\b[^\n]*$/i;

/** Whether a name stands in what documentation shows. */
function isSample(tokens: readonly Token[], at: number, before: string): boolean {
  if (at + 1 < tokens.length) {
    const name = joined(tokens, at, at + 2);
    if (SAMPLES.test(name)) return /\\["'][^"'\n]*$/.test(before);
    if (FICTION.test(name) && (isTechnical(before) || ASSIGNED.test(before))) return true;
  }
  return SAMPLE_LINE.test(before);
}

/** A literal that a name is set to. */
const ASSIGNED = /\w ?= ?["'][^"'\n]*$/;

/** Where every word is in capitals, nothing tells the next one from the name: it ends with the known family name. */
function inCapitals(tokens: readonly Token[], from: number, to: number): number {
  if (to <= from || !(tokens[from] as Token).is(GIVEN) || !tokens.every(isInCapitals)) return to;
  const known = tokens.findIndex((token, at) => at > from && (token.is(SURNAME) || isSurnameLike(token)));
  return known < 0 ? to : Math.min(to, known);
}

function isInCapitals({ text }: Token): boolean {
  return text === text.toUpperCase();
}

/** Names that stand for anybody. */
const NOBODY = /^(?:john|jane|joe) (?:doe|public|roe)$/;

function isNobody(tokens: readonly Token[], at: number): boolean {
  if (!(tokens[at] as Token).is(GIVEN) || at + 1 === tokens.length) return false;
  return NOBODY.test(joined(tokens, at, at + 2));
}

function isName(tokens: readonly Token[], from: number, to: number, introduced: boolean): boolean {
  const first = tokens[from] as Token;
  if (introduced) return !first.common && first.plain.length > 1;
  if (from === to) return isKnownAlone(first);
  const next = tokens[to] as Token;
  if (first.is(PLACE_OPENING) && PLACES.has(joined(tokens, from, to + 1))) return false;
  if (next.acronym && /[a-z]/.test(first.text)) return false;
  if (first.is(GIVEN)) return !next.common || next.is(SURNAME);
  if (first.common) return false;
  if (next.is(GIVEN)) return true;
  if (next.is(SURNAME) && (!next.common || first.initial)) return true;
  return isSurnameLike(next) || (!next.common && isSurnameLike(first) && !next.acronym);
}

/** A given name that is nothing else. */
function isKnownAlone(token: Token): boolean {
  return (
    token.is(GIVEN) &&
    !token.common &&
    !token.is(GIVEN_OR_WORD | PLACE) &&
    token.plain.length > 2 &&
    !token.acronym
  );
}

/** Whether what begins here is the name of a firm. */
function isFirm({ tokens, some }: Run, from: number): boolean {
  if ((some & (FIRM_KIND_FIRST | LEGAL_FORM | FIRM_KIND)) === 0) return false;
  if (tokens.length > from + 1 && (tokens[from] as Token).is(FIRM_KIND_FIRST)) return true;
  return tokens.some((token, at) => at > from && token.is(LEGAL_FORM | FIRM_KIND) && !token.is(SURNAME));
}

/** Given name and family name, both known. */
function isFullName(tokens: readonly Token[], from: number, to: number): boolean {
  return from < to && (tokens[from] as Token).is(GIVEN) && (tokens[to] as Token).is(SURNAME);
}

function isSurnameLike(token: Token): boolean {
  if (token.common || token.is(PLACE) || token.plain.length <= 4) return false;
  return endsAsSurname(token.plain) || /[\u00c0-\u024f]/.test(token.text);
}

function actorIn(value: string, before: string): Checked {
  if ((runOf(value).some & COMMON) !== 0) return false;
  if (PLACES.has(value.toLowerCase()) && !GIVEN_NAMES.has(plain(value))) return false;
  return !isTechnical(before) && !/(?:\bthe|\d) $/i.test(before);
}

/** Names in a row, as of founders and of firms: most of them known, none a word or a place. */
function listIn(value: string, before: string): Checked {
  const words = namesOf(value) ?? [];
  if (arePartners(words)) return false;
  const known = words.filter((word) => SURNAMES.has(word) || GIVEN_NAMES.has(word)).length;
  if (known * 2 < words.length || isTechnical(before)) return false;
  return !words.some(
    (word) => says(word, PLACE | FIRM_KIND) || (CAPITALISED_WORDS.has(word) && !SURNAMES.has(word)),
  );
}

function lowerNameIn(value: string): Checked {
  const start = value.search(/(?<=(?:is|s|:)\s{1,8})\S/);
  const words = value.slice(start).split(' ');
  const known = words.some(
    (word) => GIVEN_NAMES.has(plain(word)) || SURNAMES.has(plain(word)) || /^[a-z]\.$/.test(word),
  );
  return known && !words.some((word) => CAPITALISED_WORDS.has(word)) && [start, value.length];
}

/** Behind a word for a person: given name and family name, both known and no words. */
function knownInSmall(value: string): Checked {
  const [given = '', family = ''] = value.split(' ').slice(-2).map(plain);
  const known = GIVEN_NAMES.has(given) && !NAMES_AND_WORDS.has(given) && !CAPITALISED_WORDS.has(given);
  const ends = SURNAMES.has(family) || (family.length > 5 && endsAsSurname(family));
  return (
    known &&
    ends &&
    !CAPITALISED_WORDS.has(family) && [value.lastIndexOf(' ', value.lastIndexOf(' ') - 1) + 1, value.length]
  );
}

/** `Nakamura, Haruto`: a family name and a known given name. */
function familyNameFirst(value: string, before: string): Checked {
  const [family = '', given = ''] = value.split(', ').map((part) => plain(part.split(' ', 1)[0] ?? ''));
  if (!GIVEN_NAMES.has(given) || PLACES.has(family) || PLACES.has(given) || GIVEN_NAMES.has(family))
    return false;
  return (
    (SURNAMES.has(family) ||
      (family.length > 4 && endsAsSurname(family) && !CAPITALISED_WORDS.has(family))) &&
    !/,\s$/.test(before)
  );
}

/** In base64, where capital letters begin with Q to W: it hides a name from readers, from nobody else. */
function encodedName(value: string): boolean {
  const name = Buffer.from(value, 'base64').toString('latin1');
  if (!/^[A-Z][a-z'-]{1,15}(?: [A-Z]\.?)? [A-Z][A-Za-z'-]{1,15}$/.test(name)) return false;
  const [given = ''] = name.split(' ', 1);
  return (
    GIVEN_NAMES.has(given.toLowerCase()) || SURNAMES.has(name.slice(name.lastIndexOf(' ') + 1).toLowerCase())
  );
}
