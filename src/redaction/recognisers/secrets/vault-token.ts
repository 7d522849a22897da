import { vendorToken } from './vendor-token.ts';

export const vaultToken = vendorToken({
  id: 'vault_token',
  called: 'a HashiCorp Vault token',
  prefixes: ['hvs.', 'hvb.', 'hvr.'],
  pattern: '(?:hvs\\.|hvb\\.|hvr\\.)[A-Za-z0-9_-]{24}',
  tail: '[A-Za-z0-9_-]',
  found: ['curl -H "x-api-key: ‹hvs.SaID·QkHhR93aLwcFoYGVvlcBnVW7t›"'],
  ignored: ['hvs.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see hvs. in the docs'],
});
