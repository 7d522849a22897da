import { vendorToken } from './vendor-token.ts';

export const onepasswordSecretKey = vendorToken({
  id: 'onepassword_secret_key',
  called: 'a 1Password secret key',
  prefixes: ['A3-'],
  pattern:
    'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(?![A-Za-z0-9])',
  found: ['{"token": "‹A3-XUYX·XA-C7TGNKEJVSV-FDRYP-TDW9D-IHCXA›"}'],
  ignored: ['A3-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see A3- in the docs'],
});
