import { vendorToken } from './vendor-token.ts';

export const airtableToken = vendorToken({
  id: 'airtable_token',
  called: 'an Airtable token',
  prefixes: ['pat'],
  pattern: 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}(?![A-Za-z0-9])',
  found: [
    'Why does ‹patDrKp·kdVbc8tFem.4c3b0b6944a78820ed51ad8496ab3f20e3efb699f9c2b2d879b429854b258527› not work?',
  ],
  ignored: ['pat0000000000000000000000000000000000000000', 'see pat in the docs'],
});
