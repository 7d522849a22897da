import { vendorToken } from './vendor-token.ts';

export const twilioKey = vendorToken({
  id: 'twilio_key',
  called: 'a Twilio API key',
  prefixes: ['SK'],
  pattern: 'SK[0-9a-f]{32}(?![A-Za-z0-9])',
  found: ['‹SK·b1d3e5f70a2c4e6880917263544536f1›'],
  ignored: [
    'SKU12345',
    'SK00000000000000000000000000000000',
    'SKb1d3e5f70a2c4e6880917263544536f1a',
    'DESKb1d3e5f70a2c4e6880917263544536f1',
  ],
});
