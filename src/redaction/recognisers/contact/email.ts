import { type Checked, recogniser } from '../../recogniser.ts';

/** Letters of scripts that put spaces between words: Latin to Sinhala, Georgian, Greek and Latin extended, Hangul. */
const LETTERS = 'A-Za-z0-9\\u00c0-\\u0dff\\u10a0-\\u10ff\\u1e00-\\u1fff\\uac00-\\ud7a3';
const LOCAL = `[${LETTERS}_.%+'\\u2019-]`;
/** No sign: a line of dashes or dots is no beginning of an address that a stream would have to wait for. */
const FIRST = `[${LETTERS}_]`;
const DOMAIN = '[A-Za-z0-9\\u00c0-\\u052f.-]';
/** Scripts without such spaces: there a name is told from the sentence before it by the dot inside it. */
const UNSPACED = '\\u0e00-\\u109f\\u1780-\\u17ff\\u3005\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff';

const DOMAIN_NAME =
  /^(?:[A-Za-z0-9\u00c0-\u052f](?:[A-Za-z0-9\u00c0-\u052f-]{0,61}[A-Za-z0-9\u00c0-\u052f])?\.)+(?:xn--[a-z0-9-]{2,}|[A-Za-z\u00c0-\u052f]{2,24})$/;
const FILE_NAME = /\.(?:png|jpe?g|gif|svg|webp|css|scss|js|mjs|ts|tsx|json|html?|py|md)$/i;

/** RFC 5321 lengths: 64 characters before the `@`; after it the name of a host with a top-level domain. */
export const email = recogniser({
  id: 'email',
  group: 'pii',
  called: 'an e-mail address',
  forms: [
    {
      anchor: { kind: 'char', char: '@', before: LOCAL, first: FIRST, max: 64 },
      pattern: `(?<!${FIRST})${FIRST}${LOCAL}{0,63}@${DOMAIN}{3,63}`,
      tail: DOMAIN,
      check: trimmed,
    },
    {
      anchor: { kind: 'char', char: '@', before: `[${UNSPACED}${LETTERS}._-]`, max: 48 },
      pattern: `(?<![${LETTERS}])[${UNSPACED}${LETTERS}]{1,20}[._-][${UNSPACED}${LETTERS}]{1,26}@${DOMAIN}{3,63}`,
      tail: DOMAIN,
      check: trimmed,
    },
    {
      // as people write it for other people
      anchor: {
        kind: 'inner',
        texts: ['(at)', '[at]', ' (at) ', ' [at] '],
        before: LOCAL,
        first: FIRST,
        max: 32,
      },
      pattern: `(?<!${FIRST})${FIRST}${LOCAL}{1,31} ?[([]at[)\\]] ?[A-Za-z0-9-]{2,32}(?: ?[([](?:dot|punkt|punto|point)[)\\]] ?|\\.)[A-Za-z]{2,12}(?![A-Za-z0-9])`,
    },
  ],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: [
      'write to ‹jane.doe+news@mail.example.co.uk›.',
      '"‹o\'brien@example.com›"',
      "'‹bob@example.com›'",
      'mailto:‹müller@example.de›?subject=x',
      '‹a@b.io›,‹c@d.org›',
      'https://jane:‹secret@example.com›/',
      '‹kevin.brоwn75@hotmаil.com›',
      '‹ngọc.lê76@zoho.com›',
      '請聯繫‹bob@example.com›。',
      '| ‹翔太.松本90@mail.com› |',
      'Email: ‹هدى.السعيد54@gmail.com›',
      'email: ‹lukasz(at)example(dot)com›',
      'reach ‹jane.doe [at] example [dot] org› or me',
      '‹info(at)example.de›',
      '-‹info(at)example.de›',
    ],
    ignored: [
      'node@1.2.3',
      'icon@2x.png',
      '@types/node',
      'me@localhost',
      'git@github.com:org/repo',
      'a @ b.com',
      'look (at) this',
      '@',
    ],
  },
});

function trimmed(value: string): Checked {
  const at = value.indexOf('@');
  const start = value.search(/[^.%+'\u2019-]/);
  const domain = value.slice(at + 1).replace(/[.-]+$/, '');
  if (start >= at || !DOMAIN_NAME.test(domain) || FILE_NAME.test(domain)) return false;
  return value.slice(start, at) === 'git' ? false : [start, at + 1 + domain.length];
}
