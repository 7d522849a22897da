import { vendorToken } from './vendor-token.ts';

export const facebookPageToken = vendorToken({
  id: 'facebook_page_token',
  called: 'a Facebook access token',
  prefixes: ['EAA'],
  pattern: 'EAA[A-Z][A-Za-z0-9]{60}',
  tail: '[A-Za-z0-9]',
  minEntropy: 4,
  found: ['curl -H "x-api-key: ‹EAAWqab·aImwibCw8euxh0Si9qiwlIIUDV9CyVDzZlcNLFAdTQxkPZ25i9EGJhjsi4ZjnA›"'],
  ignored: ['EAAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see EAA in the docs'],
});
