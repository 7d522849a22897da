import { type Checked, recogniser } from '../recogniser.ts';

const LETTERS = 'A-Za-z0-9\\u00c0-\\u024f\\u0370-\\u052f';
const LOCAL = `[${LETTERS}_.%+'\\u2019-]`;
const DOMAIN = `[${LETTERS}.-]`;

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
      anchor: { kind: 'char', char: '@', before: LOCAL, max: 64 },
      pattern: `(?<!${LOCAL})${LOCAL}{1,64}@${DOMAIN}{3,63}`,
      tail: DOMAIN,
      check: trimmed,
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
    ],
    ignored: [
      'node@1.2.3',
      'icon@2x.png',
      '@types/node',
      'me@localhost',
      'git@github.com:org/repo',
      'a @ b.com',
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
