import { vendorToken } from './vendor-token.ts';

export const cratesToken = vendorToken({
  id: 'crates_token',
  called: 'a crates.io token',
  prefixes: ['cio'],
  pattern: 'cio[A-Za-z0-9]{32}(?![A-Za-z0-9])',
  minEntropy: 3.5,
  found: ['curl -H "x-api-key: ‹cio7K9i·z8wMOUjDqEVt4Y7A7uCaRTDT8Mgj›"'],
  ignored: ['cioxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see cio in the docs'],
});
