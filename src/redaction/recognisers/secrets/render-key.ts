import { vendorToken } from './vendor-token.ts';

export const renderKey = vendorToken({
  id: 'render_key',
  called: 'a Render API key',
  prefixes: ['rnd_'],
  pattern: 'rnd_[A-Za-z0-9]{28}',
  tail: '[A-Za-z0-9]',
  minEntropy: 3.5,
  found: ["token: '‹rnd_rIWZ·BVpZCfUbZT2a04C5aMFsuIb1mmG5A›'"],
  ignored: ['rnd_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see rnd_ in the docs'],
});
