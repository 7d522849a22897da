import { vendorToken } from './vendor-token.ts';

export const squareToken = vendorToken({
  id: 'square_token',
  called: 'a Square token',
  prefixes: ['sq0atp-', 'sq0csp-', 'sq0idp-', 'EAAA'],
  pattern: '(?:sq0atp-|sq0csp-|sq0idp-|EAAA)[A-Za-z0-9_-]{22}',
  tail: '[A-Za-z0-9_-]',
  minEntropy: 3.6,
  found: ["token: '‹sq0atp-BVO5·uqXYGDfQT6fkoQqipQIQrsd›'"],
  ignored: ['sq0atp-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see sq0atp- in the docs'],
});
