import { vendorToken } from './vendor-token.ts';

export const figmaToken = vendorToken({
  id: 'figma_token',
  called: 'a Figma token',
  prefixes: ['figd_', 'figo_'],
  pattern: '(?:figd_|figo_)[A-Za-z0-9_-]{36}',
  tail: '[A-Za-z0-9_-]',
  found: ['curl -H "x-api-key: ‹figd_9DL0·0L5c1sSgBnHxMAUsw66UEHUrOknunOS8MN8eC›"'],
  ignored: ['figd_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see figd_ in the docs'],
});
