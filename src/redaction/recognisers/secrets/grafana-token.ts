import { vendorToken } from './vendor-token.ts';

export const grafanaToken = vendorToken({
  id: 'grafana_token',
  called: 'a Grafana token',
  prefixes: ['glc_', 'glsa_', 'eyJrIjoi'],
  pattern: '(?:glc_|glsa_|eyJrIjoi)[A-Za-z0-9+/_]{32}',
  tail: '[A-Za-z0-9+/=_]',
  found: ['curl -H "x-api-key: ‹glc_crvj·xmqnG1hBDsFYuZDL1sdZAgn9hW0WGgmZk›"'],
  ignored: ['glc_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see glc_ in the docs'],
});
