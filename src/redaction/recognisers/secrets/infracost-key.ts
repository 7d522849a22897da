import { vendorToken } from './vendor-token.ts';

export const infracostKey = vendorToken({
  id: 'infracost_key',
  called: 'an Infracost API key',
  prefixes: ['ico-'],
  pattern: '(?<!\\.)ico-[A-Za-z0-9]{32}(?![A-Za-z0-9])',
  minEntropy: 3.2,
  found: ['export API_TOKEN=‹ico-p8cx·RTPfjEfU0cl81w7vJmfavcoeMHLg›'],
  ignored: ['ico-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see ico- in the docs'],
});
