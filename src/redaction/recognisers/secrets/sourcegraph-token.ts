import { vendorToken } from './vendor-token.ts';

export const sourcegraphToken = vendorToken({
  id: 'sourcegraph_token',
  called: 'a Sourcegraph token',
  prefixes: ['sgp_'],
  pattern: 'sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}(?![A-Za-z0-9])',
  found: ['{"token": "‹sgp_dCCA·37CB3BDe9fa5Ac2A54283Aa0758ea99e4AcB›"}'],
  ignored: ['sgp_0000000000000000000000000000000000000000', 'see sgp_ in the docs'],
});
