import { createHash } from 'node:crypto';
import { vendorToken } from './vendor-token.ts';

/** Keys that stand in public documentation and samples: beginnings of their SHA-256. */
const PUBLISHED: ReadonlySet<string> = new Set([
  'b7d61096898c',
  '2037abcaffb2',
  '3f370c9dd822',
  'e4a5542bb7fd',
  'a19f89ab3555',
  '0b476bdf9acf',
  'eb540d2b6ee2',
  '37f8f09bdf12',
  '8731261cb72d',
  '49f777db995e',
  '27a9a42931df',
  'dc0fcf046c61',
  '4c98242dcadc',
  'ea9bb1082cf9',
  '3a8b61d0f636',
  'a6c814bc555a',
]);

export const googleApiKey = vendorToken({
  id: 'google_api_key',
  called: 'a Google API key',
  prefixes: ['AIza'],
  pattern: 'AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])',
  check: (value) => !PUBLISHED.has(createHash('sha256').update(value).digest('hex').slice(0, 12)),
  found: ['GCP=‹AIza·UgC6Q8U5omCaRTLVnfv-r0nGzypYB6yRn1f›,'],
  ignored: [
    'AIzaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'AIzaTesb6Tscfcni8vIpWZqNCXFDFslJtVSvFDqabcd123',
    'AIza',
  ],
});
