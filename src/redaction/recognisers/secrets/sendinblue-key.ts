import { vendorToken } from './vendor-token.ts';

export const sendinblueKey = vendorToken({
  id: 'sendinblue_key',
  called: 'a Brevo (Sendinblue) key',
  prefixes: ['xkeysib-', 'xsmtpsib-'],
  pattern: '(?:xkeysib-|xsmtpsib-)[a-f0-9]{64}-[A-Za-z0-9]{16}(?![A-Za-z0-9])',
  found: [
    "token: '‹xkeysib-4aba·704ff0b1851720845aaac3e6f2f18c77dd77a8bfa3a44e189ff48d2c63ed-UhpoEIwsUq6Ewy8J›'",
  ],
  ignored: ['xkeysib-0000000000000000000000000000000000000000', 'see xkeysib- in the docs'],
});
