import { isRepeated } from '../../checksums.ts';
import { LIKELY, recogniser } from '../../recogniser.ts';

/** 0x and 40 hexadecimal digits. */
export const ethereumAddress = recogniser({
  id: 'ethereum_address',
  group: 'pii',
  called: 'an Ethereum address',
  forms: [
    {
      anchor: { kind: 'text', texts: ['0x'] },
      pattern: '(?<!\\w)0x[0-9A-Fa-f]{40}(?!\\w)',
      check: (value) => !isRepeated(value.slice(2)),
      score: LIKELY,
    },
  ],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: ['to ‹0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe›.'],
    ignored: [
      '0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BA',
      '0x0000000000000000000000000000000000000000',
      'sha 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe',
    ],
  },
});
