import { vendorToken } from './vendor-token.ts';

export const launchdarklyKey = vendorToken({
  id: 'launchdarkly_key',
  called: 'a LaunchDarkly key',
  prefixes: ['sdk-', 'mob-', 'api-'],
  pattern: '(?:sdk-|mob-|api-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![A-Za-z0-9])',
  found: ['export API_TOKEN=‹sdk-36c8·f005-f359-da12-f57f-354d75b04b47›'],
  ignored: ['sdk-0000000000000000000000000000000000000000', 'see sdk- in the docs'],
});
