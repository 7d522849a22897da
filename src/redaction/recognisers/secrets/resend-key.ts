import { vendorToken } from './vendor-token.ts';

export const resendKey = vendorToken({
  id: 'resend_key',
  called: 'a Resend API key',
  prefixes: ['re_'],
  pattern: 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,24}(?![A-Za-z0-9])',
  minEntropy: 3.8,
  found: ["token: '‹re_wBDE·dOQ6_kq5CMHGKJPntxqUvsKE2›'"],
  ignored: ['re_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see re_ in the docs'],
});
