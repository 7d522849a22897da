import { vendorToken } from './vendor-token.ts';

export const openshiftToken = vendorToken({
  id: 'openshift_token',
  called: 'an OpenShift token',
  prefixes: ['sha256~'],
  pattern: 'sha256~[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])',
  found: ['export API_TOKEN=‹sha256~Epoh·a2eQIRsKWJ74spZsBVlr1i0zycH9hDvBkTw6Hjq›'],
  ignored: ['sha256~xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see sha256~ in the docs'],
});
