import { vendorToken } from './vendor-token.ts';

export const databricksToken = vendorToken({
  id: 'databricks_token',
  called: 'a Databricks token',
  prefixes: ['dapi'],
  pattern: 'dapi[a-f0-9]{32}(?:-\\d)?(?![A-Za-z0-9])',
  minEntropy: 3,
  found: ['Why does ‹dapi2c00·919f63879e219fc28ba7eafaa30b› not work?'],
  ignored: ['dapi0000000000000000000000000000000000000000', 'see dapi in the docs'],
});
