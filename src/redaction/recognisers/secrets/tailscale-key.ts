import { vendorToken } from './vendor-token.ts';

export const tailscaleKey = vendorToken({
  id: 'tailscale_key',
  called: 'a Tailscale key',
  prefixes: ['tskey-'],
  pattern: 'tskey-(?:api|auth|client|scim|webhook)-[A-Za-z0-9]{10,24}-[A-Za-z0-9]{16}',
  tail: '[A-Za-z0-9]',
  found: ['{"token": "‹tskey-api-·neRtU44WlF-i1aWHg7kYPjA3QMZnsS36›"}'],
  ignored: ['tskey-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see tskey- in the docs'],
});
