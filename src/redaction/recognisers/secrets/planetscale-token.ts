import { vendorToken } from './vendor-token.ts';

export const planetscaleToken = vendorToken({
  id: 'planetscale_token',
  called: 'a PlanetScale token',
  prefixes: ['pscale_pw_', 'pscale_tkn_', 'pscale_oauth_'],
  pattern: '(?:pscale_pw_|pscale_tkn_|pscale_oauth_)[A-Za-z0-9=._-]{32}',
  tail: '[A-Za-z0-9=._-]',
  found: ['{"token": "‹pscale_pw_In4W·WwGtxL69nLbtg1VKGDOVTRo8O983ykQox›"}'],
  ignored: ['pscale_pw_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see pscale_pw_ in the docs'],
});
