import { recogniser } from '../../recogniser.ts';
import { anyCase } from '../id-number.ts';

const LABELS = [
  'seed phrase',
  'recovery phrase',
  'secret phrase',
  'mnemonic',
  'mnemonic phrase',
  'seed words',
];

/** The words that restore a crypto wallet (BIP 39: 12 to 24 of 3 to 8 letters), known by what they are called. */
export const seedPhrase = recogniser({
  id: 'seed_phrase',
  group: 'secret',
  called: 'the recovery phrase of a wallet',
  forms: [
    {
      anchor: { kind: 'text', texts: LABELS, ignoreCase: true },
      pattern: `${anyCase(LABELS)}(?: is| are)?["'\`]?\\s?[:=]?\\s{0,2}["'\`]?(?:[a-z]{3,8} ){7}[a-z]{3,8}(?= [a-z]{3,8} [a-z]{3,8})`,
      tail: '[a-z ]',
      check: (text) => {
        const words = /(?:[a-z]{3,8} ){7}[a-z]{3,8}$/.exec(text);
        return words !== null && !PROSE.test(words[0]) && [words.index, text.length];
      },
    },
  ],
  examples: {
    found: [
      'Recovery phrase: ‹witch collapse practice feed shame open despair creek road again ice least›.',
      'mnemonic="‹legal winner thank year wave sausage worth useful legal winner thank yellow›"',
    ],
    ignored: [
      'the recovery phrase must never have been shown anyone else because they could take money',
      'seed phrase: twelve words',
    ],
  },
});

/** None of them is among the 2,048. */
const PROSE = /\b(?:the|and|for|are|was|has|from|which|should|been|with|your)\b/;
