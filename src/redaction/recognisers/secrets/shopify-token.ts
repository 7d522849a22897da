import { vendorToken } from './vendor-token.ts';

export const shopifyToken = vendorToken({
  id: 'shopify_token',
  called: 'a Shopify token',
  prefixes: ['shpss_', 'shpat_', 'shpca_', 'shppa_'],
  pattern: '(?:shpss_|shpat_|shpca_|shppa_)[A-Fa-f0-9]{32}(?![A-Za-z0-9])',
  found: ['{"token": "‹shpss_fDcB·E9f10f1fFD3C1fF42A83Bf5bDbaF›"}'],
  ignored: ['shpss_0000000000000000000000000000000000000000', 'see shpss_ in the docs'],
});
