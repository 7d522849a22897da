import { vendorToken } from './vendor-token.ts';

export const mailgunKey = vendorToken({
  id: 'mailgun_key',
  called: 'a Mailgun key',
  prefixes: ['key-', 'pubkey-'],
  pattern: '(?:key-|pubkey-)[a-f0-9]{32}(?![A-Za-z0-9])',
  minEntropy: 3,
  found: ['export API_TOKEN=‹key-0e06·980065425438f03b3cc699c0d599›'],
  ignored: ['key-0000000000000000000000000000000000000000', 'see key- in the docs'],
});
