import { vendorToken } from './vendor-token.ts';

export const newrelicKey = vendorToken({
  id: 'newrelic_key',
  called: 'a New Relic key',
  prefixes: ['NRAK-', 'NRAA-', 'NRII-', 'NRIQ-', 'NRRA-', 'NRSP-', 'NRJS-'],
  pattern: '(?:NRAK-|NRAA-|NRII-|NRIQ-|NRRA-|NRSP-|NRJS-)[A-Za-z0-9-]{19}',
  tail: '[A-Za-z0-9-]',
  minEntropy: 3,
  found: ['Why does ‹NRAK-6LV9·bP5M1FmTis7gzoAalcFl› not work?'],
  ignored: ['NRAK-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see NRAK- in the docs'],
});
