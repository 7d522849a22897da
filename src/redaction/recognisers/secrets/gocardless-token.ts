import { vendorToken } from './vendor-token.ts';

export const gocardlessToken = vendorToken({
  id: 'gocardless_token',
  called: 'a GoCardless token',
  prefixes: ['live_', 'sandbox_'],
  pattern: '(?:live_|sandbox_)[A-Za-z0-9_=-]{40}(?![A-Za-z0-9_=-])',
  minEntropy: 3.8,
  found: ['{"token": "‹live_8XFD·tKrnyzw5RTsUAMs71LeyPmPlP4852LqyNNFo›"}'],
  ignored: ['live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see live_ in the docs'],
});
