import { vendorToken } from './vendor-token.ts';

export const amazonOauthSecret = vendorToken({
  id: 'amazon_oauth_secret',
  called: 'an Amazon OAuth client secret',
  prefixes: ['amzn1.oa2-cs.v1.'],
  pattern: 'amzn1\\.oa2-cs\\.v1\\.[a-f0-9]{64}(?![A-Za-z0-9])',
  found: ["token: '‹amzn1.oa2-cs.v1.882d·373063b2b568bf8ce5c04c015c9a5bd8a0475fd8b482ee57563def6b4735›'"],
  ignored: ['amzn1.oa2-cs.v1.0000000000000000000000000000000000000000', 'see amzn1.oa2-cs.v1. in the docs'],
});
