import { recogniser } from '../../recogniser.ts';

const REST = '[A-Za-z0-9\\u00c0-\\uffef._~:/?#@!$&*+,;=%-]';

/** A web address: with a scheme, or from `www.` on. */
export const url = recogniser({
  id: 'url',
  group: 'quasi_identifier',
  called: 'a web address',
  forms: [
    {
      anchor: { kind: 'text', texts: ['http://', 'https://', 'ftp://', 'HTTP://', 'HTTPS://'] },
      pattern: `(?<![A-Za-z])(?:[hH][tT]{2}[pP][sS]?|ftp)://(?:[A-Za-z0-9\\u00c0-\\uffef-]{1,30}\\.|\\[|localhost)${REST}{0,60}`,
      tail: REST,
      check: trimmed,
    },
    {
      anchor: { kind: 'text', texts: ['www.', 'WWW.'] },
      pattern: `(?<![A-Za-z0-9./-])[wW]{3}\\.[A-Za-z0-9\\u00c0-\\uffef-]{1,40}\\.[A-Za-z]{2}${REST}{0,40}`,
      tail: REST,
      check: trimmed,
    },
  ],
  examples: {
    found: [
      'see ‹https://www.example.com/a?b=c›.',
      '‹http://www.ScrapbookInsider.com.pt/›',
      'on ‹www.example.org›, too',
    ],
    ignored: ['http is a protocol', 'www is', 'xhttp://'],
  },
});

/** A full stop or comma at the end belongs to the sentence; where the pattern is full, the address goes on. A blank
 * ends no query that carries a name as people write it: the name is for `person` to find, whole. */
function trimmed(value: string): readonly [number, number] {
  const name = /[?&;][a-zA-Z_]{0,10}[nN]ame=(?=[A-Z][a-z'-]{1,15}$)/.exec(value);
  if (name !== null) return [0, name.index + name[0].length];
  return [0, value.replace(/[.,;:!?]+$/, '').length];
}
