import { vendorToken } from './vendor-token.ts';

export const voyageKey = vendorToken({
  id: 'voyage_key',
  called: 'a Voyage AI key',
  prefixes: ['pa-'],
  pattern: 'pa-[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])',
  minEntropy: 4,
  found: ["token: '‹pa-KQD8·tk6fQgzHMHwpJ1uxYYe9usQDa7kBndgLWBaIu1Z›'"],
  ignored: ['pa-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see pa- in the docs'],
});
