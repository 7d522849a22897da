import { vendorToken } from './vendor-token.ts';

export const mapboxToken = vendorToken({
  id: 'mapbox_token',
  called: 'a Mapbox token',
  prefixes: ['pk.', 'sk.', 'tk.'],
  pattern: '(?:pk\\.|sk\\.|tk\\.)[A-Za-z0-9_-]{60,90}\\.[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])',
  minEntropy: 4,
  found: [
    'curl -H "x-api-key: ‹pk.ITAz·1NrDTrP3aWpIfPaufQGxpvrs3fTZRlgNsbjc9YQFz6MukUHAUviChohQ.M5VFVgZ54OYfPOuRioRCRL›"',
  ],
  ignored: ['pk.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see pk. in the docs'],
});
