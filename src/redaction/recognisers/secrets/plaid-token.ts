import { vendorToken } from './vendor-token.ts';

export const plaidToken = vendorToken({
  id: 'plaid_token',
  called: 'a Plaid access token',
  prefixes: ['access-sandbox-', 'access-development-', 'access-production-'],
  pattern:
    '(?:access-sandbox-|access-development-|access-production-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![A-Za-z0-9])',
  found: ['Why does ‹access-sandbox-8043·e6d9-7028-d27f-d1a2-e4039735cfa8› not work?'],
  ignored: ['access-sandbox-0000000000000000000000000000000000000000', 'see access-sandbox- in the docs'],
});
