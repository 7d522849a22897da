import { vendorToken } from './vendor-token.ts';

export const rubygemsKey = vendorToken({
  id: 'rubygems_key',
  called: 'a RubyGems API key',
  prefixes: ['rubygems_'],
  pattern: 'rubygems_[a-f0-9]{48}(?![A-Za-z0-9])',
  found: ['export API_TOKEN=‹rubygems_26ab·660c47b5da322b9a129aa3bae5c3982c2e0a5df10004›'],
  ignored: ['rubygems_0000000000000000000000000000000000000000', 'see rubygems_ in the docs'],
});
