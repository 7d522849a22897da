import { vendorToken } from './vendor-token.ts';

export const shippoToken = vendorToken({
  id: 'shippo_token',
  called: 'a Shippo token',
  prefixes: ['shippo_live_', 'shippo_test_'],
  pattern: '(?:shippo_live_|shippo_test_)[A-Fa-f0-9]{40}(?![A-Za-z0-9])',
  found: ['{"token": "‹shippo_live_34Cd·cD22ae6FB6cAa9E47cFDA2dd9b603A9ACAa2›"}'],
  ignored: ['shippo_live_0000000000000000000000000000000000000000', 'see shippo_live_ in the docs'],
});
