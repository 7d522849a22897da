import { vendorToken } from './vendor-token.ts';

export const flutterwaveKey = vendorToken({
  id: 'flutterwave_key',
  called: 'a Flutterwave key',
  prefixes: ['FLWPUBK_TEST-', 'FLWPUBK-', 'FLWSECK_TEST-', 'FLWSECK-'],
  pattern: '(?:FLWPUBK_TEST-|FLWPUBK-|FLWSECK_TEST-|FLWSECK-)[A-Fa-f0-9]{12}',
  tail: '[A-Za-z0-9-]',
  found: ['{"token": "‹FLWPUBK_TEST-e1FA·e508d167vc4ss›"}'],
  ignored: ['FLWPUBK_TEST-0000000000000000000000000000000000000000', 'see FLWPUBK_TEST- in the docs'],
});
