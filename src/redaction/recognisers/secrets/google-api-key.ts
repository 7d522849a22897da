import { vendorToken } from './vendor-token.ts';

export const googleApiKey = vendorToken({
  id: 'google_api_key',
  called: 'a Google API key',
  prefixes: ['AIza'],
  pattern: 'AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])',
  found: ['GCP=‹AIza·UgC6Q8U5omCaRTLVnfv-r0nGzypYB6yRn1f›,'],
  ignored: [
    'AIzaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'AIzaTesb6Tscfcni8vIpWZqNCXFDFslJtVSvFDqabcd123',
    'AIza',
  ],
});
