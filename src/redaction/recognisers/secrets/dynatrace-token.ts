import { vendorToken } from './vendor-token.ts';

export const dynatraceToken = vendorToken({
  id: 'dynatrace_token',
  called: 'a Dynatrace token',
  prefixes: ['dt0c01.', 'dt0s01.', 'dt0s02.', 'dt0s08.', 'dt0s16.'],
  pattern:
    '(?:dt0c01\\.|dt0s01\\.|dt0s02\\.|dt0s08\\.|dt0s16\\.)[A-Za-z0-9]{8,24}\\.[A-Za-z0-9]{64}(?![A-Za-z0-9])',
  found: ['{"token": "‹dt0c01.WTJ2·loh1.SPL4uUzKyFQtLsZZAqD0Eib2ov1vyKRY9TDhcz2WsnCPyeqXykQkR8qs3HhKZycG›"}'],
  ignored: ['dt0c01.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see dt0c01. in the docs'],
});
