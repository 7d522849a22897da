import { vendorToken } from './vendor-token.ts';

export const adobeClientSecret = vendorToken({
  id: 'adobe_client_secret',
  called: 'an Adobe client secret',
  prefixes: ['p8e-'],
  pattern: 'p8e-[A-Za-z0-9]{32}(?![A-Za-z0-9])',
  found: ['{"token": "‹p8e-KiAe·iw3YqT7i72gaj9uUUldCG3iGEXZc›"}'],
  ignored: ['p8e-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see p8e- in the docs'],
});
