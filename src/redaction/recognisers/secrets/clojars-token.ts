import { vendorToken } from './vendor-token.ts';

export const clojarsToken = vendorToken({
  id: 'clojars_token',
  called: 'a Clojars token',
  prefixes: ['CLOJARS_'],
  pattern: 'CLOJARS_[a-z0-9]{60}(?![A-Za-z0-9])',
  found: ['{"token": "‹CLOJARS_bqiu·ufct11ohswacm7x5vy45tksjbes5lg59bqti5p3owt6fzmomg1vb9lan›"}'],
  ignored: ['CLOJARS_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see CLOJARS_ in the docs'],
});
