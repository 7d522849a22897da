import { vendorToken } from './vendor-token.ts';

export const octopusKey = vendorToken({
  id: 'octopus_key',
  called: 'an Octopus Deploy API key',
  prefixes: ['API-'],
  pattern: '(?<!/)API-[A-Z0-9]{25,32}(?![A-Za-z0-9])',
  minEntropy: 3,
  found: ['export API_TOKEN=‹API-6LDD·0LCX1Q9WB5WGEID3ADSO2›'],
  ignored: ['API-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see API- in the docs'],
});
