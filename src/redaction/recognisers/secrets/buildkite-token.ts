import { vendorToken } from './vendor-token.ts';

export const buildkiteToken = vendorToken({
  id: 'buildkite_token',
  called: 'a Buildkite token',
  prefixes: ['bkua_'],
  pattern: 'bkua_[a-z0-9]{40}(?![A-Za-z0-9])',
  found: ['curl -H "x-api-key: ‹bkua_5r6r·f8wnu29sb9114zg3633d1nu66jrswnoj7ojn›"'],
  ignored: ['bkua_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see bkua_ in the docs'],
});
