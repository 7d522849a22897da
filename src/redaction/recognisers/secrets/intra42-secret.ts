import { vendorToken } from './vendor-token.ts';

export const intra42Secret = vendorToken({
  id: 'intra42_secret',
  called: 'a 42 intra client secret',
  prefixes: ['s-s4t2ud-', 's-s4t2af-', 'u-s4t2ud-', 'u-s4t2af-'],
  pattern: '(?:s-s4t2ud-|s-s4t2af-|u-s4t2ud-|u-s4t2af-)[a-f0-9]{64}(?![A-Za-z0-9])',
  found: [
    'curl -H "x-api-key: ‹s-s4t2ud-3a68·a78c5f6f81e953309fbde870cd9a8a95c2ebba0b1c767adeab751832041a›"',
  ],
  ignored: ['s-s4t2ud-0000000000000000000000000000000000000000', 'see s-s4t2ud- in the docs'],
});
