import { vendorToken } from './vendor-token.ts';

export const duffelToken = vendorToken({
  id: 'duffel_token',
  called: 'a Duffel token',
  prefixes: ['duffel_test_', 'duffel_live_'],
  pattern: '(?:duffel_test_|duffel_live_)[A-Za-z0-9_=-]{43}(?![A-Za-z0-9])',
  found: ['curl -H "x-api-key: ‹duffel_test_823D·nZFgOtiPzblW3G0IVnKe5apcGNsJmMlGO4epL5p›"'],
  ignored: ['duffel_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see duffel_test_ in the docs'],
});
