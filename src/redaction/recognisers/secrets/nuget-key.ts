import { vendorToken } from './vendor-token.ts';

export const nugetKey = vendorToken({
  id: 'nuget_key',
  called: 'a NuGet API key',
  prefixes: ['oy2'],
  pattern: 'oy2[a-z0-9]{43}(?![A-Za-z0-9])',
  minEntropy: 3.5,
  found: ['Why does ‹oy2qv0f·lc0vwacxl2jhnf9imunw3g7p4ymrteyzv0lq95z› not work?'],
  ignored: ['oy2xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see oy2 in the docs'],
});
