import { vendorToken } from './vendor-token.ts';

export const typeformToken = vendorToken({
  id: 'typeform_token',
  called: 'a Typeform token',
  prefixes: ['tfp_'],
  pattern: 'tfp_[A-Za-z0-9_.=-]{40}',
  tail: '[A-Za-z0-9_.=-]',
  found: ["token: '‹tfp_FoZS·6UBXkECklJOjbquJqrQJufEB7VNNRy4cxB0OwybG7›'"],
  ignored: ['tfp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see tfp_ in the docs'],
});
