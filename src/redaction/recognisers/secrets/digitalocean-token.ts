import { vendorToken } from './vendor-token.ts';

export const digitaloceanToken = vendorToken({
  id: 'digitalocean_token',
  called: 'a DigitalOcean token',
  prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
  pattern: '(?:dop_v1_|doo_v1_|dor_v1_)[a-f0-9]{64}(?![A-Za-z0-9])',
  found: ['export API_TOKEN=‹dop_v1_75c7·28295824bbf9ac6e1ff389f0a8ed04a4df9054e9452af031a6c574c23d2b›'],
  ignored: ['dop_v1_0000000000000000000000000000000000000000', 'see dop_v1_ in the docs'],
});
