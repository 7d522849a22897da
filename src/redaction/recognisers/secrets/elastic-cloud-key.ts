import { vendorToken } from './vendor-token.ts';

export const elasticCloudKey = vendorToken({
  id: 'elastic_cloud_key',
  called: 'an Elastic Cloud API key',
  prefixes: ['essu_'],
  pattern: 'essu_[A-Za-z0-9+/]{40}',
  tail: '[A-Za-z0-9+/=]',
  found: ['export API_TOKEN=‹essu_cN42·Fs3Ioa135k3RqUyiiSoqo8TmJ4giY4LIUVhq5M9xU›'],
  ignored: ['essu_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see essu_ in the docs'],
});
