import { vendorToken } from './vendor-token.ts';

export const lobKey = vendorToken({
  id: 'lob_key',
  called: 'a Lob API key',
  prefixes: ['live_pub_', 'test_pub_', 'live_', 'test_'],
  pattern: '(?:live|test)_(?:pub_[a-f0-9]{31}|[a-f0-9]{35})(?![A-Za-z0-9])',
  found: ["token: '‹live_pub_a3c1·ad313c5423a774ede7d64ee8819›'"],
  ignored: ['live_pub_0000000000000000000000000000000000000000', 'see live_pub_ in the docs'],
});
